"""What the mail ledger writes, and under which conditions."""

import re
from dataclasses import replace
from typing import Any

import pytest

from lambdas.aws.dynamodb.update import Update
from lambdas.core.mail_entries import (
    DUE,
    ENDS,
    EXPIRES_AT,
    MAIL_ID,
    OUTBOX,
    UNDECIDED,
    Entry,
    MailState,
    owed_list,
    receipt_id,
)
from lambdas.core.mail_writes import Change, MailWrites, Owing, counts_of, totals_of

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, mail

MAIL, OTHER = mail("a@example.com", 2), mail("b@example.com", 3)
DAYS, DAY = 30, 24 * 60 * 60
WRITES = MailWrites("mails", DAYS)
HELD = Entry(MAIL, MailState.HELD, "theirs", 1.0, "crashed", outbox="held")
CLAIMED = Entry(MAIL, MailState.CLAIMED, "theirs", 5.0)
OWING = Owing("later", 200.0, 100.0)
# What a mail needs while it waits, and not after its end.
DETAILS = {"import_id", "line", "columns", "record_key", "reason", "owed_since", OUTBOX, DUE}
STATE = {MAIL_ID, "state", "claim", "changed_at"}


def change(known: MailState, state: MailState, **more: Any) -> Change:
    return Change(MAIL, known, "mine", "mine", state, **more)


def condition(put: Any) -> str:
    """A write's condition, with its names and values filled in; every one must be used."""
    text = put["Put"]["ConditionExpression"]
    values = put["Put"].get("ExpressionAttributeValues", {})
    for holder, name in put["Put"]["ExpressionAttributeNames"].items():
        text, used = re.subn(rf"{holder}\b", name, text)
        assert used, holder
    for holder, value in values.items():
        text, used = re.subn(rf"{holder}\b", str(*value.values()), text)
        assert used, holder
    assert not re.search("[#:]", text), text
    return str(text)


def expiry(clock: Clock, days: int = DAYS) -> dict[str, str]:
    return {"N": str(int(clock.now) + days * DAY)}


def test_a_mail_that_leaves_at_once_expires_without_another_write(clock: Clock) -> None:
    assert WRITES.claimed(MAIL, "mine") == {
        MAIL_ID: {"S": MAIL.mail_id},
        "state": {"S": "claimed"},
        "claim": {"S": "mine"},
        "changed_at": {"N": f"{clock.now:.3f}"},
        EXPIRES_AT: expiry(clock),
    }


def test_an_owed_mail_has_what_it_needs_to_be_sent_and_never_expires() -> None:
    item = WRITES.owed(MAIL, "mine", OWING)
    assert item.keys() == STATE | DETAILS
    entry = Entry.of(item)
    assert entry.mail == MAIL
    assert (entry.reason, entry.due, entry.owed_since) == ("later", 200, 100)
    assert (entry.state, entry.outbox) == (MailState.OWED, owed_list(MAIL))


def test_a_mail_of_no_import_has_neither_import_nor_line() -> None:
    item = WRITES.owed(mail("a@example.com"), "mine", OWING)
    assert item.keys() == STATE | DETAILS - {"import_id", "line"}


def test_a_round_claims_what_stands_and_leaves_it_in_its_list() -> None:
    update = WRITES.claim_owed(replace(CLAIMED, state=MailState.OWED), "mine")
    assert update.known == {"state": {"S": "owed"}, "claim": {"S": "theirs"}}
    assert update.set.keys() == STATE - {MAIL_ID}
    assert (update.set["state"], update.set["claim"]) == ({"S": "claimed"}, {"S": "mine"})
    assert update.remove == ()


def test_a_claimed_mail_is_owed_by_its_holder_alone_and_expires_no_more() -> None:
    update = WRITES.owe(MAIL, "mine", OWING)
    assert update.known == {"state": {"S": "claimed"}, "claim": {"S": "mine"}}
    assert update.set.keys() == STATE - {MAIL_ID} | DETAILS
    assert update.remove == (EXPIRES_AT,)


def test_to_look_at_a_mail_again_does_not_change_its_claim() -> None:
    update = WRITES.look_again(MAIL, CLAIMED, 300.0)
    assert update.known == {"state": {"S": "claimed"}, "claim": {"S": "theirs"}}
    assert update.set.keys() == DETAILS
    assert update.set[DUE] == {"N": "300.000"}
    assert update.set["owed_since"] == {"N": "5.000"}
    assert update.remove == (EXPIRES_AT,)


def test_a_mail_that_a_receipt_names_leaves_its_list_and_loses_details(clock: Clock) -> None:
    update = WRITES.leave_list(MAIL, "theirs")
    assert update.known == {"state": {"S": "claimed"}, "claim": {"S": "theirs"}}
    assert update.set == {EXPIRES_AT: expiry(clock)}
    assert set(update.remove) == DETAILS


@pytest.mark.parametrize("state", ENDS)
def test_an_end_loses_the_columns_and_expires(state: MailState, clock: Clock) -> None:
    item = WRITES.change(change(MailState.CLAIMED, state, reason="why"))["Put"]["Item"]
    assert "columns" not in item
    assert item[EXPIRES_AT] == expiry(clock)
    assert item["reason"] == {"S": "why"}


