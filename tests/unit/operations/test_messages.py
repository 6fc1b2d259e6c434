from typing import Any, cast

import pytest

from operations.errors import OperationError
from operations.messages import count_in_flight, received

from ..helpers.fakes_queue import SENT_MS, FakeQueues


def filled(number: int) -> Any:
    sqs = FakeQueues()
    for n in range(number):
        sqs.put("q", f"body {n}", f"reason {n}" if n else "")
    return sqs


def test_each_message_comes_once_and_goes_back() -> None:
    sqs = filled(25)
    with received(sqs, "q") as messages:
        batches = list(messages.batches())
        assert count_in_flight(sqs, "q") == 25
    assert [len(batch) for batch in batches] == [10, 10, 5]
    got = [message for batch in batches for message in batch]
    assert [message.body for message in got] == [f"body {n}" for n in range(25)]
    assert [message.reason for message in got[:2]] == ["", "reason 1"]
    assert got[0].sent_at == SENT_MS / 1000
    assert count_in_flight(sqs, "q") == 0


def test_eventbridge_says_in_an_attribute_why_it_failed() -> None:
    sqs = FakeQueues()
    told = {"RULE_ARN": "arn:rule", "ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "Request ID: 4f1e"}
    sqs.put("q", "{}", attributes=told)
    with received(cast(Any, sqs), "q") as messages:
        [[message]] = messages.batches()
    assert message.reason == "EventBridge could not invoke the function (NO_PERMISSIONS)"


def test_what_was_not_deleted_goes_back_even_after_an_error() -> None:
    sqs = filled(3)

    def fail() -> None:
        with received(sqs, "q") as messages:
            [batch] = messages.batches()
            messages.delete(batch[:1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (sqs.bodies("q"), sqs.hidden) == (["body 1", "body 2"], set())


def test_messages_that_come_back_before_the_end_end_it() -> None:
    sqs = filled(12)
    with received(sqs, "q") as messages:
        seen = []
        for batch in messages.batches():
            seen += [message.message_id for message in batch]
            if len(seen) == 12:
                sqs.hidden.clear()  # as after so many minutes
        assert len(seen) == len(set(seen)) == 12
        sqs.hidden.update(sqs.queues["q"])
    assert not sqs.hidden


def test_a_delete_that_sqs_refuses_is_told() -> None:
    sqs = filled(2)
    sqs.refuse_deletes = 1
    with received(sqs, "q") as messages:
        [batch] = messages.batches()
        with pytest.raises(OperationError, match="did not delete 1 of 2 messages"):
            messages.delete(batch)


def test_no_more_messages_are_received_than_sqs_lets_be_in_flight() -> None:
    sqs = filled(30)
    sqs.limit = 20
    with received(sqs, "q") as messages:
        assert sum(len(batch) for batch in messages.batches()) == 20
    assert not sqs.hidden
