import json
import time
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

import operations.queues
from lambdas.core.chunk import Chunk
from lambdas.core.upload import uploads
from operations.imports import GivenUp
from operations.messages import QueueMessage
from operations.queues import Queues, QueueState, metered_age

from ..helpers.fakes_queue import FakeQueues
from ..helpers.s3_events import s3_event

OUTPUTS = {"dead_letter_queue_url": "dead", "ingest_failure_queue_url": "ingest", "queue_url": "main"}
KEY = "uploads/1/großes büro.csv"
EVENT = s3_event("uploads/1/gro%C3%9Fes+b%C3%BCro.csv", etag="e")


def queues(**bodies: list[str]) -> tuple[Queues, FakeQueues]:
    sqs: Any = FakeQueues()
    for url, messages in bodies.items():
        for body in messages:
            sqs.put(url, body)
    return Queues(sqs, OUTPUTS), sqs


def test_dead_lines_come_by_import_and_stay_in_the_queue() -> None:
    messages = [Chunk("one", n, [(n + 1, {"email": "a"})]).dump() for n in range(1, 25)]
    messages.append(Chunk("two", 1, [(2, {}), (5, {})]).dump())
    looked, sqs = queues(dead=messages)
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
    assert looked.ingest_failures() == [GivenUp(upload.import_id, KEY, "ClientError: AccessDenied")]


def test_an_ingest_failure_without_an_answer_tells_the_condition() -> None:
    record = {"requestContext": {"condition": "EventAgeExceeded"}, "requestPayload": EVENT}
    looked, _ = queues(ingest=[json.dumps(record)])
    [failure] = looked.ingest_failures()
    assert failure.reason == "the function failed (EventAgeExceeded)"


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"requestPayload":{"Records":[{"s3":1}]}}'])
def test_what_is_no_failed_invocation_is_no_uploads_failure(body: str) -> None:
    looked, _ = queues(ingest=[body])
    assert looked.ingest_failures() == []


def test_waiting_adds_up_all_messages_of_all_queues_hidden_or_not() -> None:
    looked, _ = queues(dead=["a", "b"], main=["c"])
    assert looked.waiting("dead_letter_queue_url", "queue_url") == 3


def test_messages_are_noted_as_they_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 100.0)
    messages = [
        QueueMessage(str(n), "body", reason, 100.0 - n, "h") for n, reason in enumerate(["a", "b", "a"])
    ]
    state = QueueState("dead_letter_queue", 3)
    assert list(state.watch(passing(messages), lambda message: message.reason)) == messages
    assert state.as_json() == {
        "queue": "dead_letter_queue",
        "messages": 3,
        "oldest_seconds": 2,
        "reasons": {"a": 2, "b": 1},
    }


def test_so_many_messages_are_looked_at_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.queues, "LOOKED_AT", 2)
    closed: list[bool] = []
    state = QueueState("dead_letter_queue", 3)
    messages = passing([QueueMessage("m", "body", "why", 0.0, "h")] * 3, closed)
    assert len(list(state.watch(messages, lambda message: message.reason))) == 2
    assert closed == [True]


def passing(
    messages: list[QueueMessage], closed: list[bool] | None = None
) -> Generator[QueueMessage, None, None]:
    """Messages as a queue gives them; notes that it was closed."""
    try:
        yield from messages
    finally:
        if closed is not None:
            closed.append(True)


class Metrics:
    """CloudWatch with these minutes' maxima of a queue."""

    def __init__(self, *minutes: tuple[int, float]) -> None:
        self.minutes = minutes

    def get_metric_statistics(self, **request: Any) -> Any:
        assert request["Dimensions"] == [{"Name": "QueueName", "Value": "retries"}]
        assert request["StartTime"] < request["EndTime"]
        points = [
            {"Timestamp": datetime(2026, 1, 1, 0, m, tzinfo=UTC), "Maximum": age} for m, age in self.minutes
        ]
        return {"Datapoints": points}


@pytest.mark.parametrize(
    ("minutes", "age"), [((), None), (((3, 40.0), (5, 10.0), (4, 100.0)), 10.0)], ids=["none", "the last"]
)
def test_the_age_is_the_last_that_cloudwatch_knows(minutes: Any, age: float | None) -> None:
    metrics: Any = Metrics(*minutes)
    assert metered_age(metrics, "https://sqs.eu-central-1.amazonaws.com/123456789012/retries") == age
