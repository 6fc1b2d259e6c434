"""What a person reads of a settlement."""

from typing import Any

import boto3
import pytest

from lambdas.bookkeeper import handler as module
from lambdas.bookkeeper.topic import subject_of, text_of

from ...helpers.cloud import IMPORT, IMPORTS
from ...helpers.fakes import Fake, client_error
from .conftest import SUMMARY, Scenario

ARN = "arn:aws:sns:us-east-1:123456789012:imports"


class Sns(Fake):
    """Takes what is published."""

    def publish(self, **request: Any) -> None:
        self._call("publish", lambda: None, request)

    @property
    def taken(self) -> Any:
        return self.calls.named("publish")


@pytest.fixture
def sns(without_mails: Scenario, monkeypatch: pytest.MonkeyPatch) -> Sns:
    """The topic of the function that looks after the scenario."""
    made, cloud = Sns(), without_mails.cloud
    clients = {
        "dynamodb": cloud.dynamodb,
        "s3": without_mails.s3,
        "events": without_mails.events,
        "sns": made,
    }
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    settings = {"IMPORTS_TABLE": IMPORTS, "EVENT_BUS": "bus", "STUCK_MINUTES": "15", "SETTLED_TOPIC_ARN": ARN}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    module.bookkeeper.cache_clear()
    without_mails.bookkeeper = module.bookkeeper()
    module.bookkeeper.cache_clear()
    return made


def test_a_person_is_told_once_after_the_event(without_mails: Scenario, sns: Sns) -> None:
    without_mails.read(3, 1, rejected=1)
    without_mails.chunk(1, created=[2, 3], duplicates=[4])
    without_mails.look()
    without_mails.look()
    assert without_mails.told == [f"{IMPORT}#1"]
    [told] = sns.taken
    assert told["TopicArn"] == ARN
    assert told["Subject"] == "Imported: rows 4 read, 1 rejected, 0 failed"
    assert told["Message"].splitlines() == [
        "uploads/users.csv is settled: nothing of it is under way any more.",
        "",
        "Begun       2027-01-15T07:59:00.000Z",
        f"Settled     {without_mails.entry['settled_at']['S']}",
        "Uploaded by AWS:me",
        "",
        "read                     4",
        "accepted                 3",
        "rejected                 1",
        "created                  2",
        "duplicates               1",
        "failed                   0",
        "mailed                   0",
        "undeliverable            0",
        "held                     0",
        "cancelled                0",
        "",
        "Rows were rejected, as",
        "           1: email: a value is required",
        "",
        f"The summary: s3://bucket/{SUMMARY}",
        f"The import's id: {IMPORT}",
    ]


def test_it_stays_open_until_the_person_is_told(without_mails: Scenario, sns: Sns) -> None:
    sns.script("publish", client_error("NotFound", "no such topic"))
    without_mails.read(0, 0)
    looks = without_mails.look()
    assert list(looks.errors.values()) == ["ClientError NotFound"]
    assert "open" in without_mails.entry
    without_mails.look()
    assert "open" not in without_mails.entry
    assert len(sns.taken) == 2


def test_the_text_of_a_refused_file_and_of_books_settled_again() -> None:
    counts = dict.fromkeys(("read", "rejected", "failed"), 0)
    detail = {"key": "uploads/Liste äöü.csv", "revision": 2, "reason": "no header", "counts": counts}
    detail |= {"started_at": "a", "settled_at": "b", "import": "x", "bucket": "c", "rejects": "r.csv"}
    text = text_of(detail)
    assert "It was rejected as a whole: no header" in text
    assert "this is revision 2" in text
    assert "The rejected rows: s3://c/r.csv" in text
    for subject in (subject_of(detail), subject_of({"counts": dict.fromkeys(counts, 10**12)})):
        assert subject.isascii()
        assert len(subject) < 100  # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html


def test_of_many_reasons_the_first_are_told() -> None:
    reasons = [{"rows": 1, "reason": f"reason {n}"} for n in range(21)]
    detail = {"key": "k", "revision": 1, "counts": {}, "started_at": "a", "settled_at": "b", "import": "x"}
    lines = text_of({**detail, "bucket": "c", "reasons": reasons}).splitlines()
    assert sum("reason " in line for line in lines) == 20
    assert "and others: see the summary" in lines
