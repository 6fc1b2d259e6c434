"""The mail ledger: claims, states, and the counters that change with them."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.dynamodb.outcomes import TableError
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import EXPIRES_AT, OUTBOX, Entry, MailState, entries_in, owed_list, receipt_id
from lambdas.core.mail_ledger import CHANGES_AT_ONCE, MailLedger, owing_of
from lambdas.core.mail_writes import Change, Owing

from ...helpers.clock import Clock
from ...helpers.cloud import MAILS, Cloud, mail, mails
from ...helpers.fakes import Lost, client_error, invalid

pytestmark = pytest.mark.usefixtures("clock")
MAIL = mail("a@example.com", 2)
OWING = Owing("later", 200.0, 100.0)
ENDED = [MailState.MAILED, MailState.UNDELIVERABLE, MailState.HELD]
LOST = Lost(client_error("InternalServerError", status=500))


def claimed(*group: Mail) -> Cloud:
    cloud = Cloud()
    assert cloud.mails.claim(group or [MAIL], "mine") == {}
    return cloud


def owed(*group: Mail) -> Cloud:
    cloud = Cloud()
    assert cloud.mails.owe(group or [MAIL], "mine", OWING) == {}
    return cloud


def end(a_mail: Mail, state: MailState, claim: str = "mine", **more: Any) -> Change:
    """The change of a mail that the holder of this claim ends."""
    return Change(a_mail, MailState.CLAIMED, claim, claim, state, **more)


def item(cloud: Cloud, a_mail: Mail = MAIL) -> Any:
    return cloud.dynamodb.tables[MAILS][(a_mail.mail_id,)]


def receipt(cloud: Cloud) -> Any:
    return cloud.dynamodb.tables[MAILS][(receipt_id("mine"),)]


def entry(cloud: Cloud, a_mail: Mail = MAIL) -> Entry:
    return entries_in(cloud.dynamodb.items(MAILS))[a_mail.mail_id]


def test_a_claim_says_whose_and_when(clock: Clock) -> None:
    assert item(claimed()) == {
        "mail_id": {"S": MAIL.mail_id},
        "state": {"S": MailState.CLAIMED},
        "claim": {"S": "mine"},
        "changed_at": {"N": f"{clock.now:.3f}"},
        EXPIRES_AT: {"N": str(int(clock.now) + 400 * 24 * 60 * 60)},
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


ENTER: list[Callable[[MailLedger, list[Mail], str], dict[str, Entry]]] = [
    lambda ledger, group, claim: ledger.claim(group, claim),
    lambda ledger, group, claim: ledger.owe(group, claim, OWING),
]


@pytest.mark.parametrize("enter", ENTER)
def test_an_insertion_whose_answer_was_lost_is_its_own(enter: Callable[..., dict[str, Entry]]) -> None:
    cloud = Cloud()
    cloud.dynamodb.script("batch_execute_statement", LOST)
    with pytest.raises(ClientError):
        enter(cloud.mails, [MAIL], "mine")
    assert enter(cloud.mails, [MAIL], "mine") == {}
    assert enter(cloud.mails, [MAIL], "theirs").keys() == {MAIL.mail_id}


@pytest.mark.parametrize("state", ENDED)
def test_a_mail_that_ended_is_neither_claimed_nor_owed(state: MailState) -> None:
    cloud = claimed()
    cloud.mails.change([end(MAIL, state)])
    before = item(cloud)
    assert cloud.mails.claim([MAIL], "theirs")[MAIL.mail_id].state == state
    assert cloud.mails.owe([MAIL], "theirs", OWING)[MAIL.mail_id].state == state
    assert cloud.mails.claim_owed([replace(entry(cloud), state=MailState.OWED)], "theirs") == []
    assert item(cloud) == before


def test_a_claim_that_dynamodb_refuses_is_an_error() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("batch_execute_statement", cloud.dynamodb.put_off("ValidationError", 0))
    with pytest.raises(TableError, match="the mail ledger refused an entry: ValidationError"):
        cloud.mails.claim([MAIL], "mine")


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_without_time_for_another_step_claiming_is_an_error(steps: int) -> None:
    cloud, in_time = Cloud(), iter([True] * steps + [False])
    with pytest.raises(TableError, match="time is nearly over"):
        cloud.mails.claim(mails(50), "mine", in_time=lambda: next(in_time))
    assert len(cloud.states()) == 25 * steps


def test_a_mail_is_owed_once_by_whoever_comes_first() -> None:
    cloud = owed()
    before = item(cloud)
    assert cloud.mails.owe([MAIL], "theirs", replace(OWING, due=1.0)) == {MAIL.mail_id: Entry.of(before)}
    assert cloud.mails.claim([MAIL], "theirs") == {MAIL.mail_id: Entry.of(before)}
    assert item(cloud) == before
    assert [each.mail_id for each in cloud.outbox.listed(owed_list(MAIL))] == [MAIL.mail_id]
    assert owing_of(entry(cloud)) == OWING


def test_of_two_who_claim_an_owed_mail_one_has_it() -> None:
    cloud = owed()
    seen = entry(cloud)
    assert cloud.mails.claim_owed([seen], "theirs") == [seen]
    assert cloud.mails.claim_owed([seen], "others") == []
    assert (entry(cloud).state, entry(cloud).claim) == (MailState.CLAIMED, "theirs")
    # It stays where a round finds it, should the holder be killed.
    assert item(cloud)[OUTBOX] == {"S": owed_list(MAIL)}
    assert entry(cloud).mail == MAIL


def test_a_claim_of_an_owed_mail_whose_answer_was_lost_is_its_own() -> None:
    cloud = owed()
    seen = entry(cloud)
    cloud.dynamodb.script("batch_execute_statement", LOST)
    with pytest.raises(ClientError):
        cloud.mails.claim_owed([seen], "theirs")
    assert cloud.mails.claim_owed([seen], "theirs") == [seen]


def test_an_owed_mail_that_is_gone_is_not_claimed() -> None:
    cloud = owed()
    seen = entry(cloud)
    cloud.dynamodb.tables[MAILS].clear()
    assert cloud.mails.claim_owed([seen], "theirs") == []
    assert not cloud.dynamodb.items(MAILS)


def test_claimed_mails_that_did_not_leave_are_owed_again() -> None:
    cloud = claimed()
    cloud.mails.owe_claimed([(MAIL, OWING)], "mine")
    assert entry(cloud).mail == MAIL
    assert owing_of(entry(cloud)) == OWING
    assert EXPIRES_AT not in item(cloud)
    assert cloud.mails.claim_owed([entry(cloud)], "theirs")
    cloud.mails.change([end(MAIL, MailState.MAILED, "theirs")])
    assert cloud.ended() == {"mailed": 1}


@pytest.mark.parametrize("state", [*ENDED, MailState.OWED])
def test_who_does_not_hold_the_claim_owes_nothing(state: MailState) -> None:
    cloud = claimed()
    if state == MailState.OWED:
        cloud.mails.owe_claimed([(MAIL, OWING)], "mine")
    else:
        cloud.mails.change([end(MAIL, state)])
    before = item(cloud)
    for claim in ("mine", "theirs"):
        cloud.mails.owe_claimed([(MAIL, replace(OWING, due=1.0))], claim)
    assert item(cloud) == before


def test_who_gives_back_what_was_never_claimed_enters_nothing() -> None:
    cloud = Cloud()
    cloud.mails.owe_claimed([(MAIL, OWING)], "mine")
    assert not cloud.dynamodb.items(MAILS)


def test_a_mail_that_another_has_claimed_is_looked_at_again() -> None:
    cloud = claimed()
    seen = entry(cloud)
    cloud.mails.look_again([(MAIL, seen, 300.0)])
    listed = entry(cloud)
    assert (listed.due, listed.outbox, listed.mail) == (300.0, owed_list(MAIL), MAIL)
    assert (listed.state, listed.claim, listed.changed_at) == (seen.state, seen.claim, seen.changed_at)
    assert EXPIRES_AT not in item(cloud)
    assert cloud.mails.record([end(MAIL, MailState.MAILED)])  # the holder knows of nothing
    assert cloud.ended() == {"mailed": 1}


@pytest.mark.parametrize("state", ENDED)
def test_a_mail_that_ended_meanwhile_is_not_looked_at_again(state: MailState) -> None:
    cloud = claimed()
    seen = entry(cloud)
    cloud.mails.change([end(MAIL, state)])
    before = item(cloud)
    cloud.mails.look_again([(MAIL, seen, 300.0)])
    assert item(cloud) == before


def test_a_mail_that_a_receipt_names_leaves_its_list_and_stays_mailed() -> None:
    cloud = claimed()
    cloud.mails.look_again([(MAIL, entry(cloud), 300.0)])
    cloud.mails.record([end(MAIL, MailState.MAILED)])
    (seen,) = cloud.mails.entries([MAIL.mail_id]).values()
    assert (seen.state, seen.outbox) == (MailState.MAILED, owed_list(MAIL))
    cloud.mails.leave_lists([(seen.mail, seen.claim)])
    assert cloud.states() == {MAIL.mail_id: MailState.MAILED}
    assert not list(cloud.outbox.listed(owed_list(MAIL)))
    assert item(cloud).keys() == {"mail_id", "state", "claim", "changed_at", EXPIRES_AT}
    assert cloud.ended() == {"mailed": 1}


def test_mails_that_left_are_counted_in_the_transaction_of_their_receipt() -> None:
    cloud = claimed()
    cloud.calls.made.clear()
    change = end(MAIL, MailState.MAILED, message_id="m")
    assert cloud.mails.record([change]) == [change]
    assert cloud.states() == {MAIL.mail_id: MailState.MAILED}
    assert receipt(cloud)["mails"] == {"M": {MAIL.mail_id: {"S": "m"}}}
    assert cloud.ended() == {"mailed": 1}
    assert [len(request["TransactItems"]) for _, request in cloud.calls.made] == [2]


def test_mails_that_left_from_a_list_are_in_no_list_any_more() -> None:
    group = mails(3)
    cloud = owed(*group)
    cloud.mails.claim_owed(entries(cloud, group), "round")
    states = (MailState.MAILED, MailState.UNDELIVERABLE, MailState.MAILED)
    changes = [end(each, state, "round") for each, state in zip(group, states, strict=True)]
    assert len(cloud.mails.record(changes)) == 3
    cloud.mails.leave_lists([(each, "round") for each in group])
    assert tuple(cloud.states()[each.mail_id] for each in group) == states
    assert cloud.ended() == {"mailed": 2, "undeliverable": 1}
    assert [each.mail_id for each in cloud.outbox.listed(MailState.UNDELIVERABLE)] == [group[1].mail_id]
    assert not list(cloud.outbox.owed(group[0].import_id))
    assert all(EXPIRES_AT in item(cloud, each) and "columns" not in item(cloud, each) for each in group)


@pytest.mark.parametrize("state", ENDED)
def test_an_end_is_counted_in_the_same_transaction(state: MailState) -> None:
    cloud = claimed()
    cloud.calls.made.clear()
    change = end(MAIL, state, reason="because")
    for _ in range(2):
        assert cloud.mails.change([change]) == [change]
    assert cloud.ended() == {state: 1}
    assert item(cloud)["reason"] == {"S": "because"}
    assert next(len(request["TransactItems"]) for _, request in cloud.calls.made) == 2


def test_a_mail_that_is_owed_is_not_counted() -> None:
    cloud = claimed()
    cloud.mails.owe_claimed([(MAIL, OWING)], "mine")
    assert cloud.ended() == {}


@pytest.mark.parametrize("write", [MailLedger.record, MailLedger.change])
def test_a_change_that_is_repeated_is_there_and_counts_once(write: Callable[..., list[Change]]) -> None:
    cloud = claimed()
    change = end(MAIL, MailState.MAILED)
    for _ in range(3):
        assert write(cloud.mails, [change]) == [change]
    assert cloud.ended() == {"mailed": 1}


@pytest.mark.parametrize("write", [MailLedger.record, MailLedger.change])
@pytest.mark.parametrize("state", ENDED)
def test_a_change_whose_answer_was_lost_counts_once(
    write: Callable[..., list[Change]], state: MailState
) -> None:
    cloud = claimed()
    change = end(MAIL, state)
    cloud.dynamodb.script("transact_write_items", LOST)
    with pytest.raises(ClientError):
        write(cloud.mails, [change])
    assert write(cloud.mails, [change]) == [change]
    assert cloud.ended() == {state: 1}


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD, MailState.MAILED])
def test_only_the_claims_holder_changes_a_mail(state: MailState) -> None:
    cloud = claimed()
    assert cloud.mails.change([end(MAIL, state, "theirs")]) == []
    assert cloud.states() == {MAIL.mail_id: MailState.CLAIMED}
    assert cloud.ended() == {}


def test_a_mail_that_ended_ends_no_other_way() -> None:
    cloud = claimed()
    cloud.mails.change([end(MAIL, MailState.UNDELIVERABLE)])
    assert cloud.mails.change([end(MAIL, MailState.HELD)]) == []
    assert cloud.ended() == {"undeliverable": 1}


def test_a_change_of_what_was_never_claimed_is_not_written() -> None:
    """It may have expired."""
    assert Cloud().mails.change([end(MAIL, MailState.HELD)]) == []


def test_a_change_that_dynamodb_refuses_is_an_error() -> None:
    cloud = claimed()
    cloud.dynamodb.script("transact_write_items", invalid("no such type"))
    with pytest.raises(TableError, match="the mail ledger refused an entry: no such type"):
        cloud.mails.change([end(MAIL, MailState.MAILED)])


def test_no_changes_make_no_call() -> None:
    cloud = Cloud()
    assert cloud.mails.record([]) == cloud.mails.change([]) == cloud.mails.cancel([], "mine", "") == []
    assert not cloud.calls.made


def test_changes_count_for_the_imports_they_belong_to() -> None:
    group = [mail("a@example.com", 2), mail("b@example.com", 2, import_id="other"), mail("c@example.com")]
    cloud = claimed(*group)
    cloud.mails.record([end(each, MailState.MAILED) for each in group])
    assert set(cloud.states().values()) == {MailState.MAILED}
    assert cloud.ended() == {"mailed": 2}


@pytest.mark.parametrize("write", [MailLedger.record, MailLedger.change])
def test_fifty_mails_of_fifty_imports_fit_one_transaction(write: Callable[..., list[Change]]) -> None:
    group = [mail(f"p{n}@example.com", 2, import_id=f"import-{n}") for n in range(CHANGES_AT_ONCE)]
    cloud = claimed(*group)
    cloud.calls.made.clear()
    assert len(write(cloud.mails, [end(each, MailState.MAILED) for each in group])) == 50
    assert len(cloud.calls.made) == 1


def test_a_conflict_over_a_counter_counts_once() -> None:
    group = mails(2)
    cloud = claimed(*group)
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    conflict = client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})
    cloud.dynamodb.script("transact_write_items", conflict)
    cloud.mails.record([end(each, MailState.MAILED) for each in group])
    assert cloud.ended() == {"mailed": 2}


def taken_over(seen: Entry, claim: str = "theirs") -> Change:
    return Change(seen.mail, seen.state, seen.claim, claim, MailState.HELD, "crashed")


def test_one_invocation_alone_takes_a_mail_over(clock: Clock) -> None:
    cloud = claimed()
    seen = entry(cloud)
    clock.sleep(100)
    change = taken_over(replace(seen, mail=MAIL))
    assert cloud.mails.change([change]) == [change]
    assert cloud.mails.change([change]) == [change]  # its answer may have been lost
    assert cloud.mails.change([taken_over(seen, "others")]) == []
    held = entry(cloud)
    assert (held.state, held.claim, held.changed_at) == (MailState.HELD, "theirs", clock.now)
    assert (held.reason, held.decided, held.mail.line) == ("crashed", False, MAIL.line)
    assert cloud.ended() == {"held": 1}


def test_who_lost_one_mail_records_the_others_of_its_claim() -> None:
    other = mail("b@example.com", 3)
    cloud = claimed(MAIL, other)
    cloud.mails.change([taken_over(replace(entry(cloud), mail=MAIL))])
    mine = [end(MAIL, MailState.MAILED), end(other, MailState.MAILED, message_id="m")]
    for _ in range(2):
        assert cloud.mails.record(mine) == mine[1:]
    assert cloud.states() == {MAIL.mail_id: MailState.HELD, other.mail_id: MailState.MAILED}
    assert item(cloud, other)["message_id"] == {"S": "m"}
    assert cloud.ended() == {"mailed": 1, "held": 1}


def test_mails_that_did_not_leave_are_recorded_beside_those_that_did() -> None:
    group = mails(3)
    cloud = claimed(*group)
    states = (MailState.MAILED, MailState.UNDELIVERABLE, MailState.MAILED)
    changes = [end(each, state) for each, state in zip(group, states, strict=True)]
    assert {change.mail.mail_id for change in cloud.mails.record(changes)} == {x.mail_id for x in group}
    assert tuple(cloud.states()[each.mail_id] for each in group) == states
    assert set(receipt(cloud)["mails"]["M"]) == {group[0].mail_id, group[2].mail_id}
    assert cloud.ended() == {"mailed": 2, "undeliverable": 1}


def test_who_lost_a_mail_changes_it_no_more() -> None:
    cloud = claimed()
    cloud.mails.change([taken_over(replace(entry(cloud), mail=MAIL))])
    assert cloud.mails.record([end(MAIL, MailState.MAILED)]) == []
    assert cloud.mails.change([end(MAIL, MailState.HELD)]) == []
    cloud.mails.owe_claimed([(MAIL, OWING)], "mine")
    assert cloud.ended() == {"held": 1}


def test_a_mail_that_left_meanwhile_is_not_taken_over() -> None:
    cloud = claimed()
    seen = entry(cloud)
    cloud.mails.record([end(MAIL, MailState.MAILED)])
    assert cloud.mails.change([taken_over(replace(seen, mail=MAIL))]) == []
    assert cloud.states() == {MAIL.mail_id: MailState.MAILED}
    assert cloud.ended() == {"mailed": 1}


def decided(cloud: Cloud, state: MailState, **more: Any) -> list[Change]:
    """An operator's decision on the mail as it stands."""
    return cloud.mails.change([Change.of(entry(cloud), "operator", state, "in their words", **more)])


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD])
def test_a_mail_that_is_sent_again_is_owed_and_uncounted(state: MailState) -> None:
    cloud = claimed()
    cloud.mails.change([end(MAIL, state, reason="why")])
    assert [each.mail_id for each in cloud.outbox.listed(state)] == [MAIL.mail_id]
    assert len(decided(cloud, MailState.OWED)) == 1
    assert cloud.ended() == {state: 0}
    assert not list(cloud.outbox.listed(state))
    assert (entry(cloud).state, entry(cloud).reason) == (MailState.OWED, "in their words")
    assert cloud.mails.claim_owed([entry(cloud)], "theirs")


