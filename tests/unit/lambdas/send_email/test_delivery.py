"""Delivering mails, each once, whatever happens to any invocation; rounds end what it leaves."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.aws.dynamodb.outcomes import TableError
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import EXPIRES_AT, MailState
from lambdas.core.mail_gate import DoorKind, Sending
from lambdas.send_email import delivery
from lambdas.send_email.delivery import CLAIMING_SECONDS, GROUP_SECONDS, SENDING_SECONDS

from ...helpers.clock import Clock
from ...helpers.cloud import FUNCTION_TIMEOUT, IMPORT, MAILS, ROUND_TIMEOUT, Cloud, mail, mails
from ...helpers.fakes import Killed, Lost, client_error, kill

REJECTED = {"Status": "MESSAGE_REJECTED", "Error": "no"}
PASSING = {"Status": "TRANSIENT_FAILURE"}
PAUSED = {"Status": "ACCOUNT_SENDING_PAUSED"}
THROTTLED = client_error("ThrottlingException")
# After this, whoever claimed a mail is not running any more.
OVER = ROUND_TIMEOUT + 31
pytestmark = pytest.mark.usefixtures("clock")


def deliver(
    cloud: Cloud, group: Sequence[Mail], seconds_left: Callable[[], float] = lambda: FUNCTION_TIMEOUT
) -> None:
    cloud.delivery.deliver(group, seconds_left)


def until_none_is_owed(cloud: Cloud, clock: Clock) -> None:
    """As the schedule does it."""
    for _ in range(40):
        cloud.mail_round().run()
        if not list(cloud.outbox.owed(IMPORT)) and not list(cloud.outbox.owed(None)):
            return
        clock.sleep(300)
    raise AssertionError(f"mails are owed for ever: {cloud.states()}")


def reasons(cloud: Cloud) -> set[str]:
    return {entry.reason for entry in cloud.entries().values()}


def test_mails_leave_and_are_counted(clock: Clock) -> None:
    cloud = Cloud()
    deliver(cloud, mails(120))
    assert len(cloud.ses.sent) == 120
    assert cloud.ended() == {"mailed": 120}
    assert len(cloud.calls.made) == 5 + 5 + 4  # gate, claim (25 a call), send, record, for each fifty
    assert cloud.outbox.imports() == []
    assert not clock.sleeps


def test_no_mails_make_no_call() -> None:
    cloud = Cloud()
    deliver(cloud, [])
    assert not cloud.calls.made


def test_mails_that_are_delivered_again_leave_once() -> None:
    cloud = Cloud()
    for _ in range(3):
        deliver(cloud, mails(3))
    assert len(cloud.ses.sent) == 3
    assert cloud.ended() == {"mailed": 3}


def test_the_same_mail_twice_in_a_batch_leaves_once() -> None:
    cloud = Cloud()
    deliver(cloud, [*mails(2), *mails(2)])
    assert len(cloud.ses.sent) == 2


def test_a_record_of_no_import_is_mailed_and_not_counted() -> None:
    cloud = Cloud()
    deliver(cloud, [mail("a@example.com"), mail("nobody")])
    assert cloud.ses.sent == ["a@example.com"]
    assert sorted(cloud.states().values()) == ["mailed", "undeliverable"]
    assert cloud.outbox.count(MailState.UNDELIVERABLE) == 1
    assert cloud.ended() == {}


def test_a_refused_mail_is_counted_and_listed_with_the_reason() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p2@example.com"] = REJECTED
    deliver(cloud, mails(3))
    names = [name for name, _ in cloud.calls.made]
    (listed,) = cloud.outbox.listed(MailState.UNDELIVERABLE)
    assert listed.mail_id == mails(2)[1].mail_id
    assert cloud.entries()[listed.mail_id].reason == "MESSAGE_REJECTED: SES does not take this mail"
    assert cloud.ended() == {"mailed": 2, "undeliverable": 1}
    record = ["transact_write_items"] * 2
    assert names == ["batch_get_item", "batch_execute_statement", "send_bulk_email", *record]


def test_a_refused_mail_is_recorded_though_those_that_left_cannot_be() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p2@example.com"] = REJECTED
    cloud.dynamodb.script("transact_write_items", THROTTLED)
    with pytest.raises(ClientError):
        deliver(cloud, mails(3))
    assert cloud.states()[mails(2)[1].mail_id] == "undeliverable"
    assert cloud.ended() == {"undeliverable": 1}


def test_a_mail_that_ses_takes_later_is_owed_until_a_round_sends_it(clock: Clock) -> None:
    cloud = Cloud()
    cloud.ses.statuses["p1@example.com"] = PASSING
    deliver(cloud, mails(2))
    (listed,) = cloud.outbox.owed(IMPORT)
    assert listed.due == clock.now + 300
    entry = cloud.entries()[listed.mail_id]
    assert (entry.state, entry.mail) == (MailState.OWED, mails(1)[0])
    assert entry.reason == "TRANSIENT_FAILURE: SES could not take this mail now"
    assert cloud.gate.read().door is None  # it is of this mail alone
    assert cloud.ended() == {"mailed": 1}
    cloud.ses.statuses.clear()
    cloud.mail_round().run()
    assert len(cloud.ses.sent) == 1  # it is not due
    until_none_is_owed(cloud, clock)
    assert cloud.ses.sent == ["p2@example.com", "p1@example.com"]
    assert cloud.ended() == {"mailed": 2}


@pytest.mark.parametrize("status", ["ACCOUNT_SENDING_PAUSED", "ACCOUNT_DAILY_QUOTA_EXCEEDED"])
def test_when_ses_takes_no_mail_at_all_the_others_are_owed_without_a_call(
    monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(delivery, "GROUPS_AT_ONCE", 1)
    cloud = Cloud()
    cloud.ses.statuses |= {f"p{n}@example.com": {"Status": status} for n in range(1, 301)}
    deliver(cloud, mails(200))
    assert len(cloud.calls.named("send_bulk_email")) == 1
    deliver(cloud, mails(300)[200:])
    assert len(cloud.calls.named("send_bulk_email")) == 1
    assert set(cloud.states().values()) == {MailState.OWED}
    assert len(cloud.states()) == 300
    (reason,) = reasons(cloud)
    assert reason.startswith(status)


def test_mails_that_are_owed_at_once_are_inserted_unclaimed() -> None:
    cloud = Cloud()
    cloud.gate.shut(DoorKind.PACED, "because", None)
    deliver(cloud, mails(50))
    names = [name for name, _ in cloud.calls.made]
    assert names == ["update_item", "batch_get_item", "update_item", *["batch_execute_statement"] * 2]
    assert reasons(cloud) == {"because"}
    assert [each.import_id for each in cloud.outbox.imports()] == [IMPORT]
    deliver(cloud, mails(50))  # delivered again
    assert len(list(cloud.outbox.owed(IMPORT))) == 50


@pytest.mark.parametrize("sending", Sending)
def test_what_an_operator_paused_or_cancelled_is_owed_and_nothing_else(sending: Sending) -> None:
    cloud = Cloud()
    cloud.gate.set_sending(IMPORT, sending)
    deliver(cloud, [*mails(2), mail("free@example.com"), mail("other@example.com", 2, import_id="other")])
    assert sorted(cloud.ses.sent) == ["free@example.com", "other@example.com"]
    assert len(list(cloud.outbox.owed(IMPORT))) == 2
    assert f"an operator has {sending} the import's mails" in reasons(cloud)


def test_a_paused_mail_is_not_sent_though_the_door_says_something_else() -> None:
    cloud = Cloud()
    cloud.gate.set_all_paused(paused=True)
    cloud.gate.shut(DoorKind.PACED, "because", None)
    deliver(cloud, mails(1))
    assert reasons(cloud) == {"an operator has paused all mails"}


def test_over_the_rate_the_rest_is_owed_and_rounds_alone_send(clock: Clock) -> None:
    cloud = Cloud()
    cloud.ses.statuses |= {f"p{n}@example.com": {"Status": "ACCOUNT_THROTTLED"} for n in (3, 4)}
    deliver(cloud, mails(4))
    door = cloud.gate.read().door
    assert door
    assert (door.kind, door.shut) == (DoorKind.PACED, False)
    assert [each.due for each in cloud.outbox.owed(IMPORT)] == [clock.now] * 2  # the next round's
    cloud.ses.statuses.clear()
    deliver(cloud, [mail("new@example.com", 9)])
    assert len(cloud.ses.sent) == 2
    until_none_is_owed(cloud, clock)
    assert cloud.ended() == {"mailed": 5}
    assert cloud.gate.read().door is None


def test_when_one_mail_has_to_wait_the_others_are_sent() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p1@example.com"] = PASSING
    deliver(cloud, mails(120))
    assert len(cloud.ses.sent) == 119


def test_mails_whose_answer_was_lost_are_held_and_never_sent_again() -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", Lost(ReadTimeoutError(endpoint_url="https://ses")))
    deliver(cloud, mails(2))
    assert cloud.ended() == {"held": 2}
    assert cloud.outbox.count(MailState.HELD) == 2
    deliver(cloud, mails(2))
    cloud.mail_round().run()
    assert cloud.ses.sent == ["p1@example.com", "p2@example.com"]


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url="x"), client_error("Oops", status=503)])
def test_after_some_answers_in_a_row_were_lost_sending_stops_for_a_while(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(delivery, "GROUPS_AT_ONCE", 1)
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", error, error, None, *[error] * 20)
    deliver(cloud, mails(500))
    assert len(cloud.calls.named("send_bulk_email")) == 2 + 1 + 3
    assert cloud.ended() == {"held": 5 * 50, "mailed": 50}
    door = cloud.gate.read().door
    assert door
    assert door.kind == DoorKind.NO_ANSWER
    assert list(cloud.states().values()).count(MailState.OWED) == 200


def test_without_time_for_a_group_its_mails_are_owed_unclaimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "GROUPS_AT_ONCE", 1)
    cloud = Cloud()
    deliver(cloud, mails(120), lambda: FUNCTION_TIMEOUT if not cloud.ses.sent else GROUP_SECONDS - 1)
    assert len(cloud.ses.sent) == 50
    assert len(list(cloud.outbox.owed(IMPORT))) == 70
    assert cloud.gate.read().door is None  # there is nothing to wait for


def test_a_claim_that_leaves_no_time_to_send_is_owed_at_once(clock: Clock) -> None:
    cloud = Cloud()
    deliver(cloud, mails(2), lambda: FUNCTION_TIMEOUT if not cloud.states() else SENDING_SECONDS - 1)
    assert not cloud.ses.sent
    assert set(cloud.states().values()) == {"owed"}
    assert {each.due for each in cloud.outbox.owed(IMPORT)} == {clock.now}
    until_none_is_owed(cloud, clock)
    assert cloud.ended() == {"mailed": 2}


def test_a_claim_that_might_not_end_in_time_is_owed(clock: Clock) -> None:
    cloud = Cloud()
    with pytest.raises(TableError, match="time is nearly over"):
        deliver(cloud, mails(50), lambda: FUNCTION_TIMEOUT if not cloud.states() else CLAIMING_SECONDS - 1)
    assert not cloud.ses.sent
    assert len(list(cloud.outbox.owed(IMPORT))) == 25
    deliver(cloud, mails(50))
    until_none_is_owed(cloud, clock)
    assert cloud.ended() == {"mailed": 50}


def test_claims_of_which_one_fails_leave_no_mail_held(clock: Clock) -> None:
    cloud = Cloud()
    group = mails(50)
    put_off = cloud.dynamodb.put_off("ThrottlingError", 3)
    cloud.dynamodb.script(
        "batch_execute_statement", put_off, *[cloud.dynamodb.put_off("ThrottlingError", 0)] * 5
    )
    with pytest.raises(TableError):
        deliver(cloud, group)
    assert not cloud.ses.sent
    assert set(cloud.states().values()) == {"owed"}
    cloud.dynamodb.script("batch_execute_statement", None, THROTTLED)
    with pytest.raises(ClientError):
        deliver(cloud, group)
    deliver(cloud, group)
    until_none_is_owed(cloud, clock)
    assert cloud.ended() == {"mailed": 50}
    assert len(cloud.ses.sent) == 50


def test_claims_beside_an_entry_that_cannot_be_read_leave_no_mail_held(clock: Clock) -> None:
    cloud = Cloud()
    deliver(cloud, mails(1))
    cloud.dynamodb.script("batch_get_item", None, THROTTLED)
    with pytest.raises(ClientError):
        deliver(cloud, mails(50))
    deliver(cloud, mails(50))
    until_none_is_owed(cloud, clock)
    assert cloud.ended() == {"mailed": 50}


SEND = 2  # gate, claim, SendBulkEmail


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_was_claimed_by_who_was_killed_is_held_when_its_time_is_over(clock: Clock, moment: str) -> None:
    """Between claim and send, or between send and record: who looks from outside cannot tell."""
    cloud = Cloud()
    getattr(cloud.calls, moment)[SEND] = kill
    begun = clock.now
    with pytest.raises(Killed):
        deliver(cloud, mails(2))
    deliver(cloud, mails(2))  # as the stream does it
    assert {each.due for each in cloud.outbox.owed(IMPORT)} == {begun + ROUND_TIMEOUT + 30}
    assert all(EXPIRES_AT not in item for item in cloud.dynamodb.items(MAILS))
    cloud.mail_round().run()
    assert cloud.ended() == {}
    clock.sleep(OVER)
    cloud.mail_round().run()
    assert cloud.ended() == {"held": 2}
    until_none_is_owed(cloud, clock)
    assert cloud.ended() == {"held": 2}
    assert len(cloud.ses.sent) == (2 if moment == "after" else 0)


def test_who_looks_again_after_the_time_is_over_holds_at_once(clock: Clock) -> None:
    cloud = Cloud()
    cloud.calls.after[SEND] = kill
    with pytest.raises(Killed):
        deliver(cloud, mails(2))
    clock.sleep(OVER)
    deliver(cloud, mails(2))
    assert cloud.ended() == {"held": 2}
    assert cloud.outbox.imports() == []


# A group of every kind: one leaves, one is refused, one has no address, one is taken later.
KINDS = [*mails(3), mail("nobody", 4)]
STATUSES: Mapping[str, Mapping[str, str]] = {"p2@example.com": REJECTED, "p3@example.com": PAUSED}


def cloud_of_every_kind() -> Cloud:
    cloud = Cloud()
    cloud.ses.statuses |= STATUSES
    return cloud


def calls_of_a_run() -> int:
    cloud = cloud_of_every_kind()
    deliver(cloud, KINDS)
    return len(cloud.calls.made)


# 0 gate, 1 claim, 2 send, 3 receipt, 4 record the others, 5 shut the door, 6 register the import, 7 owe.
CALLS = range(calls_of_a_run())
# 0 gate, 1 register the import, 2 owe, 3 read, 4 receipts, 5 close claims, 6 hold.
CALLS_TO_TAKE_OVER = range(7)


def end(cloud: Cloud, clock: Clock) -> None:
    """As the stream does it, whose batch comes again, and the rounds."""
    cloud.ses.statuses.pop("p3@example.com")
    deliver(cloud, KINDS)
    until_none_is_owed(cloud, clock)


def test_a_run_makes_the_calls_that_are_counted_here() -> None:
    assert len(CALLS) == 8


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_call_all_mails_end_once(clock: Clock, call: int, moment: str) -> None:
    cloud = cloud_of_every_kind()
    getattr(cloud.calls, moment)[call] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    end(cloud, clock)
    check_that_all_ended_once(cloud)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_run_beside_itself_all_mails_end_once(clock: Clock, call: int, moment: str) -> None:
    cloud = cloud_of_every_kind()
    getattr(cloud.calls, moment)[call] = lambda: deliver(cloud, KINDS)
    deliver(cloud, KINDS)
    end(cloud, clock)
    check_that_all_ended_once(cloud)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS_TO_TAKE_OVER)
@pytest.mark.parametrize("first", CALLS)
def test_what_was_left_behind_is_finished_by_one_of_two(
    clock: Clock, first: int, call: int, moment: str
) -> None:
    cloud = cloud_of_every_kind()
    cloud.calls.before[first] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    clock.sleep(OVER)
    getattr(cloud.calls, moment)[len(cloud.calls.made) + call] = lambda: deliver(cloud, KINDS)
    deliver(cloud, KINDS)
    end(cloud, clock)
    check_that_all_ended_once(cloud)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(4))
def test_who_finishes_what_was_left_behind_may_be_killed_too(clock: Clock, call: int, moment: str) -> None:
    cloud = cloud_of_every_kind()
    cloud.calls.after[SEND] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    clock.sleep(OVER)
    getattr(cloud.calls, moment)[len(cloud.calls.made) + call] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    end(cloud, clock)
    check_that_all_ended_once(cloud)


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_was_lost_is_made_good(clock: Clock, call: int) -> None:
    cloud = cloud_of_every_kind()

    def lose() -> None:
        raise client_error("InternalServerError", status=500)

    cloud.calls.after[call] = lose
    try:
        deliver(cloud, KINDS)
    except Exception as error:
        assert "InternalServerError" in str(error)  # noqa: PT017 (SES's is no error)
    end(cloud, clock)
    check_that_all_ended_once(cloud)


def check_that_all_ended_once(cloud: Cloud) -> None:
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)), "somebody was mailed twice"
    ended = cloud.ended()
    assert sum(ended.values()) == len(KINDS)
    assert ended.get("mailed", 0) <= len(cloud.ses.sent)
    undecided = {state: cloud.outbox.count(state) for state in (MailState.UNDELIVERABLE, MailState.HELD)}
    assert undecided == {state: ended.get(state, 0) for state in undecided}
    for item in cloud.dynamodb.items(MAILS):
        assert "columns" not in item
        assert "state" not in item or EXPIRES_AT in item
