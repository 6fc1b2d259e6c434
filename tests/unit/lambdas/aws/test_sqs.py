"""Sending to SQS: batch limits, resent failures, reasons."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.aws.sqs import Message, QueueError, printable_reason, send

from ...helpers.clock import Clock
from ...helpers.fakes import SQS_BATCH_BYTES, FakeSqs, Lost, client_error

QUEUE = "https://sqs/queue"


def batches(sqs: FakeSqs) -> list[list[str]]:
    requests = sqs.calls.named("send_message_batch")
    return [[entry["MessageBody"] for entry in request["Entries"]] for request in requests]


def send_to(sqs: Any, *messages: Message) -> None:
    send(sqs, QUEUE, messages)


def test_no_messages_make_no_call() -> None:
    sqs = FakeSqs()
    send_to(sqs)
    assert not sqs.calls.made


def test_ten_messages_travel_in_one_call() -> None:
    sqs = FakeSqs()
    send_to(sqs, *(Message(str(n)) for n in range(21)))
    assert [len(batch) for batch in batches(sqs)] == [10, 10, 1]
    assert sqs.bodies(QUEUE) == [str(n) for n in range(21)]


def test_a_call_holds_at_most_a_mebibyte_of_bytes_not_characters() -> None:
    sqs = FakeSqs()
    send_to(sqs, *(Message("é" * 200_000) for _ in range(4)))  # 400 KB each
    assert [len(batch) for batch in batches(sqs)] == [2, 2]


def test_reasons_count_towards_the_mebibyte() -> None:
    sqs = FakeSqs()  # which refuses calls that are too large
    tenth = SQS_BATCH_BYTES // 10
    send_to(sqs, *(Message("x" * (tenth - 400), "y" * 500) for _ in range(10)))
    assert [len(batch) for batch in batches(sqs)] == [9, 1]


@given(st.lists(st.tuples(st.integers(1, 600_000), st.text(max_size=700)), max_size=25))
def test_whatever_their_sizes_all_messages_arrive_in_order(sizes: list[tuple[int, str]]) -> None:
    sqs = FakeSqs()  # which refuses calls that are too large
    bodies = [f"{n:05d}".ljust(size, "x") for n, (size, _) in enumerate(sizes)]
    send_to(sqs, *(Message(body, reason) for body, (_, reason) in zip(bodies, sizes, strict=True)))
    assert sqs.bodies(QUEUE) == bodies


def test_what_sqs_did_not_take_is_sent_again_alone(clock: Clock) -> None:
    sqs = FakeSqs()
    sqs.script("send_message_batch", sqs.refuse("1", "3"), sqs.refuse("3"))
    send_to(sqs, *(Message(body) for body in "abcd"))
    assert batches(sqs) == [["a", "b", "c", "d"], ["b", "d"], ["d"]]
    assert sorted(sqs.bodies(QUEUE)) == ["a", "b", "c", "d"]
    assert len(clock.sleeps) == 2


def test_a_message_that_the_sender_got_wrong_is_not_sent_again(clock: Clock) -> None:
    sqs = FakeSqs()
    sqs.script("send_message_batch", sqs.refuse("0", sender_fault=True))
    with pytest.raises(QueueError, match="SQS took not all of 2 messages: InternalError"):
        send_to(sqs, Message("a"), Message("b"))
    assert len(batches(sqs)) == 1
    assert not clock.sleeps


def test_a_message_too_large_for_its_queue_says_what_to_set(clock: Clock) -> None:
    sqs = FakeSqs()
    sqs.most_bytes[QUEUE] = 262_144  # pulumi_aws's default
    with pytest.raises(QueueError) as raised:
        send_to(sqs, Message("small"), Message("x" * 300_000))
    assert f"a message of 300,064 bytes to {QUEUE}" in str(raised.value)
    assert "max_message_size in Pulumi, to 1,048,576" in str(raised.value)
    assert not clock.sleeps


def test_what_sqs_never_takes_is_an_error_after_some_attempts(clock: Clock) -> None:
    sqs = FakeSqs()
    sqs.script("send_message_batch", *[sqs.refuse("0")] * 100)
    with pytest.raises(QueueError):
        send_to(sqs, Message("a"))
    assert 1 < len(batches(sqs)) < 20
    assert sum(clock.sleeps) < 15  # seconds: it is but a part of a function's time


def test_an_error_of_the_call_is_the_callers() -> None:
    sqs = FakeSqs()
    sqs.script("send_message_batch", Lost(client_error("InternalError", status=500)))
    with pytest.raises(Exception, match="InternalError"):
        send_to(sqs, Message("a"))


class SlowSqs:
    """Answers each call, after a moment, once `together` calls wait; counts them; the first may fail."""

    def __init__(self, together: int, *, first_fails: bool = False) -> None:
        self._meeting = threading.Barrier(together)
        self._first_fails = first_fails
        self._counting = threading.Lock()
        self.begun = self.ended = self.most = 0

    def send_message_batch(self, **_: Any) -> Any:
        with self._counting:
            self.begun += 1
            number = self.begun
            self.most = max(self.most, self.begun - self.ended)
        self._meeting.wait(timeout=10)
        if number > 1 or not self._first_fails:
            time.sleep(0.01)
        with self._counting:
            self.ended += 1
        if self._first_fails and number == 1:
            raise client_error("InternalError", status=500)
        return {"Successful": []}


def many(count: int) -> Iterator[Message]:
    return (Message(str(n)) for n in range(10 * count))


def test_as_many_calls_as_may_be_wait_beside_each_other() -> None:
    sqs: Any = SlowSqs(together=3)
    send(sqs, QUEUE, many(9), at_once=3)
    assert (sqs.begun, sqs.ended, sqs.most) == (9, 9, 3)


def test_no_message_is_made_while_as_many_calls_as_may_be_are_under_way() -> None:
    sqs: Any = SlowSqs(together=1)

    def made() -> Iterator[Message]:
        for message in many(20):
            assert sqs.begun - sqs.ended < 3
            yield message

    send(sqs, QUEUE, made(), at_once=3)
    assert sqs.ended == 20


def test_when_a_call_fails_nothing_is_under_way_any_more() -> None:
    sqs: Any = SlowSqs(together=3, first_fails=True)
    with pytest.raises(ClientError, match="InternalError"):
        send(sqs, QUEUE, many(3), at_once=4)
    assert sqs.begun == sqs.ended == 3


def test_an_error_in_making_messages_leaves_nothing_under_way() -> None:
    sqs: Any = SlowSqs(together=2)

    def made() -> Iterator[Message]:
        yield from many(2)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  # it has no message
        send(sqs, QUEUE, made(), at_once=4)
    assert sqs.begun == sqs.ended == 2


def test_a_message_without_reason_has_none() -> None:
    assert Message("body").entry("7") == {"Id": "7", "MessageBody": "body"}


def test_a_reason_is_an_attribute() -> None:
    entry = Message("body", "because").entry("7")
    assert entry["MessageAttributes"] == {"reason": {"DataType": "String", "StringValue": "because"}}


@pytest.mark.parametrize("reason", ["a\x00b", "a\nb", "a\x1bb", "a\ufffeb", "a\ud800b", "a\u2028b"])
def test_a_reason_has_no_characters_that_sqs_refuses(reason: str) -> None:
    assert printable_reason(reason) == "a b"
    assert Message("body", reason).size  # which counts encoded bytes


def test_a_reason_is_cut_short() -> None:
    assert len(printable_reason("é" * 100_000)) == 500
    assert Message("", "é" * 100_000).size < 2_000