def test_a_held_mail_that_left_is_counted_as_mailed() -> None:
    cloud = claimed()
    cloud.mails.change([end(MAIL, MailState.HELD)])
    assert len(decided(cloud, MailState.MAILED)) == 1
    assert cloud.ended() == {"held": 0, "mailed": 1}
    assert item(cloud)["reason"] == {"S": "in their words"}
    assert not list(cloud.outbox.listed(MailState.HELD))


def test_a_mail_that_is_let_be_stays_counted_and_is_missed_no_more() -> None:
    cloud = claimed()
    cloud.mails.change([end(MAIL, MailState.UNDELIVERABLE)])
    assert not entry(cloud).decided
    assert len(decided(cloud, MailState.UNDELIVERABLE, decided=True)) == 1
    assert entry(cloud).decided
    assert cloud.ended() == {"undeliverable": 1}


@pytest.mark.parametrize("state", [MailState.OWED, MailState.MAILED])
def test_a_decision_on_what_has_changed_meanwhile_is_not_written(state: MailState) -> None:
    cloud = claimed()
    cloud.mails.change([end(MAIL, MailState.HELD)])
    seen = entry(cloud)
    decided(cloud, MailState.OWED)
    cloud.mails.claim_owed([entry(cloud)], "theirs")
    before = copy.deepcopy(cloud.dynamodb.tables)
    assert cloud.mails.change([Change.of(seen, "operator", state)]) == []
    assert cloud.dynamodb.tables == before


