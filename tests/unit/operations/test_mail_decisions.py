"""What an operator decides of mails that are undeliverable or held."""

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import Sending
from lambdas.core.mail_ledger import DECISIONS_AT_ONCE
from operations.choices import Decision, Undecided, Which
from operations.errors import UsageError
from operations.mail_decisions import MailDecisions, decide
from operations.survey import Survey

from ..helpers.fakes import Killed, kill
from ..helpers.stack import IMPORT, IMPORTS, OTHER_IMPORT, USERS, FakeStack

pytestmark = pytest.mark.usefixtures("clock")
WORDS = "the person told me"
EVERY = Which()


def decision(
    fake: FakeStack, what: Decision, state: Undecided, which: Which = EVERY, because: str | None = WORDS
) -> MailDecisions:
    return decide(fake.stack, what, state, which, because)


def carried_out(decisions: MailDecisions) -> Survey:
    survey = decisions.survey()
    decisions.carry_out(survey, lambda _: None)
    return survey


@pytest.mark.parametrize("state", list(Undecided))
def test_what_is_resent_is_owed_with_its_columns_and_its_import_is_listed(state: Undecided) -> None:
    fake = FakeStack()
    mail = fake.put_record()
    fake.end(MailState(state), mail)
    assert fake.counted() == {state: 1}
    assert carried_out(decision(fake, Decision.RESEND, state)).done == 1
    entry = fake.entry(mail)
    assert (entry.state, entry.reason, entry.mail.columns) == (MailState.OWED, WORDS, mail.columns)
    assert fake.counted() == {}
    assert [each.import_id for each in fake.mails.outbox.imports()] == [IMPORT]
    assert [each.mail_id for each in fake.mails.outbox.owed(IMPORT)] == [mail.mail_id]


@pytest.mark.parametrize(
    ("what", "state", "ends", "reason"),
    [
        (Decision.LET_BE, Undecided.UNDELIVERABLE, MailState.UNDELIVERABLE, "because"),
        (Decision.COUNT_AS_MAILED, Undecided.HELD, MailState.MAILED, WORDS),
    ],
)
def test_what_is_decided_is_in_no_list_and_has_nothing_of_the_person(
    what: Decision, state: Undecided, ends: MailState, reason: str
) -> None:
    fake = FakeStack()
    mail = fake.put_record()
    fake.end(MailState(state), mail)
    because = WORDS if state == Undecided.HELD else None
    assert carried_out(decision(fake, what, state, because=because)).done == 1
    entry = fake.entry(mail)
    assert (entry.state, entry.reason, entry.outbox, entry.mail.record_key) == (ends, reason, "", {})
    assert fake.counted() == {ends: 1}
    again = carried_out(decision(fake, what, state))
    assert (len(again.chosen), again.done) == (0, 0)


@pytest.mark.parametrize(
    ("which", "lines"),
    [
        (EVERY, [2, 3, 4]),
        (Which(import_id=IMPORT), [2, 3]),
        (Which(reason="TIMED"), [3, 4]),
        (Which(import_id=IMPORT, reason="timed"), [3]),
    ],
)
def test_mails_are_chosen_by_their_import_and_reason(which: Which, lines: list[int]) -> None:
    fake = FakeStack()
    fake.put_import()
    fake.end(MailState.HELD, fake.put_record(2), reason="crashed")
    fake.end(MailState.HELD, fake.put_record(3), reason="SES timed out")
    fake.end(MailState.HELD, fake.put_record(4, import_id=OTHER_IMPORT), reason="SES timed out")
    fake.end(MailState.UNDELIVERABLE, fake.put_record(5))
    survey = decision(fake, Decision.COUNT_AS_MAILED, Undecided.HELD, which).survey()
    assert sorted(int(name.rpartition(" ")[2]) for name in survey.chosen.values()) == lines
    assert survey.others == 3 - len(lines)


def test_one_mail_is_chosen_by_its_id_if_it_waits_for_that_decision() -> None:
    fake = FakeStack()
    held, other, refused = (fake.put_record(line) for line in (2, 3, 4))
    fake.end(MailState.HELD, held, other)
    fake.end(MailState.UNDELIVERABLE, refused)
    let_be = decision(fake, Decision.LET_BE, Undecided.UNDELIVERABLE, Which(mail_id=refused.mail_id))
    for mail, chosen, why in (
        (held, 1, []),
        (refused, 0, ["it is undeliverable, not held"]),
    ):
        which = Which(mail_id=mail.mail_id)
        survey = decision(fake, Decision.COUNT_AS_MAILED, Undecided.HELD, which).survey()
        assert (len(survey.chosen), survey.others, [each.why for each in survey.stay]) == (chosen, 0, why)
    carried_out(let_be)
    [stays] = let_be.survey().stay
    assert stays.why == "it is undeliverable, and something was decided of it already"


