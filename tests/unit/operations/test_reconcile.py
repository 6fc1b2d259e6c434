"""The table held against the mail ledger."""

import time

import pytest

from lambdas.core.mail import Mail
from lambdas.core.mail_entries import MailState
from operations.errors import OperationError
from operations.reconcile import Missing, owe_mails, reconcile

from ..helpers.clock import Clock
from ..helpers.stack import EXPIRE_DAYS, IMPORT, FakeStack

HOUR, DAY = 3600, 24 * 3600


def missing_in(fake: FakeStack) -> list[Missing]:
    return reconcile(fake.stack, lambda _: None).missing


def why(fake: FakeStack) -> list[str]:
    return [missing.why for missing in missing_in(fake)]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("hours", "missing"),
    [
        (0.9, False),
        (1.1, True),
        ((EXPIRE_DAYS - 1) * 24 - 0.1, True),
        ((EXPIRE_DAYS - 1) * 24 + 0.1, False),
    ],
    ids=["young", "an hour", "still known", "perhaps forgotten"],
)
def test_a_record_without_a_mail_is_missing_while_the_ledger_must_know_it(
    hours: float, missing: bool
) -> None:
    fake = FakeStack()
    fake.put_record(hours=hours)
    fake.put_record(None)
    assert why(fake) == ["its mail was never begun"] * missing


def owed(fake: FakeStack, mail: Mail) -> None:
    fake.owe(mail)


def claimed(fake: FakeStack, mail: Mail) -> None:
    fake.claim(mail)


def claimed_and_listed(fake: FakeStack, mail: Mail) -> None:
    fake.claim(mail)
    fake.mails.ledger.look_again([(mail, fake.entry(mail), time.time())])


def mailed(fake: FakeStack, mail: Mail) -> None:
    fake.end(MailState.MAILED, mail)


def held(fake: FakeStack, mail: Mail) -> None:
    fake.end(MailState.HELD, mail)


@pytest.mark.parametrize(
    ("state", "hours", "told"),
    [
        (claimed, 0.9, []),
        (claimed, 1.1, ["its mail was begun and not finished"]),
        (claimed_and_listed, 1.1, []),
        (owed, 1000, []),
        (held, 1000, []),
        (mailed, 1000, []),
    ],
)
def test_a_mail_is_missing_once_nobody_is_at_it_nor_will_be(
    clock: Clock, state: object, hours: float, told: list[str]
) -> None:
    fake = FakeStack()
    assert callable(state)
    state(fake, fake.put_record())
    clock.sleep(hours * HOUR)
    assert why(fake) == told


@pytest.mark.usefixtures("clock")
def test_a_table_whose_records_are_replaced_cannot_be_reconciled() -> None:
    with pytest.raises(OperationError, match="expected on_conflict skip, got replace"):
        why(FakeStack(on_conflict="replace"))


def test_what_never_began_is_owed_and_what_was_begun_is_looked_at_again(clock: Clock) -> None:
    fake, seen = FakeStack(), list[int]()
    never = [fake.put_record(line) for line in range(2, 112)]
    begun = fake.put_record(200)
    claim = fake.claim(begun)
    clock.sleep(2 * HOUR)
    found = missing_in(fake)
    for _ in range(2):
        owe_mails(fake.stack, found, seen.append)
        assert {fake.entry(mail).state for mail in never} == {MailState.OWED}
        assert fake.entry(never[0]).mail.columns == never[0].columns
        entry = fake.entry(begun)
        assert (entry.state, entry.claim, entry.due) == (MailState.CLAIMED, claim, clock.now)
        assert [each.import_id for each in fake.mails.outbox.imports()] == [IMPORT]
        assert len(list(fake.mails.outbox.owed(IMPORT))) == 111
    assert seen == [100, 11] * 2
    assert why(fake) == []


@pytest.mark.usefixtures("clock")
def test_records_that_are_young_are_counted_and_so_is_progress() -> None:
    fake = FakeStack()
    for line, hours in ((2, 0.1), (3, 0.9), (4, 2.0)):
        fake.put_record(line, hours=hours)
    fake.put_record(None)
    read: list[int] = []
    found = reconcile(fake.stack, read.append)
    assert (found.young, found.records, sum(read)) == (2, 4, 4)
    assert found.as_json() == {"missing": [one.as_json() for one in found.missing], "records": 4, "young": 2}
    assert len(found.missing) == 1