def entries(cloud: Cloud, group: Iterable[Mail]) -> list[Entry]:
    return list(cloud.mails.entries(each.mail_id for each in group).values())


def test_owed_mails_are_cancelled_and_counted_and_nothing_else_is() -> None:
    group = mails(4)
    cloud = owed(*group)
    at = entries(cloud, group)
    cloud.mails.claim_owed(at[1:], "theirs")
    cloud.mails.change([end(group[2], MailState.MAILED, "theirs")])
    # One of them is told of as it was before it was claimed.
    (written,) = cloud.mails.cancel([at[0], at[1], *entries(cloud, group[2:])], "operator", "cancelled")
    assert written.mail == group[0]
    states = [cloud.states()[each.mail_id] for each in group]
    assert states == [MailState.CANCELLED, MailState.CLAIMED, MailState.MAILED, MailState.CLAIMED]
    assert cloud.ended() == {"cancelled": 1, "mailed": 1}
    assert item(cloud, group[0])["reason"] == {"S": "cancelled"}


def test_entries_are_those_that_the_ledger_has() -> None:
    cloud = claimed()
    assert cloud.mails.entries([MAIL.mail_id, "none"]) == {MAIL.mail_id: entry(cloud)}
    assert cloud.mails.entries([]) == {}


def test_a_mail_that_waits_costs_five_units_from_insertion_to_end() -> None:
    """The record excluded; index writes and transactions' double price counted."""
    group = mails(50)
    cloud = owed(*group)
    at = entries(cloud, group)
    cloud.mails.claim_owed(at, "round")
    ends = [end(each, MailState.MAILED, "round", message_id="m" * 60) for each in group]
    assert len(cloud.mails.record(ends)) == 50
    cloud.mails.leave_lists([(each, "round") for each in group])
    assert cloud.ended() == {"mailed": 50}
    assert cloud.dynamodb.units.total() <= 5.5 * len(group)


