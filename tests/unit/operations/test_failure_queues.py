"""What each queue's messages are to a redrive."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.core.chunk import Chunk
from operations.failed_invocation import reason_of
from operations.failure_queues import DeadLetters, IngestFailures, StreamBatches
from operations.messages import QueueMessage
from operations.redrive import Redrive, Resendable, Stuck

from ..helpers.fakes import client_error
from ..helpers.fakes_queue import FakeQueues
from ..helpers.s3_events import eventbridge_event, s3_event

KEY = "uploads/1/großes büro.csv"
EVENT = s3_event("uploads/1/gro%C3%9Fes+b%C3%BCro.csv", etag="e")


class Aws:
    """Lambda and S3: what was invoked, and an object whose HEAD is answered with a code."""

    def __init__(self, code: str | None = None) -> None:
        self.invoked: list[Any] = []
        self.asked: list[Any] = []
        self.code = code

    def invoke(self, **request: Any) -> None:
        self.invoked.append(request)

    def head_object(self, **request: Any) -> None:
        self.asked.append(request)
        if self.code:
            raise client_error(self.code)


def message(body: object, reason: str = "") -> QueueMessage:
    return QueueMessage("m1", body if isinstance(body, str) else json.dumps(body), reason, 0.0, "h1")


def ingest(code: str | None = None) -> tuple[IngestFailures, Aws]:
    aws: Any = Aws(code)
    return IngestFailures(aws, aws, "process-csv"), aws


FAILED = message({"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": EVENT})


def test_an_upload_that_is_still_there_is_given_to_the_function_as_it_was() -> None:
    queue, aws = ingest()
    assert queue.classify(FAILED) == Resendable(KEY)
    assert aws.asked == [{"Bucket": "bucket", "Key": KEY, "IfMatch": '"e"'}]
    queue.resend([FAILED])
    [request] = aws.invoked
    assert (request["FunctionName"], request["InvocationType"]) == ("process-csv", "Event")
    assert json.loads(request["Payload"]) == EVENT


def test_eventbridges_dead_letter_is_given_to_the_function_as_it_was() -> None:
    queue, aws = ingest()
    event = eventbridge_event(KEY, etag="e")
    assert queue.classify(message(event)) == Resendable(KEY)
    assert aws.asked == [{"Bucket": "bucket", "Key": KEY, "IfMatch": '"e"'}]
    queue.resend([message(event)])
    assert [json.loads(request["Payload"]) for request in aws.invoked] == [event]


@pytest.mark.parametrize(("code", "why"), [("404", "expired or was deleted"), ("412", "later upload")])
def test_an_upload_that_is_gone_is_stuck_by_name(code: str, why: str) -> None:
    queue, _ = ingest(code)
    found = queue.classify(FAILED)
    assert isinstance(found, Stuck)
    assert why in found.why
    assert (found.name, reason_of(FAILED)) == (KEY, "the function failed (RetriesExhausted)")


def test_whether_an_upload_is_there_is_not_guessed() -> None:
    queue, _ = ingest("403")
    with pytest.raises(ClientError):
        queue.classify(FAILED)


@pytest.mark.parametrize("body", ["no JSON", "[]", '{"requestPayload":{}}'])
def test_a_message_that_is_no_failed_invocation_is_stuck(body: str) -> None:
    queue, aws = ingest()
    found = queue.classify(message(body))
    assert isinstance(found, Stuck)
    assert found.why.startswith("expected S3's event")
    assert found.name == "a message from elsewhere"
    assert not aws.asked


def test_rows_go_back_to_the_work_queue_as_they_are() -> None:
    sqs: Any = FakeQueues()
    queue = DeadLetters(sqs, "work")
    messages = [
        message(Chunk("one", n, [(n + 1, {"email": "a"}), (n + 9, {})]).dump(), "Denied")
        for n in range(1, 13)
    ]
    found = [queue.classify(each) for each in messages]
    assert [isinstance(each, Resendable) for each in found] == [True] * 12
    queue.resend(messages)
    assert sqs.bodies("work") == [each.body for each in messages]
    assert found[0] == Resendable("import one, 2 rows from line 2")
    assert reason_of(messages[0]) == "Denied"


def test_what_is_no_chunk_does_not_go_back() -> None:
    sqs: Any = FakeQueues()
    found = DeadLetters(sqs, "work").classify(message("{}"))
    assert isinstance(found, Stuck)
    assert "expected a chunk" in found.why
    assert (found.name, reason_of(message("{}"))) == ("a message from elsewhere", "no reason given")


def test_discarding_takes_exactly_what_sending_refuses() -> None:
    sqs: Any = FakeQueues()
    sqs.put("dead", Chunk("one", 1, [(2, {})]).dump(), "Denied")
    sqs.put("dead", "{}", "no chunk")
    redrive = Redrive(sqs=sqs, queue_url="dead", queue=DeadLetters(sqs, "work"), discard=True)
    survey = redrive.survey()
    assert (list(survey.chosen), len(survey.reasons)) == (["m1"], 1)
    assert next(iter(survey.reasons)).startswith("no chunk; expected a chunk")
    [stays] = survey.stay
    assert (stays.id, stays.reason) == ("m0", "Denied")
    assert stays.why == "it can be sent again, without --discard"
    redrive.carry_out(survey, lambda _: None)
    assert (survey.done, list(sqs.queues["dead"]), sqs.bodies("work")) == (1, ["m0"], [])


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        (
            {"DDBStreamBatchInfo": {"shardId": "1"}},
            "a batch of the stream",
            "`rowrelay reconcile --stack dev` finds",
        ),
        ("[]", "a message from elsewhere", "expected Lambda's note"),
        ("no JSON", "a message from elsewhere", "expected Lambda's note"),
        ("[" * 100_000, "a message from elsewhere", "expected Lambda's note"),
    ],
)
def test_a_batch_of_the_stream_cannot_be_sent_again(body: object, name: str, why: str) -> None:
    found = StreamBatches(" --stack dev").classify(message(body))
    assert found.name == name
    assert why in found.why
