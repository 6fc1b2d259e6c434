import json
from dataclasses import dataclass, field
from typing import Any

from cli.queues import Queues
from lambdas.process_csv.events import uploads
from lambdas.shared.chunk import Chunk

OUTPUTS = {"dead_letter_queue_url": "dead", "ingest_failure_queue_url": "ingest", "queue_url": "main"}
KEY = "uploads/1/großes büro.csv"
EVENT = {
    "Records": [
        {
            "eventName": "ObjectCreated:Put",
            "s3": {
                "bucket": {"name": "b"},
                "object": {
                    "key": "uploads/1/gro%C3%9Fes+b%C3%BCro.csv",
                    "eTag": "e",
                    "size": 1,
                    "sequencer": "00",
                },
            },
        }
    ]
}


@dataclass
class FakeSqs:
    """Queues whose received messages stay hidden until they are shown again."""

    bodies: dict[str, list[str]]
    hidden: set[str] = field(default_factory=set)

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:
        values = {"ApproximateNumberOfMessages": len(self.bodies.get(QueueUrl, [])), "VisibilityTimeout": 60}
        return {"Attributes": {name: str(values.get(name, 0)) for name in AttributeNames}}

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int, VisibilityTimeout: int) -> Any:
        assert VisibilityTimeout > 0
        bodies = {f"{QueueUrl}/{n}": body for n, body in enumerate(self.bodies[QueueUrl])}
        visible = [handle for handle in bodies if handle not in self.hidden][:MaxNumberOfMessages]
        self.hidden.update(visible)
        # As SQS: no "Messages" at all where there are none.
        messages = [{"ReceiptHandle": handle, "Body": bodies[handle]} for handle in visible]
        return {"Messages": messages} if messages else {}

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        assert ReceiptHandle.startswith(QueueUrl)
        assert VisibilityTimeout == 0
        self.hidden.remove(ReceiptHandle)


def queues(**bodies: list[str]) -> tuple[Queues, FakeSqs]:
    sqs: Any = FakeSqs(bodies)
    return Queues(sqs, OUTPUTS), sqs


def test_dead_lines_come_by_import_and_stay_in_the_queue() -> None:
    letters = [Chunk("one", n, [(n + 1, {"email": "a"})]).dump() for n in range(1, 25)]
    letters.append(Chunk("two", 1, [(2, {}), (5, {})]).dump())
    looked, sqs = queues(dead=letters)
    assert looked.dead_lines() == {"one": set(range(2, 26)), "two": {2, 5}}
    assert not sqs.hidden
    assert len(looked.dead_lines()["one"]) == 24


def test_what_is_no_chunk_in_the_dead_letter_queue_is_nobodys_row() -> None:
    looked, _ = queues(dead=["{}", "no JSON"])
    assert looked.dead_lines() == {}


def test_an_ingest_failure_tells_the_import_and_lambdas_reason() -> None:
    record = {
        "requestContext": {"condition": "RetriesExhausted"},
        "requestPayload": EVENT,
        "responsePayload": {"errorType": "ClientError", "errorMessage": "AccessDenied"},
    }
    looked, _ = queues(ingest=[json.dumps(record)])
    [upload] = uploads(EVENT)
    assert looked.ingest_failures() == {KEY: (upload.import_id, "ClientError: AccessDenied")}


def test_an_ingest_failure_without_an_answer_tells_the_condition() -> None:
    record = {"requestContext": {"condition": "EventAgeExceeded"}, "requestPayload": EVENT}
    looked, _ = queues(ingest=[json.dumps(record)])
    assert looked.ingest_failures()[KEY][1] == "the function failed (EventAgeExceeded)"


def test_waiting_adds_up_visible_in_flight_and_delayed_messages_of_all_queues() -> None:
    looked, _ = queues(dead=["a", "b"], main=["c"])
    assert looked.waiting("dead_letter_queue_url", "queue_url") == 3
