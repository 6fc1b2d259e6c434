import json
from typing import Any

import pytest

from lambdas.core.chunk import Chunk
from lambdas.core.upload import uploads
from operations.queues import Queues

from ..helpers.fakes_queue import FakeQueues

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


def queues(**bodies: list[str]) -> tuple[Queues, FakeQueues]:
    sqs: Any = FakeQueues()
    for url, messages in bodies.items():
        for body in messages:
            sqs.put(url, body)
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


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"requestPayload":{"Records":[{"s3":1}]}}'])
def test_what_is_no_failed_invocation_is_no_uploads_failure(body: str) -> None:
    looked, _ = queues(ingest=[body])
    assert looked.ingest_failures() == {}


def test_waiting_adds_up_visible_in_flight_and_delayed_messages_of_all_queues() -> None:
    looked, _ = queues(dead=["a", "b"], main=["c"])
    assert looked.waiting("dead_letter_queue_url", "queue_url") == 3
