"""What an operator decides of mails: those refused, those held, and those that never began."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from operations.imports import Import

from .command import found_by_commands, rowrelay
from .faults import Faults
from .pipeline import HEADER, until

pytestmark = pytest.mark.e2e
PEOPLE = [f"person{n}@example.com" for n in range(4)]
DATA = HEADER + "".join(f"{email},Ada,,,,\n" for email in PEOPLE).encode()


@pytest.fixture(autouse=True)
def kept(faults: Faults, tmp_path: Path) -> Iterator[None]:
    with found_by_commands(faults.pipeline, tmp_path / "cache"):
        yield


def counts(faults: Faults, one: Import) -> tuple[int, int, int]:
    """What the ledger says: mailed, undeliverable, held."""
    books = faults.pipeline.watch.ledger.refresh(one).books
    return books.mailed, books.undeliverable, books.held


def failures(faults: Faults) -> int:
    return faults.pipeline.watch.queues.waiting("notifier_failure_queue_url")


def test_mails_that_are_held_are_resent_or_dropped_one_or_all(faults: Faults) -> None:
    faults.strike("send_email", {"SendBulkEmail": {"lost": 1}})
    one = faults.pipeline.run_one(DATA)
    mailed, _, waiting = counts(faults, one)  # as the stream happens to cut its batches
    assert waiting == 4 - mailed > 0

    code, listed = rowrelay("held", "list")
    assert (code, len({each["record"]["email"] for each in listed["held"]} & set(PEOPLE))) == (1, waiting)
    assert rowrelay("redrive", "notifier", "--yes")[1]["other_reasons"] == waiting  # not its to send

    [mail, *_] = [each["mail"] for each in listed["held"]]
    assert rowrelay("held", "resend", mail, "--dry-run")[1]["chosen"] == 1
    assert counts(faults, one) == (mailed, 0, waiting)
    unknown = CliRunner().invoke(app, ["held", "resend", mail[:8], "--yes"])
    assert unknown.exit_code == 2
    assert f"expected the whole id of a mail, got {mail[:8]}" in " ".join(unknown.output.split())
    assert rowrelay("held", "resend", mail, "--yes")[1]["done"] == 1
    until(lambda: counts(faults, one) == (mailed + 1, 0, waiting - 1))
    assert rowrelay("held", "drop", "--all", "--yes")[1]["done"] == waiting - 1
    assert counts(faults, one) == (mailed + 1, waiting - 1, 0)
    assert rowrelay("held", "list") == (0, {"held": []})
    assert failures(faults) == 0
    assert sorted(Counter(email for each in faults.pipeline.mails() for email in each["To"]).values()) == [
        *(1, 1, 1),
        2,
    ]


def test_mails_that_were_refused_are_sent_once_the_cause_is_mended(faults: Faults) -> None:
    faults.strike("send_email", {"SendBulkEmail": {"rejected": 1}})
    one = faults.pipeline.run_one(DATA)
    mailed, refused, _ = counts(faults, one)
    assert refused == 4 - mailed > 0

    dry = rowrelay("redrive", "notifier", "--dry-run")[1]
    assert (dry["chosen"], dry["reasons"]) == (refused, {"MESSAGE_REJECTED: of the test": refused})
    assert rowrelay("redrive", "notifier", "--yes", "--reason", "rejected")[1]["done"] == refused
    until(lambda: counts(faults, one) == (4, 0, 0))
    assert failures(faults) == 0
    assert sorted(email for each in faults.pipeline.mails() for email in each["To"]) == PEOPLE


def test_a_record_that_has_no_mail_is_found_and_queued(faults: Faults) -> None:
    faults.pipeline.run_one(DATA)
    assert rowrelay("reconcile") == (0, {"missing": [], "queued": False})
    dynamodb = faults.pipeline.deployment.client("dynamodb")
    for item in faults.pipeline.items("mail_ledger"):
        dynamodb.delete_item(
            TableName=faults.pipeline.outputs["mail_ledger"], Key={"mail_id": {"S": item["mail_id"]}}
        )
    # Too young to be missed, but for one.
    dynamodb.update_item(
        TableName=faults.pipeline.outputs["table"],
        Key={"email": {"S": PEOPLE[0]}},
        UpdateExpression="SET created_at = :old",
        ExpressionAttributeValues={":old": {"S": "2026-01-01T00:00:00.000Z"}},
    )
    code, found = rowrelay("reconcile")
    assert code == 1
    assert [(each["line"], each["why"]) for each in found["missing"]] == [(2, "its mail was never begun")]
    assert rowrelay("reconcile", "--queue", "--yes")[0] == 0
    until(lambda: len(faults.pipeline.items("mail_ledger")) == 2)  # the mail, and its claim's receipt
    assert rowrelay("reconcile")[0] == 0
