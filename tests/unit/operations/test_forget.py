"""A person is forgotten: their record, and what the mail ledger has of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from lambdas.core.mail import Mail
from lambdas.core.mail_entries import MailState
from operations.errors import OperationError, UsageError
from operations.forget import ENTRY_STAYS, LEFT, Forgetting

from ..helpers.clock import Clock
from ..helpers.fakes import Killed, kill
from ..helpers.stack import IMPORT, MAILS, OUTPUTS, USERS, FakeStack

HOUR = 3600
KEY = "p2@example.com"


def forget(fake: FakeStack) -> list[str]:
    forgetting = Forgetting.of(fake.stack, KEY)
    record = forgetting.find()
    return forgetting.carry_out(record) if record else []


def values(fake: FakeStack) -> str:
    """All that the mail ledger and the table have, as text."""
    return repr([fake.dynamodb.items(MAILS), fake.dynamodb.items(USERS)])


def nothing(_fake: FakeStack, _mail: Mail) -> None:
    """Its mail was never begun."""


def owed(fake: FakeStack, mail: Mail) -> None:
    fake.owe(mail)


def ended(state: MailState) -> Callable[[FakeStack, Mail], None]:
    return lambda fake, mail: fake.end(state, mail)


def mailed_and_listed(fake: FakeStack, mail: Mail) -> None:
    """SES took it, and a round that had put it into a list has not taken it out."""
    claim = fake.claim(mail)
    entry = fake.entry(mail)
    fake.mails.ledger.look_again([(mail, entry, 0)])
    fake.dynamodb.put_item(
        TableName=MAILS,
        Item={"mail_id": {"S": f"receipt#{claim}"}, "mails": {"M": {mail.mail_id: {"S": "message"}}}},
    )
    assert fake.entry(mail).state == MailState.MAILED


CASES: list[tuple[Callable[[FakeStack, Mail], None], dict[str, int]]] = [
    (owed, {"cancelled": 1}),
    (ended(MailState.MAILED), {"mailed": 1}),
    (ended(MailState.UNDELIVERABLE), {"undeliverable": 1}),
    (ended(MailState.HELD), {"held": 1}),
    (mailed_and_listed, {}),
]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("state", "counted"), CASES)
@pytest.mark.parametrize("hours", [2, 25], ids=["the stream has it", "the stream has forgotten"])
def test_nothing_of_the_person_is_left_and_the_books_stay_right(
    state: Callable[[FakeStack, Mail], None], counted: dict[str, int], hours: int
) -> None:
    fake = FakeStack()
    mail = fake.put_record(hours=hours)
    state(fake, mail)
    assert forget(fake) == ([ENTRY_STAYS, *LEFT] if hours == 2 else [*LEFT])
    assert "p2@" not in values(fake)
    assert "Ann" not in values(fake)
    assert (mail.mail_id in fake.states()) is (hours == 2)
    assert fake.counted() == counted
    assert list(fake.mails.owed(IMPORT)) == []
    assert forget(fake) == []


UUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("p2@example.com", "p2@example.com"),
        (" P4@Example.com\n", "p4@example.com"),
        ("P2@Example.com", "P2@Example.com"),  # a key that is no e-mail column's keeps its case
        (" P3@Example.com", "P3@Example.com"),
        (" Zoe\u0308", "Zo\u00eb"),
        ("Zoe\u0308", "Zoe\u0308"),
        (f" {UUID.upper()}", UUID),
        ("\u200bp4@example.com", "p4@example.com"),
        ("P4@example.com\ufeff", "p4@example.com"),
        ("p4\u200b@example.com", "p4@example.com"),
        ("\u00a0A\u00adnn\u200b ", "Ann"),  # a text's key has none inside, either
        (f"{UUID}\u2060", UUID),
        ("ann", None),
        (" ", None),
    ],
)
def test_the_key_is_found_as_given_or_as_an_import_writes_it(given: str, found: str | None) -> None:
    fake = FakeStack()
    for key in (
        "p2@example.com",
        "p4@example.com",
        "P2@Example.com",
        "P3@Example.com",
        "Zo\u00eb",
        "Zoe\u0308",
        "Ann",
        UUID,
    ):
        fake.dynamodb.put_item(TableName=USERS, Item={"email": {"S": key}, "name": {"S": "Ann"}})
    forgetting = Forgetting.of(fake.stack, given)
    record = forgetting.find()
    assert record.get("email", {}).get("S") == found
    if record:
        before = len(fake.dynamodb.items(USERS))
        forgetting.carry_out(record)
        assert len(fake.dynamodb.items(USERS)) == before - 1
        assert found not in {item["email"]["S"] for item in fake.dynamodb.items(USERS)}


@pytest.mark.parametrize("given", ["12", "+12", "12.0", " 12\u200b", "-3e1", "\ufeff-30"])
def test_a_number_is_read_as_an_import_reads_it(given: str) -> None:
    fake = FakeStack()
    stack = replace(fake.stack, outputs={**OUTPUTS, "key": "id", "key_type": "N"})
    [key] = Forgetting.of(stack, given).keys
    assert Decimal(key["id"]["N"]) in (12, -30)


@pytest.mark.parametrize("given", ["ann", "--5", "1.2.3", "\u0663", "1e200", "1 2", ""])
def test_what_is_no_number_is_no_key_of_a_table_of_numbers(given: str) -> None:
    fake = FakeStack()
    stack = replace(fake.stack, outputs={**OUTPUTS, "key": "id", "key_type": "N"})
    told = f"id: expected a number, as the table's key is, got {given}."
    with pytest.raises(UsageError, match=rf"^{re.escape(told)}$"):
        Forgetting.of(stack, given)


@pytest.mark.usefixtures("clock")
def test_a_mail_that_the_stream_has_not_brought_yet_never_leaves() -> None:
    fake = FakeStack()
    mail = fake.put_record(hours=0.01)
    forget(fake)
    assert fake.states() == {mail.mail_id: MailState.CANCELLED}
    assert fake.counted() == {"cancelled": 1}
    others = fake.mails.ledger.claim([mail], "the stream's")
    assert [entry.state for entry in others.values()] == [MailState.CANCELLED]


@pytest.mark.usefixtures("clock")
def test_a_record_whose_mail_the_ledger_has_forgotten_just_goes() -> None:
    fake = FakeStack()
    fake.put_record(hours=500 * 24)
    forget(fake)
    assert (fake.states(), fake.dynamodb.items(USERS)) == ({}, [])


def test_a_mail_that_is_being_sent_is_not_forgotten_before_it_ended(clock: Clock) -> None:
    fake = FakeStack()
    mail = fake.put_record()
    fake.claim(mail)
    with pytest.raises(OperationError, match=r"Nothing was erased: .* being sent just now"):
        forget(fake)
    assert len(fake.dynamodb.items(USERS)) == 1
    clock.sleep(1.1 * HOUR)  # nobody knows whether it left, and nobody is at it
    forget(fake)
    assert fake.counted() == {"held": 1}
    assert fake.dynamodb.items(USERS) == []
    assert list(fake.mails.undecided(MailState.HELD)) == []


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("state", [nothing, owed, ended(MailState.HELD)])
def test_a_command_that_is_killed_at_any_call_is_made_good_by_the_next(
    state: Callable[[FakeStack, Mail], None], when: str
) -> None:
    for call in range(100):
        fake = FakeStack()
        state(fake, fake.put_record())
        getattr(fake.dynamodb.calls, when)[len(fake.dynamodb.calls.made) + call] = kill
        try:
            forget(fake)
        except Killed:
            forget(fake)
        else:
            assert call > 3  # calls there are
            return
        assert "p2@" not in values(fake)
        assert sum(fake.counted().values()) == 1
