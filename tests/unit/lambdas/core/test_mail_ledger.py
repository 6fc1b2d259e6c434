"""The mail ledger: claims, states, and the counters that change with them."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.dynamodb.outcomes import TableError
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import Entry, MailState, entries_in, receipt_id
from lambdas.core.mail_ledger import MailLedger
from lambdas.core.mail_writes import Change

from ...helpers.clock import Clock
from ...helpers.cloud import MAILS, Cloud, mail, mails
from ...helpers.fakes import Lost, client_error, invalid

pytestmark = pytest.mark.usefixtures("clock")
MAIL = mail("a@example.com", 2)
Decision = Callable[[MailLedger, Sequence[tuple[Mail, Entry]]], list[str]]
ENDED = [MailState.MAILED, MailState.UNDELIVERABLE, MailState.HELD]
LOST = Lost(client_error("InternalServerError", status=500))


def claimed(*group: Mail) -> Cloud:
    cloud = Cloud()
    assert cloud.mails.claim(group or [MAIL], "mine") == {}
    return cloud


def item(cloud: Cloud) -> Any:
    return cloud.dynamodb.tables[MAILS][(MAIL.mail_id,)]


def receipt(cloud: Cloud) -> Any:
    return cloud.dynamodb.tables[MAILS][(receipt_id("mine"),)]


def test_a_claim_says_whose_and_when(clock: Clock) -> None:
    assert item(claimed()) == {
        "mail_id": {"S": MAIL.mail_id},
        "state": {"S": MailState.CLAIMED},
        "claim": {"S": "mine"},
        "changed_at": {"N": f"{clock.now:.3f}"},
    }


def test_a_mail_is_claimed_once() -> None:
    cloud = claimed()
    before = item(cloud)
    other = mail("b@example.com", 3)
    taken = cloud.mails.claim([MAIL, other], "theirs")
    assert taken == {MAIL.mail_id: Entry.of(before)}
    assert taken[MAIL.mail_id].claim == "mine"
    assert item(cloud) == before
    assert cloud.states()[other.mail_id] == MailState.CLAIMED


def test_a_claim_whose_answer_was_lost_is_its_own() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("batch_execute_statement", LOST)
    with pytest.raises(ClientError):
        cloud.mails.claim([MAIL], "mine")
    assert cloud.mails.claim([MAIL], "mine") == {}


def test_a_deferred_mail_may_be_claimed_again() -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", MailState.DEFERRED, "later")])
    assert cloud.mails.claim([MAIL], "theirs") == {}
    assert (item(cloud)["state"], item(cloud)["claim"]) == ({"S": MailState.CLAIMED}, {"S": "theirs"})


def test_of_two_who_claim_a_deferred_mail_again_one_has_it() -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", MailState.DEFERRED, "later")])
    between = len(cloud.calls.made) + 2  # after theirs has read what stands there
    cloud.calls.before[between] = lambda: cloud.mails.claim([MAIL], "others") and None
    taken = cloud.mails.claim([MAIL], "theirs")
    assert taken[MAIL.mail_id].claim == "others"
    assert item(cloud)["claim"] == {"S": "others"}


@pytest.mark.parametrize("state", ENDED)
def test_a_mail_that_ended_may_not(state: MailState) -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", state)])
    assert cloud.mails.claim([MAIL], "theirs")[MAIL.mail_id].state == state


def test_a_claim_that_dynamodb_refuses_is_an_error() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("batch_execute_statement", cloud.dynamodb.put_off("ValidationError", 0))
    with pytest.raises(TableError, match="the mail ledger refused an entry: ValidationError"):
        cloud.mails.claim([MAIL], "mine")


def test_a_mail_that_left_is_counted_in_the_same_transaction() -> None:
    cloud = claimed()
    cloud.calls.made.clear()
    change = Change(MAIL, "mine", MailState.MAILED, message_id="m")
    assert cloud.mails.change([change]) == [change]
    assert cloud.states() == {MAIL.mail_id: MailState.MAILED}
    assert receipt(cloud)["mails"] == {"M": {MAIL.mail_id: {"S": "m"}}}
    assert cloud.ended() == {"mailed": 1}
    assert [len(request["TransactItems"]) for _, request in cloud.calls.made] == [2]


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD])
def test_a_mail_that_did_not_leave_is_counted_when_it_is_queued(state: MailState) -> None:
    cloud = claimed()
    change = Change(MAIL, "mine", state, "because")
    assert cloud.mails.change([change]) == [change]
    assert cloud.ended() == {}
    for _ in range(2):
        assert cloud.mails.change([replace(change, queued=True)])
    assert cloud.ended() == {state: 1}
    assert item(cloud)["reason"] == {"S": "because"}


def test_a_mail_that_is_deferred_is_not_counted() -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", MailState.DEFERRED, "later")])
    assert cloud.ended() == {}


def test_a_change_that_is_repeated_is_there_and_counts_once() -> None:
    cloud = claimed()
    change = Change(MAIL, "mine", MailState.MAILED)
    for _ in range(3):
        assert cloud.mails.change([change]) == [change]
    assert cloud.ended() == {"mailed": 1}


def test_a_change_whose_answer_was_lost_counts_once() -> None:
    cloud = claimed()
    change = Change(MAIL, "mine", MailState.MAILED)
    cloud.dynamodb.script("transact_write_items", LOST)
    with pytest.raises(ClientError):
        cloud.mails.change([change])
    assert cloud.mails.change([change]) == [change]
    assert cloud.ended() == {"mailed": 1}


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD, MailState.DEFERRED])
def test_only_the_claims_holder_changes_a_mail(state: MailState) -> None:
    cloud = claimed()
    assert cloud.mails.change([Change(MAIL, "theirs", state)]) == []
    assert cloud.mails.change([Change(MAIL, "theirs", state, queued=True)]) == []
    assert cloud.states() == {MAIL.mail_id: MailState.CLAIMED}
    assert cloud.ended() == {}


def test_a_mail_that_ended_ends_no_other_way() -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", MailState.UNDELIVERABLE)])
    cloud.mails.change([Change(MAIL, "mine", MailState.UNDELIVERABLE, queued=True)])
    assert cloud.mails.change([Change(MAIL, "mine", MailState.HELD)]) == []
    assert cloud.mails.change([Change(MAIL, "mine", MailState.HELD, queued=True)]) == []
    assert cloud.ended() == {"undeliverable": 1}


def test_a_change_of_what_was_never_claimed_is_not_written() -> None:
    """An operator may have deleted the entry."""
    assert Cloud().mails.change([Change(MAIL, "mine", MailState.HELD)]) == []


def test_a_change_that_dynamodb_refuses_is_an_error() -> None:
    cloud = claimed()
    cloud.dynamodb.script("transact_write_items", invalid("no such type"))
    with pytest.raises(TableError, match="the mail ledger refused an entry: no such type"):
        cloud.mails.change([Change(MAIL, "mine", MailState.MAILED)])


def test_changes_count_for_the_imports_they_belong_to() -> None:
    group = [mail("a@example.com", 2), mail("b@example.com", 2, import_id="other"), mail("c@example.com")]
    cloud = claimed(*group)
    cloud.mails.change([Change(each, "mine", MailState.MAILED) for each in group])
    assert set(cloud.states().values()) == {MailState.MAILED}
    assert cloud.ended() == {"mailed": 2}


def test_fifty_mails_of_fifty_imports_fit_one_transaction() -> None:
    group = [mail(f"p{n}@example.com", 2, import_id=f"import-{n}") for n in range(50)]
    cloud = claimed(*group)
    cloud.calls.made.clear()
    assert len(cloud.mails.change([Change(each, "mine", MailState.MAILED) for each in group])) == 50
    assert len(cloud.calls.made) == 1


def test_a_conflict_over_a_counter_counts_once() -> None:
    group = mails(2)
    cloud = claimed(*group)
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    conflict = client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})
    cloud.dynamodb.script("transact_write_items", conflict)
    cloud.mails.change([Change(each, "mine", MailState.MAILED) for each in group])
    assert cloud.ended() == {"mailed": 2}


def taken(cloud: Cloud) -> Entry:
    return entries_in(cloud.dynamodb.items(MAILS))[MAIL.mail_id]


def test_one_invocation_alone_takes_a_mail_over(clock: Clock) -> None:
    cloud = claimed()
    entry = taken(cloud)
    clock.sleep(100)
    change = Change(MAIL, "theirs", MailState.HELD, "crashed", taken_from=entry)
    assert cloud.mails.change([change]) == [change]
    assert cloud.mails.change([change]) == [change]  # its answer may have been lost
    assert cloud.mails.change([Change(MAIL, "others", MailState.HELD, "crashed", taken_from=entry)]) == []
    assert taken(cloud) == Entry(MailState.HELD, "theirs", clock.now, False, "crashed")


def test_who_lost_one_mail_records_the_others_of_its_claim() -> None:
    other = mail("b@example.com", 3)
    cloud = claimed(MAIL, other)
    cloud.mails.change([Change(MAIL, "theirs", MailState.HELD, "crashed", taken_from=taken(cloud))])
    mine = [Change(MAIL, "mine", MailState.MAILED), Change(other, "mine", MailState.MAILED, message_id="m")]
    for _ in range(2):
        assert cloud.mails.change(mine) == mine[1:]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD, other.mail_id: MailState.MAILED}
    assert cloud.dynamodb.tables[MAILS][(other.mail_id,)]["message_id"] == {"S": "m"}
    assert cloud.ended() == {"mailed": 1}


def test_mails_that_did_not_leave_are_recorded_beside_those_that_did() -> None:
    group = mails(3)
    cloud = claimed(*group)
    states = (MailState.MAILED, MailState.DEFERRED, MailState.MAILED)
    changes = [Change(each, "mine", state) for each, state in zip(group, states, strict=True)]
    assert {change.mail.mail_id for change in cloud.mails.change(changes)} == {x.mail_id for x in group}
    assert tuple(cloud.states()[each.mail_id] for each in group) == states
    assert cloud.ended() == {"mailed": 2}


def test_a_deferred_mail_leaves_under_another_claim_and_its_own_receipt() -> None:
    group = mails(2)
    cloud = claimed(*group)
    cloud.mails.change(
        [Change(group[0], "mine", MailState.MAILED), Change(group[1], "mine", MailState.DEFERRED)]
    )
    cloud.mails.claim(group[1:], "theirs")
    assert cloud.states()[group[1].mail_id] == MailState.CLAIMED
    cloud.mails.change([Change(group[1], "theirs", MailState.MAILED)])
    assert set(cloud.states().values()) == {MailState.MAILED}
    assert cloud.ended() == {"mailed": 2}


def test_who_lost_a_mail_changes_it_no_more() -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "theirs", MailState.HELD, "crashed", taken_from=taken(cloud))])
    assert cloud.mails.change([Change(MAIL, "mine", MailState.MAILED)]) == []
    assert cloud.mails.change([Change(MAIL, "mine", MailState.HELD, queued=True)]) == []
    assert cloud.mails.change([Change(MAIL, "theirs", MailState.HELD, queued=True)])
    assert cloud.ended() == {"held": 1}


def test_what_was_decided_is_taken_over_as_it_was_decided() -> None:
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", MailState.UNDELIVERABLE, "no such address")])
    entry = taken(cloud)
    cloud.mails.change([Change(MAIL, "theirs", MailState.UNDELIVERABLE, entry.reason, taken_from=entry)])
    cloud.mails.change([Change(MAIL, "theirs", MailState.UNDELIVERABLE, entry.reason, queued=True)])
    assert cloud.ended() == {"undeliverable": 1}
    assert taken(cloud).reason == "no such address"


def test_a_mail_that_ended_meanwhile_is_not_taken_over() -> None:
    cloud = claimed()
    entry = taken(cloud)
    cloud.mails.change([Change(MAIL, "mine", MailState.MAILED)])
    assert cloud.mails.change([Change(MAIL, "theirs", MailState.HELD, taken_from=entry)]) == []
    assert cloud.ended() == {"mailed": 1}


def ended(state: MailState) -> tuple[Cloud, Entry]:
    """A mail that ended, and its entry."""
    cloud = claimed()
    cloud.mails.change([Change(MAIL, "mine", state, "why")])
    cloud.mails.change([Change(MAIL, "mine", state, "why", queued=True)])
    return cloud, cloud.mails.entries([MAIL.mail_id])[MAIL.mail_id]


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD])
def test_a_mail_that_is_reopened_may_be_claimed_and_is_uncounted(state: MailState) -> None:
    cloud, entry = ended(state)
    assert cloud.mails.reopen([(MAIL, entry)]) == []
    assert cloud.ended() == {state: 0}
    assert item(cloud)["reason"] == {"S": "why"}
    assert cloud.mails.claim([MAIL], "theirs") == {}


def test_a_mail_that_is_dropped_is_counted_as_undeliverable() -> None:
    cloud, entry = ended(MailState.HELD)
    assert cloud.mails.drop([(MAIL, entry)]) == []
    assert cloud.ended() == {"held": 0, "undeliverable": 1}
    (dropped,) = cloud.mails.entries([MAIL.mail_id]).values()
    assert (dropped.dropped, dropped.queued, dropped.claim) == (True, True, "mine")


@pytest.mark.parametrize("decide", [MailLedger.reopen, MailLedger.drop])
def test_a_decision_on_what_has_changed_meanwhile_is_not_written(decide: Decision) -> None:
    cloud, entry = ended(MailState.HELD)
    cloud.mails.reopen([(MAIL, entry)])
    cloud.mails.claim([MAIL], "theirs")
    before = copy.deepcopy(cloud.dynamodb.tables)
    assert decide(cloud.mails, [(MAIL, entry)]) == [MAIL.mail_id]
    assert cloud.dynamodb.tables == before
