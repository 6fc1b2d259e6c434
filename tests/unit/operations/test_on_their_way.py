"""What is on its way, and what is not any more."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.core.books import Books
from lambdas.core.chunk import Chunk
from lambdas.core.import_entries import ImportStatus
from operations.function_health import FunctionHealth
from operations.function_results import Outcome
from operations.import_list import ImportList, read_imports
from operations.imports import GivenUp, Import, UploadStatus
from operations.looking import Looking
from operations.mail_status import MailStatus, OwedMails
from operations.on_their_way import nobody_reads, unread, unwritten, waiting_for
from operations.queue_states import QueueLooks, QueuesSeen
from operations.queues import QueueState
from operations.stack import Stack
from operations.unread_uploads import unread_uploads

from ..helpers.answers import Answers, Refused
from ..helpers.s3_events import s3_event
from ..helpers.stack import IMPORT, IMPORTS, OTHER_IMPORT, FakeStack

URLS = {
    f"{name}_url": name
    for name in ("queue", "dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue")
}


def ago(**of: float) -> str:
    return (datetime.now(UTC) - timedelta(**of)).isoformat()


def stack_of(fake: FakeStack) -> Stack:
    def client(service: str) -> Any:
        if service == "cloudwatch":
            return Answers({"cloudwatch.GetMetricStatistics": {"Datapoints": []}}).client(service)
        return fake.client(service)

    return Stack("x", "", {**fake.stack.outputs, **URLS}, client)


def looked(stack: Stack) -> QueuesSeen:
    with Looking() as looking:
        return QueueLooks(stack, looking).seen()


def test_the_queues_and_what_they_say_of_imports() -> None:
    fake = FakeStack()
    fake.sqs.put("dead_letter_queue", Chunk(IMPORT, 1, [(2, {}), (3, {})]).dump())
    fake.sqs.put("ingest_failure_queue", json.dumps({"requestPayload": s3_event("uploads/a.csv")}))
    fake.sqs.put("notifier_failure_queue", "{}")
    fake.sqs.put("queue", "{}")
    seen = looked(stack_of(fake))
    assert {name: state.messages for name, state in seen.states.items()} == dict.fromkeys(URLS.values(), 1)
    assert seen.dead_lines == {IMPORT: {2, 3}}
    assert [one.key for one in seen.given_up.values()] == ["uploads/a.csv"]
    assert not seen.at_rest


def test_queues_that_are_gone_or_denied_are_left_out() -> None:
    def answer(request: Mapping[str, Any]) -> Any:
        if request["QueueUrl"] == "queue":
            raise Refused("AWS.SimpleQueueService.NonExistentQueue")
        if request["QueueUrl"] == "dead_letter_queue":
            raise Refused("AccessDenied")
        return {"Attributes": dict.fromkeys(request["AttributeNames"], "0")}

    stack = Stack("x", "", URLS, Answers({"sqs.GetQueueAttributes": answer}).client)
    with Looking() as looking:
        seen = QueueLooks(stack, looking).seen()
    assert list(seen.states) == ["ingest_failure_queue", "notifier_failure_queue"]
    assert [each.what for each in looking.not_seen] == ["the dead letter queue"]
    assert not seen.at_rest


def seen(queue: int = 0, dead: int = 0, given_up: Mapping[str, str] = {}) -> QueuesSeen:
    """Queues of that depth; `given_up` has keys by import."""
    states = {name: QueueState(name, n) for name, n in (("queue", queue), ("dead_letter_queue", dead))}
    return QueuesSeen(states, {}, {each: GivenUp(each, key, "no") for each, key in given_up.items()})


def stored(fake: FakeStack, **of: Any) -> ImportList:
    """An import of three rows that were accepted, of which so many were created."""
    fake.put_import(**{"read": 3, "accepted": 3, **of})
    return read_imports(stack_of(fake), seen(), 20)


def test_rows_that_are_neither_written_nor_in_a_queue_are_lost() -> None:
    fake = FakeStack()
    imports = stored(fake, created=2)
    assert [(one.id, rows) for one, rows in unwritten(stack_of(fake), imports, seen())] == [(IMPORT, 1)]


@pytest.mark.parametrize(("dead", "lost"), [({}, 2), ({IMPORT: {3}}, 1), ({IMPORT: {3, 4}}, 0)])
def test_rows_that_failed_wait_in_the_dead_letter_queue(dead: Mapping[str, set[int]], lost: int) -> None:
    fake = FakeStack()
    stored(fake, created=1)
    chunk = {"import_id": {"S": IMPORT}, "part": {"S": "chunk#00000002"}, "failed": {"NS": ["3", "4"]}}
    fake.dynamodb.put_item(TableName=IMPORTS, Item=chunk)
    imports = read_imports(stack_of(fake), seen(), 20)
    queues = replace(seen(dead=1), dead_lines=dead, dead_letters=1)
    assert [rows for _, rows in unwritten(stack_of(fake), imports, queues)] == [lost] * (lost > 0)


def test_a_file_that_was_uploaded_again_has_lost_nothing() -> None:
    fake = FakeStack()
    lacking = stored(fake, created=2).imports[0]
    again = Import("", lacking.key, OTHER_IMPORT, ImportStatus.DONE, started_at=ago(minutes=5))
    assert unwritten(stack_of(fake), ImportList([again, lacking]), seen()) == []
    assert unwritten(stack_of(fake), ImportList([replace(again, key="other"), lacking]), seen())


@pytest.mark.parametrize(
    "queues", [seen(queue=1), seen(dead=1000), QueuesSeen({}, {}, {})], ids=["chunks", "too many", "not seen"]
)
def test_no_row_is_lost_while_it_may_be_in_a_queue(queues: QueuesSeen) -> None:
    fake = FakeStack()
    assert unwritten(stack_of(fake), stored(fake, created=2), queues) == []


def test_what_comes_into_the_queue_meanwhile_is_on_its_way() -> None:
    fake = FakeStack()
    imports = stored(fake, created=2)
    fake.sqs.put("queue", "{}")
    assert unwritten(stack_of(fake), imports, seen()) == []


def test_what_is_written_meanwhile_is_not_lost() -> None:
    fake = FakeStack()
    imports = stored(fake, created=2)
    stored(fake, created=3)
    assert unwritten(stack_of(fake), imports, seen()) == []


def test_what_is_as_young_as_the_queues_numbers_is_not_lost_yet() -> None:
    fake = FakeStack()
    [one] = stored(fake, created=2).imports
    young = ImportList([replace(one, started_at=ago(seconds=30))])
    assert unwritten(stack_of(fake), young, seen()) == []


def test_all_imports_that_are_not_settled_are_shown_and_all_are_counted() -> None:
    fake = FakeStack()
    fake.put_import(created=2)
    fake.put_import(OTHER_IMPORT, read=1, accepted=0, rejected=1)
    queues = seen(given_up={"third": "uploads/c.csv", OTHER_IMPORT: "b"})
    found = read_imports(stack_of(fake), queues, 0)
    assert [(one.id, one.status) for one in found.shown] == [
        ("third", UploadStatus.FAILED),
        (IMPORT, ImportStatus.DONE),
    ]
    assert found.as_json()["total"]["imports"] == 3
    assert (found.total.read, found.total.created, found.total.rejected) == (3, 2, 1)
    assert len(read_imports(stack_of(fake), queues, 3).shown) == 3


def uploads(imports: list[Import], **uploaded: str) -> list[str]:
    contents = [{"Key": f"uploads/{key}", "LastModified": at} for key, at in uploaded.items()]
    contents.append({"Key": "uploads/folder/", "LastModified": ago(hours=1)})

    def answer(request: Mapping[str, Any]) -> Any:
        assert (request["Bucket"], request["Prefix"]) == ("bucket", "uploads/")
        return {
            "Contents": [
                {**each, "LastModified": datetime.fromisoformat(each["LastModified"])} for each in contents
            ]
        }

    stack = Stack(
        "x",
        "",
        {"bucket": "bucket", "upload_prefix": "uploads/"},
        Answers({"s3.ListObjectsV2": answer}).client,
    )
    return [one.key for one in unread_uploads(stack, imports)]


def test_uploads_that_nobody_has_begun_to_read() -> None:
    begun = [
        Import("", "uploads/read", "1", started_at=ago(minutes=5)),
        Import("", "uploads/again", "2", started_at=ago(minutes=50)),
        Import("", "uploads/twice", "3", started_at=ago(minutes=5)),
        Import("", "uploads/twice", "4", started_at=ago(minutes=50)),
    ]
    found = uploads(
        begun,
        read=ago(minutes=6),
        again=ago(minutes=6),
        twice=ago(minutes=6),
        never=ago(minutes=6),
        young=ago(seconds=30),
        old=ago(hours=25),
    )
    assert found == ["uploads/again", "uploads/never"]


def test_a_bucket_without_uploads() -> None:
    stack = Stack("x", "", {"bucket": "b", "upload_prefix": "u/"}, Answers({"s3.ListObjectsV2": {}}).client)
    assert list(unread_uploads(stack, [])) == []


READING = Import("a", "a", "1", ImportStatus.READING, started_at=ago(minutes=20))
UPLOAD = Import("b", "b", started_at=ago(minutes=6))


def test_what_process_csv_is_to_read() -> None:
    done = Import("c", "c", "3", ImportStatus.DONE)
    given_up = Import("d", "d", started_at=ago(minutes=6))
    found = unread([UPLOAD, given_up], ImportList([READING, done]), seen(given_up={"4": "d"}))
    assert found == [UPLOAD, READING]


SILENT, AT_IT = Outcome(failed=False, at=0), Outcome(failed=False, at=1)


@pytest.mark.parametrize(
    ("one", "minutes", "outcome", "lost"),
    [
        (READING, 20, SILENT, True),
        (READING, 20, AT_IT, False),
        (READING, 20, None, False),
        (READING, 15, SILENT, False),
        (UPLOAD, 6, SILENT, True),
        (UPLOAD, 4, SILENT, False),
    ],
)
def test_what_nobody_reads_any_more(one: Import, minutes: int, outcome: Outcome | None, lost: bool) -> None:
    one = replace(one, started_at=ago(minutes=minutes))
    assert list(nobody_reads([one], FunctionHealth("x", outcome=outcome))) == [one] * lost


def test_a_function_that_was_not_seen_may_be_at_it() -> None:
    assert list(nobody_reads([READING], None)) == []


def test_what_waits_for_each_function_in_words() -> None:
    imports = ImportList([Import("a", "a", "1", ImportStatus.DONE, books=Books(created=5, mailed=1))])
    mails = MailStatus(None, all_paused=False, imports=[OwedMails("1", "a", 3, None, 0, 0, ())], undecided={})
    assert waiting_for([UPLOAD, READING], seen(queue=1), imports, mails) == {
        "process_csv": "2 uploads wait to be read",
        "insert_records": "1 message waits to be written",
        "send_email": "1 record waits for a mail",
        "mail_round": "3 mails wait to be sent",
    }
    assert waiting_for([], QueuesSeen({}, {}, {}), ImportList(), None) == {}