@pytest.mark.parametrize("state", UNDECIDED)
def test_what_waits_for_a_decision_is_listed_with_its_origin(state: MailState, clock: Clock) -> None:
    undecided = WRITES.change(change(MailState.CLAIMED, state))["Put"]["Item"]
    assert undecided.keys() == STATE | {"import_id", "line", "record_key", OUTBOX, DUE, EXPIRES_AT}
    assert undecided[OUTBOX] == {"S": state}
    assert undecided[DUE] == {"N": f"{clock.now:.3f}"}
    decided = WRITES.change(change(MailState.CLAIMED, state, decided=True))["Put"]["Item"]
    assert decided.keys() == STATE | {EXPIRES_AT}


def test_a_mail_that_is_to_be_sent_again_is_owed_at_once(clock: Clock) -> None:
    put = WRITES.change(Change.of(HELD, "mine", MailState.OWED, "an operator sends it again"))
    entry = Entry.of(put["Put"]["Item"])
    assert (entry.mail, entry.state, entry.outbox) == (MAIL, MailState.OWED, owed_list(MAIL))
    assert entry.due == entry.owed_since == clock.now
    assert entry.reason == "an operator sends it again"
    assert EXPIRES_AT not in put["Put"]["Item"]


def test_a_change_is_written_while_the_mail_stands_as_it_is_known() -> None:
    put = WRITES.change(change(MailState.CLAIMED, MailState.MAILED, message_id="m"))
    assert condition(put) == "claim = mine AND state = claimed"
    assert put["Put"]["Item"].keys() == STATE | {"message_id", EXPIRES_AT}
    assert put["Put"]["Item"]["message_id"] == {"S": "m"}
    again = WRITES.change(Change.of(HELD, "mine", MailState.OWED))
    assert condition(again) == "claim = theirs AND state = held"


def test_a_claim_has_one_receipt_which_outlives_its_mails() -> None:
    put = WRITES.receipt("mine", {MAIL.mail_id: {"S": "m"}})
    assert condition(put) == f"attribute_not_exists({MAIL_ID})"
    assert put["Put"]["Item"][MAIL_ID] == {"S": receipt_id("mine")}
    assert put["Put"]["Item"]["mails"] == {"M": {MAIL.mail_id: {"S": "m"}}}
    assert int(put["Put"]["Item"][EXPIRES_AT]["N"]) > int(WRITES.claimed(MAIL, "mine")[EXPIRES_AT]["N"])


@pytest.mark.parametrize(
    ("a_change", "written"),
    [
        (change(MailState.CLAIMED, MailState.HELD), True),
        (replace(change(MailState.CLAIMED, MailState.HELD), known_claim="others"), True),
        (replace(change(MailState.CLAIMED, MailState.HELD), claim="theirs"), False),
        (change(MailState.CLAIMED, MailState.MAILED), False),
    ],
)
def test_only_ones_own_write_is_known_again(a_change: Change, written: bool) -> None:
    item = WRITES.change(change(MailState.CLAIMED, MailState.HELD))["Put"]["Item"]
    assert a_change.is_written_in(item) is written
    assert not a_change.is_written_in({})


@pytest.mark.parametrize(
    ("known", "known_claim", "takes_over"),
    [
        (MailState.CLAIMED, "theirs", True),
        (MailState.CLAIMED, "mine", False),
        (MailState.HELD, "theirs", False),
        (MailState.OWED, "theirs", False),
    ],
)
def test_who_ends_anothers_claim_takes_it_over(known: MailState, known_claim: str, takes_over: bool) -> None:
    assert Change(MAIL, known, known_claim, "mine", MailState.HELD).takes_over is takes_over


def test_only_mails_that_ended_count() -> None:
    changes = [
        change(MailState.CLAIMED, MailState.MAILED),
        Change(OTHER, MailState.CLAIMED, "mine", "mine", MailState.HELD),
        change(MailState.OWED, MailState.CANCELLED),
    ]
    assert list(counts_of(changes)) == [
        (MAIL, MailState.MAILED, 1),
        (OTHER, MailState.HELD, 1),
        (MAIL, MailState.CANCELLED, 1),
    ]


def test_a_decision_uncounts_a_mail_and_counts_it_anew_unless_it_is_owed() -> None:
    uncounted = (MAIL, MailState.HELD, -1)
    assert list(counts_of([Change.of(HELD, "mine", MailState.OWED)])) == [uncounted]
    mailed = list(counts_of([Change.of(HELD, "mine", MailState.MAILED)]))
    assert mailed == [uncounted, (MAIL, MailState.MAILED, 1)]


def test_a_decision_that_leaves_the_state_counts_nothing() -> None:
    changes = [Change.of(HELD, "mine", MailState.HELD, decided=True)]
    assert totals_of(counts_of(changes)) == {}


def test_counts_add_up_by_import_and_what_cancels_out_is_left_out() -> None:
    of_none, theirs = mail("c@example.com"), mail("d@example.com", 2, import_id="theirs")
    counts = [(MAIL, MailState.MAILED, 1), (OTHER, MailState.MAILED, 1), (theirs, MailState.HELD, 1)]
    counts += [(of_none, MailState.MAILED, 1), (MAIL, MailState.HELD, 1), (OTHER, MailState.HELD, -1)]
    assert totals_of(counts) == {IMPORT: {MailState.MAILED: 2}, "theirs": {MailState.HELD: 1}}


@pytest.mark.parametrize(
    "update",
    [
        WRITES.claim_owed(CLAIMED, "mine"),
        WRITES.owe(MAIL, "mine", OWING),
        WRITES.look_again(MAIL, CLAIMED, 1.0),
        WRITES.leave_list(MAIL, "theirs"),
    ],
)
def test_no_update_sets_and_removes_one_attribute(update: Update) -> None:
    assert not update.set.keys() & set(update.remove)
    assert MAIL_ID not in update.set
