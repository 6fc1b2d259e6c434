"""A stack's mails that wait."""

from collections.abc import Callable

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import DoorKind, Sending
from lambdas.core.mail_writes import Change

from ..helpers.clock import Clock
from ..helpers.stack import IMPORT, OTHER_IMPORT, FakeStack

pytestmark = pytest.mark.usefixtures("clock")


def test_what_the_lists_still_name_counts_only_as_it_stands() -> None:
    moves: list[Callable[[], None]] = []
    fake = FakeStack(later=moves.append)
    held, owed = fake.put_record(2), fake.put_record(3)
    fake.end(MailState.HELD, held)
    fake.owe(owed)
    while moves:
        moves.pop(0)()
    assert [entry.mail.mail_id for entry in fake.mails.undecided(MailState.HELD)] == [held.mail_id]
    assert [entry.mail.mail_id for entry in fake.mails.owed()] == [owed.mail_id]
    fake.mails.ledger.change([Change.of(fake.entry(held), "operator", MailState.MAILED)])
    fake.mails.ledger.claim_owed([fake.entry(owed)], "round")
    assert [each.mail_id for each in fake.mails.outbox.listed("held")] == [held.mail_id]
    assert list(fake.mails.undecided(MailState.HELD)) == []
    assert list(fake.mails.owed()) == []


def test_the_first_due_of_several_imports_counts(clock: Clock) -> None:
    fake = FakeStack()
    assert fake.mails.first_due([IMPORT, OTHER_IMPORT]) is None
    fake.owe(fake.put_record(2), due_in=60)
    fake.owe(fake.put_record(3, import_id=OTHER_IMPORT), due_in=30)
    assert fake.mails.first_due([IMPORT, OTHER_IMPORT]) == clock.now + 30
    assert fake.mails.first_due([IMPORT]) == clock.now + 60


def test_why_mails_do_not_leave_is_the_shut_door_or_an_operators_word() -> None:
    fake = FakeStack()
    fake.mails.gate.shut(DoorKind.PACED, "mails wait", None)
    assert fake.mails.why_not([IMPORT]) == ""
    fake.mails.gate.set_sending(IMPORT, Sending.PAUSED)
    assert fake.mails.why_not([OTHER_IMPORT]) == ""
    assert fake.mails.why_not([OTHER_IMPORT, IMPORT]) == "an operator has paused the import's mails"
    fake.mails.gate.shut(DoorKind.QUOTA, "the quota is used up", fake.mails.gate.read().door)
    assert fake.mails.why_not([IMPORT]) == "the quota is used up"
