"""The benchmark as AWS answers: each call waits as long as the table says, and what it costs adds up."""

import re
import time

import pytest

from benchmarks import one_handler
from benchmarks.answering import dollars_of_lambda
from benchmarks.aws_times import ANSWERS, METHOD_SECONDS
from benchmarks.peers import PEERS
from benchmarks.rows import people
from benchmarks.stub_client import StubClient, chunks_of, deliver, inserter_over, mails_of
from operations.prices import LAMBDA_GB_SECOND, LAMBDA_REQUEST

from ..helpers.clock import Clock


def test_each_answer_has_a_time_and_a_source() -> None:
    for operation, answer in ANSWERS.items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", operation)
        assert answer.milliseconds > 0
        assert answer.source == "estimate" or answer.source.startswith("https://")


def test_a_call_waits_as_long_as_aws_does(clock: Clock) -> None:
    client = StubClient(waits=True)
    client.get_item()
    client.put_object()
    assert clock.sleeps == [METHOD_SECONDS["get_item"], METHOD_SECONDS["put_object"]] == [0.004, 0.04]


def test_without_delays_none_waits(clock: Clock) -> None:
    StubClient().get_item()
    assert not clock.sleeps


def test_every_call_of_the_handlers_has_a_time() -> None:
    (chunk,) = chunks_of(people(100))
    client = StubClient()
    inserter_over(client).insert(chunk)
    deliver(client, mails_of(chunk))
    assert {operation for operation, _ in client.calls} <= METHOD_SECONDS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("work", ["process_csv", *PEERS])
def test_every_reader_reads_the_file_to_its_end(work: str) -> None:
    _, read = one_handler.WORKS[work](1, "plain")
    started = time.process_time()
    read()
    assert time.process_time() > started


def test_lambda_bills_memory_and_time_waiting_or_not() -> None:
    run = {"rows": 1_000, "seconds": 1, "elapsed": 10}
    expected = 10_000 * LAMBDA_GB_SECOND + 1_000 * LAMBDA_REQUEST
    assert dollars_of_lambda("insert_records", run) == pytest.approx(expected)
