"""What the mail ledger writes, and under which conditions."""

import re
from typing import Any

import pytest

from lambdas.core.mail_entries import DROPPED, MAIL_ID, Entry, MailState, receipt_id
from lambdas.core.mail_writes import Change, MailWrites, counts_of, recounts_of, totals_of

from ...helpers.cloud import mail

MAIL, OTHER = mail("a@example.com", 2), mail("b@example.com", 3)
WRITES = MailWrites("mails")
HELD = Entry(MailState.HELD, "theirs", 1.0, queued=True, reason="crashed")


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


def test_a_change_is_written_while_the_claim_is_the_holders() -> None:
    put = WRITES.change(Change(MAIL, "mine", MailState.MAILED, message_id="m"))
    assert condition(put) == "claim = mine AND state = claimed"
    item = put["Put"]["Item"]
    del item["changed_at"]
    assert item == {
        MAIL_ID: {"S": MAIL.mail_id},
        "state": {"S": "mailed"},
        "claim": {"S": "mine"},
        "message_id": {"S": "m"},
    }


def test_what_is_queued_is_written_over_its_own_state_once() -> None:
    put = WRITES.change(Change(MAIL, "mine", MailState.HELD, "lost", queued=True))
    assert condition(put) == "claim = mine AND state = held AND attribute_not_exists(queued)"
    assert put["Put"]["Item"]["queued"] == {"BOOL": True}
    assert put["Put"]["Item"]["reason"] == {"S": "lost"}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (MailState.CLAIMED, "claim = theirs AND state = claimed"),
        (MailState.HELD, "claim = theirs AND state = held AND attribute_not_exists(queued)"),
    ],
)
def test_a_mail_is_taken_over_as_its_entry_was_read(before: MailState, expected: str) -> None:
    entry = Entry(before, "theirs", 1.0, queued=False, reason="")
    put = WRITES.change(Change(MAIL, "mine", MailState.HELD, taken_from=entry))
    assert condition(put) == expected
    assert put["Put"]["Item"]["claim"] == {"S": "mine"}


def test_only_a_deferred_mail_is_claimed_again() -> None:
    put = WRITES.claim_again(MAIL, "mine")
    assert condition(put) == "state = deferred"
    assert put["Put"]["Item"]["state"] == {"S": "claimed"}


def test_a_claim_has_one_receipt() -> None:
    put = WRITES.receipt("mine", {MAIL.mail_id: {"S": "m"}})
    assert condition(put) == f"attribute_not_exists({MAIL_ID})"
    assert put["Put"]["Item"][MAIL_ID] == {"S": receipt_id("mine")}
    assert put["Put"]["Item"]["mails"] == {"M": {MAIL.mail_id: {"S": "m"}}}


def test_an_operator_decides_on_the_entry_that_was_read() -> None:
    reopened, dropped = WRITES.reopen(MAIL, HELD), WRITES.drop(MAIL, HELD)
    for put in (reopened, dropped):
        assert condition(put) == "state = held AND claim = theirs AND queued = True"
    assert Entry.of(reopened["Put"]["Item"]).state == MailState.DEFERRED
    assert Entry.of(reopened["Put"]["Item"]).reason == "crashed"
    assert Entry.of(dropped["Put"]["Item"]).dropped
    assert dropped["Put"]["Item"]["reason"] == {"S": DROPPED}


@pytest.mark.parametrize(
    ("change", "written"),
    [
        (Change(MAIL, "mine", MailState.HELD), True),
        (Change(MAIL, "theirs", MailState.HELD), False),
        (Change(MAIL, "mine", MailState.DEFERRED), False),
        (Change(MAIL, "mine", MailState.HELD, queued=True), False),
    ],
)
def test_only_ones_own_write_is_known_again(change: Change, written: bool) -> None:
    item = WRITES.change(Change(MAIL, "mine", MailState.HELD))["Put"]["Item"]
    assert change.is_written_in(item) is written
    assert not change.is_written_in({})


def test_only_mails_that_ended_count() -> None:
    changes = [
        Change(MAIL, "mine", MailState.MAILED),
        Change(OTHER, "mine", MailState.HELD),
        Change(OTHER, "mine", MailState.HELD, queued=True),
        Change(MAIL, "mine", MailState.DEFERRED),
    ]
    assert list(counts_of(changes)) == [(MAIL, MailState.MAILED, 1), (OTHER, MailState.HELD, 1)]


def test_a_decision_uncounts_a_mail_and_counts_it_anew_unless_deferred() -> None:
    uncounted = (MAIL, MailState.HELD, -1)
    assert list(recounts_of([(MAIL, HELD)], MailState.DEFERRED)) == [uncounted]
    dropped = list(recounts_of([(MAIL, HELD)], MailState.UNDELIVERABLE))
    assert dropped == [uncounted, (MAIL, MailState.UNDELIVERABLE, 1)]


def test_counts_add_up_by_import_and_what_cancels_out_is_left_out() -> None:
    of_none, theirs = mail("c@example.com"), mail("d@example.com", 2, import_id="theirs")
    counts = [(MAIL, MailState.MAILED, 1), (OTHER, MailState.MAILED, 1), (theirs, MailState.HELD, 1)]
    counts += [(of_none, MailState.MAILED, 1), (MAIL, MailState.HELD, 1), (OTHER, MailState.HELD, -1)]
    ours = MAIL.import_id
    assert totals_of(counts) == {ours: {MailState.MAILED: 2}, "theirs": {MailState.HELD: 1}}