@pytest.mark.parametrize("state", [MailState.UNDELIVERABLE, MailState.HELD, MailState.CANCELLED])
def test_a_mail_that_ends_otherwise_costs_little_more_than_eight(state: MailState) -> None:
    """By the double price of a transaction, which also lists what waits for a decision."""
    group = mails(50)
    cloud = owed(*group)
    cloud.mails.claim_owed(entries(cloud, group), "round")
    cloud.mails.record([end(each, state, "round") for each in group])
    assert cloud.dynamodb.units.total() <= (7.1 if state == MailState.CANCELLED else 9.1) * len(group)


def test_a_further_refusal_costs_at_most_four_units_more() -> None:
    group = mails(50)
    cloud = owed(*group)
    before = cloud.dynamodb.units.total()
    cloud.mails.claim_owed(entries(cloud, group), "round")
    cloud.mails.owe_claimed([(each, replace(OWING, due=500.0)) for each in group], "round")
    assert cloud.dynamodb.units.total() - before <= 4 * len(group)


def test_a_mail_that_leaves_at_once_costs_a_unit_and_part_of_a_receipt() -> None:
    group = mails(50)
    cloud = claimed(*group)
    cloud.mails.record([end(each, MailState.MAILED, message_id="m" * 60) for each in group])
    assert cloud.dynamodb.units.total() <= 1.5 * len(group)