def test_an_id_that_no_mail_has_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="`rowrelay mails list --state held --stack dev` has those"):
        decision(FakeStack(), Decision.RESEND, Undecided.HELD, Which(mail_id="abc"))


def test_a_mail_whose_record_is_gone_stays_and_says_so() -> None:
    fake = FakeStack()
    gone, there = fake.put_record(2), fake.put_record(3)
    fake.end(MailState.UNDELIVERABLE, gone, there)
    fake.dynamodb.delete_item(TableName=USERS, Key=gone.record_key)
    survey = carried_out(decision(fake, Decision.RESEND, Undecided.UNDELIVERABLE))
    assert (survey.done, survey.not_found) == (1, 0)
    assert [(each.id, each.why) for each in survey.stay] == [(gone.mail_id, "its record is gone")]
    assert (fake.entry(gone).decided, fake.entry(there).state) == (False, MailState.OWED)


def test_a_mail_of_a_cancelled_import_is_not_sent_again() -> None:
    fake = FakeStack()
    mail = fake.put_record()
    fake.end(MailState.UNDELIVERABLE, mail)
    fake.mails.gate.set_sending(IMPORT, Sending.CANCELLED)
    survey = carried_out(decision(fake, Decision.RESEND, Undecided.UNDELIVERABLE))
    assert (survey.done, [each.why for each in survey.stay]) == (
        0,
        ["an operator cancelled the import's mails"],
    )


def test_a_mail_that_changed_since_it_was_shown_stays_as_it_is() -> None:
    fake = FakeStack()
    mail = fake.put_record()
    fake.end(MailState.HELD, mail)
    late = decision(fake, Decision.RESEND, Undecided.HELD)
    survey = late.survey()
    carried_out(decision(fake, Decision.COUNT_AS_MAILED, Undecided.HELD))
    late.carry_out(survey, lambda _: None)
    assert (survey.done, survey.not_found) == (0, 1)
    assert fake.entry(mail).state == MailState.MAILED
    assert fake.counted() == {MailState.MAILED: 1}


def many() -> FakeStack:
    """More mails that are undeliverable than one transaction changes."""
    fake = FakeStack()
    fake.end(MailState.UNDELIVERABLE, *(fake.put_record(line) for line in range(2, 2 + DECISIONS_AT_ONCE)))
    fake.end(MailState.UNDELIVERABLE, *(fake.put_record(line) for line in range(100, 105)))
    return fake


@pytest.mark.parametrize("what", [Decision.RESEND, Decision.COUNT_AS_MAILED, Decision.LET_BE])
def test_a_decision_opens_the_books_with_the_counters(what: Decision) -> None:
    fake = FakeStack()
    fake.put_import(created=1)
    mail = fake.put_record(2)
    fake.end(MailState.HELD, mail)
    assert "open" not in fake.dynamodb.tables[IMPORTS][IMPORT, "import"]
    carried_out(decision(fake, what, Undecided.HELD))
    written = [one["TransactItems"] for one in fake.dynamodb.calls.named("transact_write_items")]
    parts = [each["Update"]["Key"]["part"]["S"] for each in written[-1][1:]]
    assert (parts[0][:5], parts[1:]) == ("mail#", ["import"])
    assert fake.dynamodb.tables[IMPORTS][IMPORT, "import"]["open"] == {"S": "open"}


def test_many_are_decided_with_progress() -> None:
    fake, seen = many(), list[int]()
    decisions = decision(fake, Decision.RESEND, Undecided.UNDELIVERABLE)
    looked: list[int] = []
    decisions.carry_out(decisions.survey(looked.append), seen.append)
    assert sum(looked) == sum(seen)
    assert seen == [DECISIONS_AT_ONCE, 5]
    assert set(fake.states().values()) == {MailState.OWED}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_command_that_is_killed_at_any_call_is_made_good_by_the_next(when: str) -> None:
    for number in range(100):
        fake = many()
        getattr(fake.dynamodb.calls, when)[len(fake.dynamodb.calls.made) + number] = kill
        try:
            carried_out(decision(fake, Decision.RESEND, Undecided.UNDELIVERABLE))
        except Killed:
            carried_out(decision(fake, Decision.RESEND, Undecided.UNDELIVERABLE))
        else:
            assert number > 5  # calls there are
            return
        assert set(fake.states().values()) == {MailState.OWED}
        assert fake.counted() == {}
        assert [each.import_id for each in fake.mails.outbox.imports()] == [IMPORT]


@pytest.mark.parametrize(
    ("because", "told"),
    [
        (None, "expected how you know, as --because TEXT"),
        ("", "expected how you know, as --because TEXT"),
        ("x" * 201, "--because: expected at most 200 characters, got 201"),
        ("a@example.com told me", "--because: it must not hold an address"),
    ],
)
def test_a_decision_on_held_mails_needs_words_that_name_no_address(because: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        decision(FakeStack(), Decision.RESEND, Undecided.HELD, because=because)
