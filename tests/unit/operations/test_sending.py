"""An operator's hand on the mails of an import, or of all."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import DoorKind, Sending
from lambdas.core.mail_ledger import CHANGES_AT_ONCE
from operations.errors import OperationError
from operations.import_reader import find_named
from operations.imports import Import
from operations.sending import Cancelling, pause, resume
from operations.stack import Stack

from ..helpers.fakes import Killed, kill
from ..helpers.stack import IMPORT, OTHER_IMPORT, FakeStack

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def fake() -> FakeStack:
    """An import that is known."""
    fake = FakeStack()
    fake.put_import()
    return fake


def known(fake: FakeStack) -> Import:
    return find_named(fake.stack, IMPORT)


def sending(fake: FakeStack) -> Sending | None:
    return fake.mails.gate.read([IMPORT]).sending.get(IMPORT)


def shut(fake: FakeStack) -> None:
    fake.mails.gate.shut(DoorKind.SET_UP, "the sender is not verified", None)


def test_an_import_is_paused_and_resumed_any_number_of_times(fake: FakeStack) -> None:
    for _ in range(2):
        pause(fake.stack, known(fake))
        assert sending(fake) == Sending.PAUSED
    for _ in range(2):
        resume(fake.stack, known(fake))
        assert sending(fake) is None


def test_all_are_paused_and_resumed_and_what_is_paused_by_itself_stays_so(fake: FakeStack) -> None:
    pause(fake.stack, known(fake))
    pause(fake.stack, None)
    assert fake.mails.gate.read().all_paused
    resume(fake.stack, None)
    assert (fake.mails.gate.read().all_paused, sending(fake)) == (False, Sending.PAUSED)


def test_resuming_all_lets_a_round_look_and_resuming_one_does_not(fake: FakeStack) -> None:
    shut(fake)
    resume(fake.stack, known(fake))
    door = fake.mails.gate.read().door
    assert door
    assert door.waits
    resume(fake.stack, None)
    # It stays shut, so that one mail tells whether SES takes others.
    assert fake.mails.gate.read().door == replace(door, until=0)


def test_resuming_all_names_those_that_stay_paused(fake: FakeStack) -> None:
    fake.owe(fake.put_record(2), fake.put_record(3, import_id=OTHER_IMPORT))
    pause(fake.stack, None)
    assert resume(fake.stack, None) == []
    pause(fake.stack, known(fake))
    assert resume(fake.stack, None) == [IMPORT]
    assert resume(fake.stack, known(fake)) == []


def test_resuming_all_leaves_the_pace_to_the_rounds(fake: FakeStack) -> None:
    fake.mails.gate.shut(DoorKind.PACED, "mails wait", None)
    door = fake.mails.gate.read().door
    resume(fake.stack, None)
    assert fake.mails.gate.read().door == door is not None


@pytest.mark.parametrize("command", [pause, resume])
def test_what_is_cancelled_stays_so(
    fake: FakeStack, command: Callable[[Stack, Import | None], object]
) -> None:
    fake.mails.gate.set_sending(IMPORT, Sending.CANCELLED)
    with pytest.raises(OperationError, match="cannot be taken back"):
        command(fake.stack, known(fake))
    assert sending(fake) == Sending.CANCELLED


def cancelling_of(fake: FakeStack) -> Cancelling:
    return Cancelling(fake.mails, known(fake))


def owing(number: int) -> FakeStack:
    """An import that owes so many mails, one that SES took, and another import that owes one."""
    fake = FakeStack()
    fake.put_import(created=number + 1)
    fake.owe(*(fake.put_record(line) for line in range(3, number + 3)))
    fake.end(MailState.MAILED, fake.put_record(2))
    fake.owe(fake.put_record(1000, import_id=OTHER_IMPORT))
    return fake


def test_cancelling_ends_what_the_import_owes_and_nothing_else() -> None:
    number = CHANGES_AT_ONCE + 5
    fake, seen = owing(number), list[int]()
    cancelling = cancelling_of(fake)
    assert cancelling.one.books.owed == number
    assert (cancelling.carry_out(seen.append), seen) == (number, [CHANGES_AT_ONCE, 5])
    assert fake.counted() == {MailState.CANCELLED: number, MailState.MAILED: 1}
    assert list(fake.states().values()).count(MailState.OWED) == 1
    assert list(fake.mails.owed(IMPORT)) == []
    after = known(fake).books
    assert (after.owed, after.balanced) == (0, True)
    assert cancelling.carry_out(seen.append) == 0


def test_a_mail_that_is_on_its_way_is_left_to_its_holder() -> None:
    fake = owing(2)
    first = next(fake.mails.owed(IMPORT))
    fake.mails.ledger.claim_owed([first], "round")
    assert cancelling_of(fake).carry_out(lambda _: None) == 1
    assert fake.entry(first.mail) == replace(first, state=MailState.CLAIMED, claim="round")


@pytest.mark.parametrize("when", ["before", "after"])
def test_cancelling_that_is_killed_at_any_call_is_made_good_by_the_next(when: str) -> None:
    number = CHANGES_AT_ONCE + 5
    for call in range(100):
        fake = owing(number)
        getattr(fake.dynamodb.calls, when)[len(fake.dynamodb.calls.made) + call] = kill
        try:
            cancelling_of(fake).carry_out(lambda _: None)
        except Killed:
            cancelling_of(fake).carry_out(lambda _: None)
        else:
            assert call > 5  # calls there are
            return
        assert fake.counted() == {MailState.CANCELLED: number, MailState.MAILED: 1}
