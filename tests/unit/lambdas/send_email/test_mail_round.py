"""A round sends what is due, once, fairly, within what SES and the operator allow."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.core.mail import Mail
from lambdas.core.mail_entries import MailState
from lambdas.core.mail_gate import UNLIST_SECONDS, Door, DoorKind, Sending
from lambdas.core.mail_writes import Owing
from lambdas.send_email.delivery import GROUP_SECONDS

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, MAILS, ROUND_TIMEOUT, Cloud, mail, mails
from ...helpers.fakes import Killed, client_error, kill
from ...helpers.fakes_ses import SesLimits

pytestmark = pytest.mark.usefixtures("clock")
PASSING = {"Status": "TRANSIENT_FAILURE"}
OVER = ROUND_TIMEOUT + 31


def of_import(import_id: str, count: int) -> list[Mail]:
    return [mail(f"{import_id}{n}@example.com", n, import_id=import_id) for n in range(count)]


def owing(clock: Clock, *group: Mail, due: float = 0) -> Cloud:
    """Mails that are owed, since now."""
    cloud = Cloud()
    owe(cloud, clock, group, due)
    cloud.calls.made.clear()
    return cloud


def owe(cloud: Cloud, clock: Clock, group: Sequence[Mail], due: float = 0) -> None:
    imports = dict.fromkeys(each.import_id for each in group)
    cloud.gate.register(imports, cloud.gate.read(imports))
    cloud.mails.owe(group, "stream", Owing("because", clock.now + due, clock.now))


def door(cloud: Cloud) -> Door | None:
    return cloud.gate.read().door


def kind(cloud: Cloud) -> DoorKind | None:
    shut = door(cloud)
    return shut.kind if shut else None


def owed(cloud: Cloud, import_id: str | None = IMPORT) -> int:
    return len(list(cloud.outbox.owed(import_id)))


def test_with_nothing_owed_a_round_ends_after_one_read() -> None:
    cloud = Cloud()
    assert cloud.mail_round().run() == []
    assert [name for name, _ in cloud.calls.made] == ["query"]


def test_what_is_due_is_sent_and_counted_and_the_door_opens_again(clock: Clock) -> None:
    cloud = owing(clock, *mails(120), mail("free@example.com"))
    cloud.gate.shut(DoorKind.PACED, "because", None)
    a_round = cloud.mail_round()
    assert {each.import_id for each in a_round.run() or ()} == {IMPORT, None}
    assert len(cloud.ses.sent) == a_round.sent == 121
    assert cloud.ended() == {"mailed": 120}
    assert (owed(cloud), owed(cloud, None)) == (0, 0)
    assert door(cloud) is None
    assert len(cloud.calls.named("get_account")) == 1


def test_while_mails_are_due_the_stream_only_owes(clock: Clock) -> None:
    cloud = owing(clock, *mails(30))
    cloud.calls.before[12] = lambda: cloud.delivery.deliver(of_import("new", 1), lambda: 180.0)
    kinds: list[DoorKind | None] = []
    send = cloud.ses.send

    def sent(request: Any) -> Any:
        kinds.append(kind(cloud))
        return send(request)

    cloud.ses.send = sent  # type: ignore[method-assign]
    cloud.mail_round().run()
    assert set(kinds) == {DoorKind.PACED}
    assert len(cloud.ses.sent) == 31  # what became owed meanwhile, too
    assert door(cloud) is None


def test_what_is_not_due_is_left_and_nothing_is_asked(clock: Clock) -> None:
    cloud = owing(clock, *mails(3), due=60)
    cloud.mail_round().run()
    assert not cloud.ses.sent
    assert not cloud.calls.named("get_account")
    clock.sleep(60)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == 3


def test_imports_take_turns(clock: Clock) -> None:
    cloud = owing(clock, *of_import("large", 300), *of_import("small", 40))
    cloud.ses.limits = SesLimits(10, 105)  # of which 5 are left to others
    cloud.mail_round().run()
    of_small = [address for address in cloud.ses.sent if address.startswith("small")]
    assert len(of_small) == 40
    assert len(cloud.ses.sent) == int(105 * 0.95)


@pytest.mark.parametrize("sending", [Sending.PAUSED, None])
def test_a_paused_import_is_passed_by_and_goes_on_where_it_stopped(
    clock: Clock, sending: Sending | None
) -> None:
    cloud = owing(clock, *mails(3), *of_import("other", 2))
    if sending:
        cloud.gate.set_sending(IMPORT, sending)
    else:
        cloud.gate.set_all_paused(paused=True)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == (2 if sending else 0)
    assert owed(cloud) == 3
    assert not any(
        name == "query" and f"owed#{IMPORT}" in str(request) for name, request in (cloud.calls.made[:-4])
    )
    cloud.gate.set_sending(IMPORT, None)
    cloud.gate.set_all_paused(paused=False)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)) == 5


def test_a_pause_holds_from_the_next_group_on(clock: Clock) -> None:
    cloud = owing(clock, *mails(60))
    cloud.ses.limits = SesLimits(10)
    send = cloud.ses.send

    def pause_then(request: Any) -> Any:
        cloud.gate.set_sending(IMPORT, Sending.PAUSED)
        return send(request)

    cloud.ses.script("send_bulk_email", pause_then)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) <= 20  # those that were under way
    assert owed(cloud) == 60 - len(cloud.ses.sent)
    assert set(cloud.states().values()) <= {MailState.OWED, MailState.MAILED}


def test_what_is_cancelled_ends_whether_it_is_due_or_not(clock: Clock) -> None:
    cloud = owing(clock, *mails(120), due=10_000)
    cloud.gate.set_sending(IMPORT, Sending.CANCELLED)
    cloud.mail_round().run()
    assert cloud.ended() == {"cancelled": 120}
    assert {entry.reason for entry in cloud.entries().values()} == {
        "an operator cancelled the import's mails"
    }
    assert owed(cloud) == 0
    assert not cloud.ses.sent


def test_what_another_holds_of_a_cancelled_import_is_not_cancelled(clock: Clock) -> None:
    cloud = owing(clock, *mails(2))
    cloud.mails.claim_owed(list(cloud.entries().values())[:1], "theirs")
    cloud.gate.set_sending(IMPORT, Sending.CANCELLED)
    cloud.mail_round().run()
    assert cloud.ended() == {"cancelled": 1}
    clock.sleep(OVER)
    cloud.mail_round().run()
    assert cloud.ended() == {"cancelled": 1, "held": 1}


def test_a_door_that_is_shut_is_left_until_it_is_time_to_look(clock: Clock) -> None:
    cloud = owing(clock, *mails(2))
    cloud.gate.shut(DoorKind.SET_UP, "because", None)
    cloud.mail_round().run()
    assert not cloud.calls.named("get_account")
    assert not cloud.ses.sent
    clock.sleep(301)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == 2
    assert door(cloud) is None


def test_one_mail_tells_whether_ses_takes_any_again(clock: Clock) -> None:
    cloud = owing(clock, *mails(100))
    cloud.gate.shut(DoorKind.PAUSED, "because", None)
    clock.sleep(301)
    cloud.ses.statuses |= {f"p{n}@example.com": {"Status": "ACCOUNT_SENDING_PAUSED"} for n in range(1, 101)}
    cloud.mail_round().run()
    (request,) = cloud.calls.named("send_bulk_email")
    assert len(request["BulkEmailEntries"]) == 1
    assert (kind(cloud), owed(cloud)) == (DoorKind.PAUSED, 100)
    cloud.ses.statuses.clear()
    clock.sleep(301)
    cloud.mail_round().run()
    assert cloud.ended() == {"mailed": 100}


def test_an_operator_who_lets_a_round_look_risks_one_mail(clock: Clock) -> None:
    cloud = owing(clock, *mails(100))
    cloud.gate.shut(DoorKind.SET_UP, "because", None)
    shut = door(cloud)
    assert shut
    cloud.gate.look_now(shut)
    cloud.ses.statuses |= {f"p{n}@example.com": {"Status": "ACCOUNT_SENDING_PAUSED"} for n in range(1, 101)}
    cloud.mail_round().run()
    (request,) = cloud.calls.named("send_bulk_email")
    assert (len(request["BulkEmailEntries"]), kind(cloud)) == (1, DoorKind.PAUSED)


def test_a_paused_account_is_not_tried(clock: Clock) -> None:
    cloud = owing(clock, *mails(2))
    cloud.ses.paused = True
    cloud.mail_round().run()
    assert kind(cloud) == DoorKind.PAUSED
    assert not cloud.calls.named("send_bulk_email")


def test_the_quota_is_used_but_for_the_others_share(clock: Clock) -> None:
    cloud = owing(clock, *mails(300))
    cloud.ses.limits = SesLimits(50, 200)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == 190
    shut = door(cloud)
    assert shut
    assert (shut.kind, shut.reason) == (
        DoorKind.QUOTA,
        "190 of 200 mails of the daily quota are used, and the rest is left to the account's other senders",
    )
    clock.sleep(61)
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == 190
    shut = door(cloud)
    assert shut
    assert shut.reason == (
        "190 of 200 mails of the daily quota are used, and the rest is left to the account's other senders"
    )
    clock.sleep(24 * 60 * 60)
    cloud.mail_round().run()
    assert cloud.ended() == {"mailed": 300}
    assert door(cloud) is None


def test_a_quota_that_others_have_used_up_shuts_the_door(clock: Clock) -> None:
    cloud = owing(clock, *mails(100))
    cloud.ses.statuses |= {
        f"p{n}@example.com": {"Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED"} for n in range(1, 101)
    }
    cloud.mail_round().run()
    assert kind(cloud) == DoorKind.QUOTA
    assert owed(cloud) == 100
    assert set(cloud.states().values()) == {MailState.OWED}


def test_a_mail_refused_for_now_waits_as_long_again_as_it_waited(clock: Clock) -> None:
    cloud = owing(clock, *mails(1))
    since = clock.now
    cloud.ses.statuses["p1@example.com"] = PASSING
    waits = []
    for _ in range(9):
        cloud.mail_round().run()
        (listed,) = cloud.outbox.owed(IMPORT)
        waits.append(round(listed.due - clock.now))
        clock.sleep(listed.due - clock.now)
    assert waits[0] == 300
    assert all(300 <= wait < 310 for wait in waits[:2])
    assert waits[-1] == 10_800
    assert all(wait <= later for wait, later in pairwise(waits))
    assert cloud.entries()[mails(1)[0].mail_id].owed_since == round(since, 3)


def test_a_round_hands_over_to_the_next_that_asks(clock: Clock) -> None:
    cloud = owing(clock, *mails(100))
    cloud.ses.limits = SesLimits(10)
    asked = cloud.mail_round()
    send = cloud.ses.send

    def ask_then(request: Any) -> Any:
        asked.lease._update(
            "SET #next = :me", "attribute_exists(#holder)", {":me": {"S": asked.lease.round_id}}
        )
        return send(request)

    cloud.ses.script("send_bulk_email", ask_then)
    cloud.mail_round().run()
    assert 0 < len(cloud.ses.sent) < 100
    asked.run()
    assert cloud.ended() == {"mailed": 100}


def test_a_round_beside_another_ends_without_a_mail(clock: Clock) -> None:
    cloud = owing(clock, *mails(3))
    other = cloud.mail_round()
    assert other.lease.acquire()
    assert cloud.mail_round().run() is None
    assert not cloud.ses.sent


def test_near_the_end_of_its_time_no_group_begins(clock: Clock) -> None:
    cloud = owing(clock, *mails(3))
    cloud.mail_round(lambda: GROUP_SECONDS - 1).run()
    assert not cloud.ses.sent
    assert set(cloud.states().values()) == {MailState.OWED}
    assert cloud.mail_round().lease.acquire()


def test_an_import_that_owes_no_more_is_taken_from_the_list_after_hours(clock: Clock) -> None:
    cloud = owing(clock, *mails(1))
    cloud.mail_round().run()
    assert len(cloud.outbox.imports()) == 1
    clock.sleep(UNLIST_SECONDS + 3_600)
    cloud.mail_round().run()
    assert cloud.outbox.imports() == []


def test_an_import_that_owes_is_not_taken_from_the_list(clock: Clock) -> None:
    cloud = owing(clock, *mails(1), due=10 * UNLIST_SECONDS)
    clock.sleep(2 * UNLIST_SECONDS)
    cloud.mail_round().run()
    assert len(cloud.outbox.imports()) == 1


def test_a_round_knows_since_when_the_oldest_waits(clock: Clock) -> None:
    cloud = owing(clock, *mails(5), due=10_000)
    since = clock.now
    clock.sleep(500)
    owe(cloud, clock, of_import("young", 1), due=20_000)
    a_round = cloud.mail_round()
    a_round.run()
    assert a_round.due_sender.oldest == round(since, 3)


# A group of every kind, of which one is refused for now.
KINDS = [*mails(3), mail("nobody", 4)]
STATUSES = {"p2@example.com": {"Status": "MESSAGE_REJECTED"}, "p3@example.com": PASSING}


def owing_every_kind(clock: Clock) -> Cloud:
    cloud = owing(clock, *KINDS)
    cloud.ses.statuses |= STATUSES
    cloud.ses.limits = SesLimits(50)
    return cloud


def run(cloud: Cloud) -> None:
    """A round, which may fail: the next one sees to it."""
    try:
        cloud.mail_round().run()
    except ClientError as error:
        assert "InternalServerError" in str(error)  # noqa: PT017 (one may fail, and need not)


def until_none_is_owed(cloud: Cloud, clock: Clock) -> None:
    cloud.ses.statuses.pop("p3@example.com", None)
    for _ in range(20):
        clock.sleep(301)
        cloud.mail_round().run()
    assert owed(cloud) == 0


def check_that_all_ended_once(cloud: Cloud) -> None:
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)), "somebody was mailed twice"
    ended = cloud.ended()
    assert sum(ended.values()) == len(KINDS)
    undecided = {state: cloud.outbox.count(state) for state in (MailState.UNDELIVERABLE, MailState.HELD)}
    assert undecided == {state: ended.get(state, 0) for state in undecided}
    for item in cloud.dynamodb.items(MAILS):
        assert "columns" not in item
        assert "state" not in item or "expires_at" in item


CALLS = range(30)  # more than a round makes; what comes after it is at the next round's


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_call_all_mails_end_once(clock: Clock, call: int, moment: str) -> None:
    cloud = owing_every_kind(clock)
    getattr(cloud.calls, moment)[call] = kill
    try:
        for _ in range(3):
            cloud.mail_round().run()
    except Killed:
        pass
    cloud.calls.before.clear()
    cloud.calls.after.clear()
    until_none_is_owed(cloud, clock)
    check_that_all_ended_once(cloud)


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_was_lost_is_made_good(clock: Clock, call: int) -> None:
    cloud = owing_every_kind(clock)

    def lose() -> None:
        raise client_error("InternalServerError", status=500)

    cloud.calls.after[call] = lose
    run(cloud)
    run(cloud)
    until_none_is_owed(cloud, clock)
    check_that_all_ended_once(cloud)


BESIDE: dict[str, Callable[[Cloud], object]] = {
    "the stream": lambda cloud: cloud.delivery.deliver(KINDS, lambda: 180.0),
    "a round whose lease is no more": lambda cloud: (
        cloud.dynamodb.tables[MAILS].pop(("lease",), None),
        cloud.mail_round().run(),
    ),
    "a pause": lambda cloud: cloud.gate.set_sending(IMPORT, Sending.PAUSED),
}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("call", CALLS)
def test_beside_any_other_all_mails_end_once(
    clock: Clock, call: int, beside: Callable[[Cloud], object]
) -> None:
    cloud = owing_every_kind(clock)
    cloud.calls.before[call] = lambda: beside(cloud)
    run(cloud)
    cloud.calls.before.clear()
    cloud.gate.set_sending(IMPORT, None)
    until_none_is_owed(cloud, clock)
    check_that_all_ended_once(cloud)


@pytest.mark.parametrize("call", CALLS)
def test_beside_a_cancelling_all_mails_end_once(clock: Clock, call: int) -> None:
    cloud = owing_every_kind(clock)
    cloud.calls.before[call] = lambda: cloud.gate.set_sending(IMPORT, Sending.CANCELLED)
    run(cloud)
    cloud.calls.before.clear()
    until_none_is_owed(cloud, clock)
    check_that_all_ended_once(cloud)
