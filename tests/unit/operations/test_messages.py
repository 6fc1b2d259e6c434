from typing import Any

import pytest

from operations.errors import OperationError
from operations.messages import hidden, taken

from ..fakes_queue import SENT_MS, FakeQueues


def filled(number: int) -> Any:
    sqs = FakeQueues()
    for n in range(number):
        sqs.put("q", f"body {n}", f"reason {n}" if n else "")
    return sqs


def test_each_letter_comes_once_and_goes_back() -> None:
    sqs = filled(25)
    with taken(sqs, "q") as hand:
        batches = list(hand.batches())
        assert hidden(sqs, "q") == 25
    assert [len(batch) for batch in batches] == [10, 10, 5]
    letters = [letter for batch in batches for letter in batch]
    assert [letter.body for letter in letters] == [f"body {n}" for n in range(25)]
    assert [letter.reason for letter in letters[:2]] == ["", "reason 1"]
    assert letters[0].sent_at == SENT_MS / 1000
    assert hidden(sqs, "q") == 0


def test_what_was_deleted_is_gone_and_the_rest_goes_back_even_after_an_error() -> None:
    sqs = filled(3)

    def fail() -> None:
        with taken(sqs, "q") as hand:
            [letters] = hand.batches()
            hand.delete(letters[:1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (sqs.bodies("q"), sqs.hidden) == (["body 1", "body 2"], set())


def test_letters_that_come_back_before_the_end_end_it() -> None:
    sqs = filled(12)
    with taken(sqs, "q") as hand:
        seen = []
        for batch in hand.batches():
            seen += [letter.message_id for letter in batch]
            if len(seen) == 12:
                sqs.hidden.clear()  # as after so many minutes
        assert len(seen) == len(set(seen)) == 12
        sqs.hidden.update(sqs.queues["q"])
    assert not sqs.hidden


def test_a_delete_that_sqs_refuses_is_told() -> None:
    sqs = filled(2)
    sqs.refuse_deletes = 1
    with taken(sqs, "q") as hand:
        [letters] = hand.batches()
        with pytest.raises(OperationError, match="did not delete 1 of 2 letters"):
            hand.delete(letters)


def test_more_letters_than_sqs_lets_anyone_take_are_taken_up_to_that() -> None:
    sqs = filled(30)
    sqs.limit = 20
    with taken(sqs, "q") as hand:
        assert sum(len(batch) for batch in hand.batches()) == 20
    assert not sqs.hidden
