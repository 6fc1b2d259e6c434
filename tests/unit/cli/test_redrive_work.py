"""What each queue's letters are to a redrive."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.discard import Discard
from cli.redrive_ingest import IngestWork
from cli.redrive_writer import WriterWork
from lambdas.core.chunk import Chunk
from operations.messages import Letter

from ..helpers.fakes import client_error
from ..helpers.fakes_queue import FakeQueues
from ..operations.test_queues import EVENT, KEY


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


def letter(body: object, reason: str = "") -> Letter:
    return Letter("m1", body if isinstance(body, str) else json.dumps(body), reason, 0.0, "h1")


def ingest(code: str | None = None) -> tuple[IngestWork, Aws]:
    aws: Any = Aws(code)
    return IngestWork(aws, aws, "process-csv"), aws


FAILED = letter({"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": EVENT})


def test_an_upload_that_is_still_there_is_given_to_the_function_as_it_was() -> None:
    work, aws = ingest()
    assert work.refuses(FAILED) is None
    assert aws.asked == [{"Bucket": "b", "Key": KEY, "IfMatch": '"e"'}]
    assert work.do([FAILED]) == {}
    [request] = aws.invoked
    assert (request["FunctionName"], request["InvocationType"]) == ("process-csv", "Event")
    assert json.loads(request["Payload"]) == EVENT


@pytest.mark.parametrize(("code", "why"), [("404", "expired or was deleted"), ("412", "later upload")])
def test_an_upload_that_is_gone_is_refused_by_name(code: str, why: str) -> None:
    work, _ = ingest(code)
    assert why in str(work.refuses(FAILED))
    assert (work.name(FAILED), work.reason(FAILED)) == (KEY, "the function failed (RetriesExhausted)")


def test_whether_an_upload_is_there_is_not_guessed() -> None:
    work, _ = ingest("403")
    with pytest.raises(ClientError):
        work.refuses(FAILED)


@pytest.mark.parametrize("body", ["no JSON", "[]", '{"requestPayload":{}}'])
def test_a_letter_that_is_no_failed_invocation_is_refused(body: str) -> None:
    work, aws = ingest()
    assert "expected Lambda's record" in str(work.refuses(letter(body)))
    assert work.name(letter(body)) == "a message from elsewhere"
    assert not aws.asked


def test_rows_go_back_to_the_work_queue_as_they_are() -> None:
    sqs: Any = FakeQueues()
    work = WriterWork(sqs, "work")
    letters = [
        letter(Chunk("one", n, [(n + 1, {"email": "a"}), (n + 9, {})]).dump(), "Denied") for n in range(1, 13)
    ]
    assert [work.refuses(each) for each in letters] == [None] * 12
    assert work.do(letters) == {}
    assert sqs.bodies("work") == [each.body for each in letters]
    assert (work.name(letters[0]), work.reason(letters[0])) == ("import one, 2 rows from line 2", "Denied")


def test_what_is_no_chunk_does_not_go_back() -> None:
    sqs: Any = FakeQueues()
    work = WriterWork(sqs, "work")
    assert "expected a chunk" in str(work.refuses(letter("{}")))
    assert (work.name(letter("{}")), work.reason(letter("{}"))) == (
        "a message from elsewhere",
        "no reason given",
    )


def test_discarding_takes_exactly_what_sending_refuses() -> None:
    sqs: Any = FakeQueues()
    discard = Discard(WriterWork(sqs, "work"))
    chunk, poison = letter(Chunk("one", 1, [(2, {})]).dump(), "Denied"), letter("{}", "no chunk")
    assert discard.refuses(poison) is None
    assert discard.reason(poison).startswith("no chunk; expected a chunk")
    assert discard.refuses(chunk) == "it can be sent again, without --discard"
    assert (discard.do([poison]), sqs.queues) == ({}, {})
