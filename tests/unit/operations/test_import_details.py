"""One import whole: what there is to see of it, and to do."""

import json
from typing import Any

import pytest

from lambdas.core.chunk import Chunk
from lambdas.core.mail_entries import MailState
from operations.errors import UsageError
from operations.finding import Verdict
from operations.import_details import ImportDetails, read_import
from operations.queues import Queues
from operations.stack import Stack

from ..helpers.answers import Answers, Refused
from ..helpers.s3_events import s3_event
from ..helpers.stack import IMPORT, IMPORTS, OTHER_IMPORT, FakeStack

KEY = f"uploads/{IMPORT}.csv"
QUEUES = ("queue", "dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue")
QUEUE_URLS = {f"{name}_url": name for name in QUEUES}
STUCK = {"stuck_since": "2026-01-01T00:16:00.000Z", "progress_at": "2026-01-01T00:01:00.000Z"}


def looked(fake: FakeStack, name: str = IMPORT, client: Any = None) -> ImportDetails:
    outputs = {**fake.stack.outputs, **QUEUE_URLS, "bucket": "the-bucket"}
    return read_import(Stack("stack dev", " --stack dev", outputs, client or fake.client), name)


def put_attributes(fake: FakeStack, part: str = "import", **texts: str) -> None:
    """Enter more of an import's part."""
    values = {f":{name}": {"S": text} for name, text in texts.items()}
    fake.dynamodb.update_item(
        TableName=IMPORTS,
        Key={"import_id": {"S": IMPORT}, "part": {"S": part}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in texts),
        ExpressionAttributeNames={f"#{name}": name for name in texts},
        ExpressionAttributeValues=values,
    )


def commands(details: ImportDetails) -> list[str | None]:
    return [finding.command for finding in details.findings]


def test_an_import_is_shown_by_its_id_or_its_key() -> None:
    fake = FakeStack()
    fake.put_import(created=2)
    put_attributes(fake, summary="reports/summary.json", rejects="reports/rejects.csv", uploaded_by="ada")
    put_attributes(fake, "error#insert_records", **{"class": "ClientError", "at": "2026-01-01T00:00:01Z"})
    by_id, by_key = looked(fake), looked(fake, KEY)
    assert by_id == by_key
    assert by_id.reports == {
        "summary": "s3://the-bucket/reports/summary.json",
        "rejects": "s3://the-bucket/reports/rejects.csv",
    }
    told = json.loads(json.dumps(by_id.as_json()))
    assert (told["key"], told["uploaded_by"], told["waits_for"]) == (KEY, "ada", "mails to leave: 2")
    assert told["errors"] == [
        {"function": "insert_records", "class": "ClientError", "at": "2026-01-01T00:00:01Z"}
    ]
    assert [each["of"] for each in told["equations"]] == ["read", "accepted", "created"]
    assert (told["verdict"], told["findings"]) == ("fine", [])


def test_a_name_that_no_import_has_or_several_is_refused() -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    with pytest.raises(UsageError, match="got nothing: `rowrelay status --stack dev` shows the ids"):
        looked(fake, "nothing")
    fake.put_import(OTHER_IMPORT, created=1)
    for import_id, second in ((IMPORT, 1), (OTHER_IMPORT, 2)):
        fake.dynamodb.update_item(
            TableName=IMPORTS,
            Key={"import_id": {"S": import_id}, "part": {"S": "import"}},
            UpdateExpression="SET #key = :key, started_at = :at",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues={":key": {"S": KEY}, ":at": {"S": f"2026-01-01T00:00:0{second}Z"}},
        )
    with pytest.raises(UsageError, match=f"which several have.*: {OTHER_IMPORT}, {IMPORT}."):
        looked(fake, KEY)


def test_a_stuck_import_needs_a_person() -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    put_attributes(fake, **STUCK)
    found = looked(fake)
    assert found.verdict == Verdict.NEEDS_PERSON
    assert [(each.cause, each.command, each.since) for each in found.findings] == [
        ("stuck", None, 1767225660.0)
    ]


def test_rows_in_the_dead_letter_queue_are_counted_and_named() -> None:
    fake = FakeStack()
    fake.put_import(created=2, read=4, accepted=4)
    fake.sqs.put("dead_letter_queue", Chunk(IMPORT, 2, [(4, {}), (5, {})]).dump())
    found = looked(fake)
    assert (found.one.books.created, found.one.books.failed) == (2, 2)
    assert commands(found) == ["rowrelay redrive writer --dry-run --stack dev"]


def test_an_import_that_was_given_up_may_be_known_to_the_queue_alone() -> None:
    fake = FakeStack()
    fake.sqs.put("ingest_failure_queue", json.dumps({"requestPayload": s3_event("uploads/a.csv")}))
    with pytest.raises(UsageError):
        looked(fake, "uploads/a.csv")
    [given_up] = seen_ids(fake)
    found = looked(fake, given_up)
    assert (found.one.key, found.one.status) == ("uploads/a.csv", "failed")
    assert commands(found) == ["rowrelay redrive ingest --dry-run --stack dev"]


def seen_ids(fake: FakeStack) -> list[str]:
    return [one.import_id for one in Queues(fake.client("sqs"), QUEUE_URLS).ingest_failures()]


def test_mails_that_wait_for_a_decision_are_those_of_the_import() -> None:
    fake = FakeStack()
    mine, other = fake.put_record(2), fake.put_record(3, import_id=OTHER_IMPORT)
    fake.put_import(created=1)
    fake.put_import(OTHER_IMPORT, created=1)
    fake.end(MailState.HELD, mine, reason="mine")
    fake.end(MailState.HELD, other, reason="other")
    found = looked(fake)
    assert dict(found.undecided[MailState.HELD]) == {"mine": 1}
    assert commands(found) == [f"rowrelay mails list --state held --import {IMPORT} --stack dev"]


def test_mails_that_are_owed_say_why() -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    fake.owe(fake.put_record(2), reason="SES said so")
    found = looked(fake)
    assert found.owed
    assert (found.owed.owed, found.owed.reasons) == (1, ("SES said so",))
    assert found.verdict == Verdict.FINE


def test_queues_that_may_not_be_looked_at_are_told() -> None:
    fake = FakeStack()
    fake.put_import()
    denied = Answers({"sqs.GetQueueAttributes": Refused("AccessDenied")})
    client = {"sqs": denied.client("sqs"), "dynamodb": fake.dynamodb}.__getitem__
    found = looked(fake, client=client)
    assert found.verdict == Verdict.NEEDS_PERSON
    assert {each.cause for each in found.findings} == {"unseen"}
