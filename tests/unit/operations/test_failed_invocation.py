"""What Lambda writes of invocations that failed for good."""

import json
from typing import Any

import pytest

from operations.failed_invocation import parse_failure, reason_of
from operations.messages import QueueMessage

from ..helpers.s3_events import eventbridge_event, s3_event

EVENT = s3_event("uploads/a.csv", "uploads/b+c.csv")


def record(**of: Any) -> str:
    return json.dumps({"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": EVENT} | of)


def message(body: str, told: str = "") -> QueueMessage:
    return QueueMessage("m1", body, told, 0.0, "h1")


def reason(body: str, told: str = "") -> str:
    return reason_of(message(body, told))


def test_a_failure_has_its_event_and_all_its_uploads() -> None:
    payload = {"errorType": "KeyError", "errorMessage": "'x'"}
    failure = parse_failure(message(record(responsePayload=payload)))
    assert failure
    assert failure.event == EVENT
    assert [upload.key for upload in failure.uploads] == ["uploads/a.csv", "uploads/b c.csv"]
    assert failure.reason == "KeyError: 'x'"


@pytest.mark.parametrize("of_lambda", [True, False], ids=["Lambda's record", "EventBridge's event"])
def test_an_event_by_eventbridge_fails_in_two_ways(of_lambda: bool) -> None:
    event = eventbridge_event("uploads/b+c d.csv")
    body = record(requestPayload=event) if of_lambda else json.dumps(event)
    failure = parse_failure(message(body, "" if of_lambda else "EventBridge could not (NO_PERMISSIONS)"))
    assert failure
    assert failure.event == event
    assert [upload.key for upload in failure.uploads] == ["uploads/b+c d.csv"]
    told = "the function failed (RetriesExhausted)" if of_lambda else "EventBridge could not (NO_PERMISSIONS)"
    assert failure.reason == told


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[]",
        "{}",
        json.dumps(EVENT),
        json.dumps({**eventbridge_event("uploads/a.csv"), "detail-type": "Object Deleted"}),
        json.dumps({"source": "aws.s3"}),
        "[" * 100_000,
        record(requestPayload=None),
        record(requestPayload={"Records": [{}]}),
        record(requestPayload={"Event": "s3:TestEvent"}),
    ],
    ids=[
        "text",
        "list",
        "empty",
        "bare event",
        "no creation",
        "no detail",
        "deep",
        "no event",
        "no upload",
        "S3's test event",
    ],
)
def test_a_message_without_uploads_is_no_failure(body: str) -> None:
    assert parse_failure(message(body)) is None


@pytest.mark.parametrize(
    ("of", "told"),
    [
        ({"responsePayload": {"errorType": "KeyError", "errorMessage": "'x'"}}, "KeyError: 'x'"),
        ({"responsePayload": {"errorMessage": "timed out"}}, "timed out"),
        ({}, "the function failed (RetriesExhausted)"),
        ({"responsePayload": "text", "requestContext": None}, "the function failed (no reason given)"),
    ],
)
def test_the_reason_is_the_last_attempts_error(of: dict[str, Any], told: str) -> None:
    assert reason(record(**of)) == told


def test_a_reason_that_a_function_gave_goes_first() -> None:
    assert reason(record(), "Denied") == "Denied"


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", "[" * 100_000])
def test_a_message_that_nobody_explained_has_no_reason(body: str) -> None:
    assert reason(body) == "no reason given"
