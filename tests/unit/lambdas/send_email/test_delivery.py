"""Delivering mails, each once, whatever happens to any invocation."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.aws.dynamodb.outcomes import TableError
from lambdas.aws.sqs import QueueError
from lambdas.core.mail import Mail
from lambdas.send_email import delivery
from lambdas.send_email.delivery import CLAIMING_SECONDS, GROUP_SECONDS, SENDING_SECONDS, MailToRetry

from ...helpers.clock import Clock
from ...helpers.cloud import FAILURES, FUNCTION_TIMEOUT, Cloud, mail, mails
from ...helpers.fakes import Killed, Lost, client_error, kill

REJECTED = {"Status": "MESSAGE_REJECTED", "Error": "no"}
PAUSED = {"Status": "ACCOUNT_SENDING_PAUSED"}
# After this, whoever claimed a mail is not running any more.
OVER = FUNCTION_TIMEOUT + 31


def deliver(
    cloud: Cloud, group: Sequence[Mail], seconds_left: Callable[[], float] = lambda: 60.0
) -> list[MailToRetry]:
    return cloud.delivery.deliver(group, seconds_left)


def until_none_is_left(cloud: Cloud, clock: Clock, left: Sequence[Mail]) -> None:
    """As the stream and the retry queue do it."""
    for _ in range(10):
        still = deliver(cloud, left)
        if not still:
            return
        clock.sleep(max(each.wait for each in still))
        left = [each.mail for each in still]
    raise AssertionError(f"{len(left)} mails are left for ever")


def failure_messages(cloud: Cloud) -> list[str]:
    return [message["image"]["email"]["S"] for message in cloud.messages(FAILURES)]


def test_mails_leave_and_are_counted(clock: Clock) -> None:
    cloud = Cloud()
    assert deliver(cloud, mails(120)) == []
    assert len(cloud.ses.sent) == 120
    assert cloud.ended() == {"mailed": 120}
    assert not cloud.sqs.queues
    assert len(cloud.calls.made) == 4 + 4 + 3  # claim (25 a call), send, record, for each fifty
    assert not clock.sleeps


def test_no_mails_make_no_call() -> None:
    cloud = Cloud()
    assert deliver(cloud, []) == []
    assert not cloud.calls.made


@pytest.mark.usefixtures("clock")
def test_mails_that_are_delivered_again_leave_once() -> None:
    cloud = Cloud()
    for _ in range(3):
        assert deliver(cloud, mails(3)) == []
    assert len(cloud.ses.sent) == 3
    assert cloud.ended() == {"mailed": 3}


@pytest.mark.usefixtures("clock")
def test_the_same_mail_twice_in_a_batch_leaves_once() -> None:
    cloud = Cloud()
    deliver(cloud, [*mails(2), *mails(2)])
    assert len(cloud.ses.sent) == 2


@pytest.mark.usefixtures("clock")
def test_a_record_of_no_import_is_mailed_and_not_counted() -> None:
    cloud = Cloud()
    deliver(cloud, [mail("a@example.com"), mail("nobody")])
    assert cloud.ses.sent == ["a@example.com"]
    assert sorted(cloud.states().values()) == ["mailed", "undeliverable"]
    assert failure_messages(cloud) == ["nobody"]
    assert cloud.ended() == {}


@pytest.mark.usefixtures("clock")
def test_a_refused_mail_is_counted_once_it_is_queued_with_the_reason() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p2@example.com"] = REJECTED
    assert deliver(cloud, mails(3)) == []
    (message,) = cloud.messages(FAILURES)
    assert message["image"] == mails(2)[1].image
    assert message["reason"] == "MESSAGE_REJECTED: no"
    assert cloud.sqs.reasons(FAILURES) == ["MESSAGE_REJECTED: no"]
    assert cloud.ended() == {"mailed": 2, "undeliverable": 1}
    names = [name for name, _ in cloud.calls.made]
    record = ["transact_write_items"]
    assert names == [
        "batch_execute_statement",
        "send_bulk_email",
        *record,
        *record,
        "send_message_batch",
        *record,
    ]


@pytest.mark.usefixtures("clock")
def test_a_mail_that_ses_takes_later_may_be_claimed_then() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p1@example.com"] = PAUSED
    (to_retry,) = deliver(cloud, mails(2))
    assert to_retry.mail == mails(1)[0].with_reason("ACCOUNT_SENDING_PAUSED: ")
    assert to_retry.wait > 60
    assert cloud.ended() == {"mailed": 1}
    cloud.ses.statuses.clear()
    assert deliver(cloud, [to_retry.mail]) == []
    assert cloud.ses.sent == ["p2@example.com", "p1@example.com"]
    assert cloud.ended() == {"mailed": 2}


@pytest.mark.usefixtures("clock")
def test_when_ses_takes_no_mail_at_all_the_other_groups_are_not_claimed() -> None:
    cloud = Cloud()
    cloud.ses.statuses |= dict.fromkeys(("p1@example.com", "p51@example.com"), PAUSED)
    to_retry = deliver(cloud, mails(200))
    assert len(cloud.states()) in (50, 100)  # two groups at once
    assert len(to_retry) == 200 - len(cloud.ses.sent)
    assert {each.mail.reason for each in to_retry} == {"ACCOUNT_SENDING_PAUSED: "}


def test_when_one_mail_has_to_wait_the_others_are_sent() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p1@example.com"] = {"Status": "TRANSIENT_FAILURE"}
    assert len(deliver(cloud, mails(120))) == 1
    assert len(cloud.ses.sent) == 119


def test_mails_whose_answer_was_lost_are_held_and_never_sent_again() -> None:
    cloud = Cloud()
    cloud.ses.script("send_bulk_email", Lost(ReadTimeoutError(endpoint_url="https://ses")))
    assert deliver(cloud, mails(2)) == []
    assert cloud.ended() == {"held": 2}
    assert len(failure_messages(cloud)) == 2
    assert deliver(cloud, mails(2)) == []
    assert cloud.ses.sent == ["p1@example.com", "p2@example.com"]


def test_a_message_waits_no_longer_than_sqs_lets_it() -> None:
    assert MailToRetry(mails(1)[0], 100_000).message().delay == 900
    assert MailToRetry(mails(1)[0], 30).message().delay == 30
    assert MailToRetry(mails(1)[0].with_reason("later"), 30).message().reason == "later"


@pytest.mark.usefixtures("clock")
def test_without_time_for_a_group_its_mails_are_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_GROUPS_AT_ONCE", 1)
    cloud = Cloud()
    to_retry = deliver(cloud, mails(120), lambda: 60.0 if not cloud.ses.sent else GROUP_SECONDS - 1)
    assert len(cloud.ses.sent) == 50
    assert len(to_retry) == 70
    assert {each.wait for each in to_retry} == {0}  # nothing to wait for, least of all the rate
    assert len(cloud.states()) == 50


def test_a_claim_that_leaves_no_time_to_send_is_given_back() -> None:
    cloud = Cloud()
    to_retry = deliver(cloud, mails(2), lambda: 60.0 if not cloud.states() else SENDING_SECONDS - 1)
    assert [each.wait for each in to_retry] == [0, 0]
    assert not cloud.ses.sent
    assert set(cloud.states().values()) == {"deferred"}
    assert deliver(cloud, mails(2)) == []
    assert cloud.ended() == {"mailed": 2}


def test_a_claim_that_might_not_end_in_time_is_given_back() -> None:
    cloud = Cloud()
    with pytest.raises(TableError, match="time is nearly over"):
        deliver(cloud, mails(50), lambda: 60.0 if not cloud.states() else CLAIMING_SECONDS - 1)
    assert len(cloud.calls.named("batch_execute_statement")) == 1
    assert set(cloud.states().values()) == {"deferred"}
    assert deliver(cloud, mails(50)) == []
    assert cloud.ended() == {"mailed": 50}


THROTTLED = client_error("ThrottlingException")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("give_up", [False, True])
def test_claims_of_which_one_fails_leave_no_mail_held(give_up: bool) -> None:
    cloud = Cloud()
    group = mails(50)
    one_put_off = (
        cloud.dynamodb.put_off("ThrottlingError", 3),
        *[cloud.dynamodb.put_off("ThrottlingError", 0)] * 9,
    )
    cloud.dynamodb.script("batch_execute_statement", *one_put_off)
    with pytest.raises(TableError):
        cloud.delivery.give_up(group) if give_up else deliver(cloud, group)
    cloud.dynamodb.script("batch_execute_statement", None, THROTTLED)
    with pytest.raises(ClientError):
        cloud.delivery.give_up(group) if give_up else deliver(cloud, group)
    assert not cloud.ses.sent
    assert deliver(cloud, group) == []
    assert cloud.ended() == {"mailed": 50}


@pytest.mark.usefixtures("clock")
def test_claims_beside_an_entry_that_cannot_be_read_leave_no_mail_held() -> None:
    cloud = Cloud()
    deliver(cloud, mails(1))
    cloud.dynamodb.script("batch_get_item", THROTTLED)
    with pytest.raises(ClientError):
        deliver(cloud, mails(50))
    assert deliver(cloud, mails(50)) == []
    assert cloud.ended() == {"mailed": 50}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_was_claimed_by_who_was_killed_is_held_when_its_time_is_over(clock: Clock, moment: str) -> None:
    """Between claim and send, or between send and record: who looks from outside cannot tell."""
    cloud = Cloud()
    getattr(cloud.calls, moment)[1] = kill  # 1: SendBulkEmail
    with pytest.raises(Killed):
        deliver(cloud, mails(2))
    (one, other) = deliver(cloud, mails(2))
    assert one.wait == other.wait == OVER
    assert cloud.ended() == {}
    clock.sleep(OVER)
    assert deliver(cloud, mails(2)) == []
    assert cloud.ended() == {"held": 2}
    assert failure_messages(cloud) == ["p1@example.com", "p2@example.com"]
    clock.sleep(OVER)
    assert deliver(cloud, mails(2)) == []
    assert len(failure_messages(cloud)) == 2
    assert len(cloud.ses.sent) == (2 if moment == "after" else 0)


def test_a_mail_that_another_took_over_is_retried_until_that_is_done(clock: Clock) -> None:
    """Else the message would be deleted that the other, which is killed, relies on."""
    cloud = Cloud()

    def taken_over() -> None:
        clock.sleep(OVER)  # a clock that is wrong, or a call that never ends
        # Once it is held, and not queued: after a claim, two reads, the receipt, and the change.
        cloud.calls.after[len(cloud.calls.made) + 4] = kill
        with pytest.raises(Killed):
            deliver(cloud, mails(1))

    cloud.calls.before[1] = taken_over
    (to_retry,) = deliver(cloud, mails(1))
    until_none_is_left(cloud, clock, [to_retry.mail])
    assert (cloud.ended(), len(cloud.ses.sent)) == ({"held": 1}, 1)


def test_a_claim_that_runs_out_while_others_are_recorded_is_retried(clock: Clock) -> None:
    cloud = Cloud()
    cloud.calls.before[1] = kill
    with pytest.raises(Killed):
        deliver(cloud, mails(1))
    clock.sleep(OVER - 3)
    record = len(cloud.calls.made) + 4  # after a claim, two reads, and the mail
    cloud.calls.before[record] = lambda: clock.sleep(10)
    (to_retry,) = deliver(cloud, mails(2))
    assert to_retry.mail.mail_id == mails(1)[0].mail_id
    until_none_is_left(cloud, clock, [to_retry.mail])
    assert cloud.ended() == {"mailed": 1, "held": 1}


@pytest.mark.usefixtures("clock")
def test_what_cannot_be_queued_is_an_error_and_not_counted() -> None:
    cloud = Cloud()
    cloud.ses.statuses["p1@example.com"] = REJECTED
    cloud.sqs.script("send_message_batch", cloud.sqs.refuse("0", sender_fault=True))
    with pytest.raises(QueueError):
        deliver(cloud, mails(2))
    assert cloud.ended() == {"mailed": 1}


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


# 0 claim, 1 send, 2 receipt, 3 record the others, 4 queue, 5 count. A message is queued twice only if the
# process ends between the last two, which no order of them could avoid.
CALLS = range(calls_of_a_run())
BETWEEN_QUEUEING_AND_COUNTING = [(4, "after"), (5, "before")]
# 0 claim, 1 and 2 read, 3 receipt, 4 record, 5 queue, 6 count.
CALLS_TO_TAKE_OVER = range(7)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_call_all_mails_end_once(clock: Clock, call: int, moment: str) -> None:
    cloud = cloud_of_every_kind()
    getattr(cloud.calls, moment)[call] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    cloud.ses.statuses.pop("p3@example.com")
    until_none_is_left(cloud, clock, KINDS)
    check_that_all_ended_once(cloud, queued_twice=(call, moment) in BETWEEN_QUEUEING_AND_COUNTING)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_run_beside_itself_all_mails_end_once(clock: Clock, call: int, moment: str) -> None:
    cloud = cloud_of_every_kind()
    beside: list[MailToRetry] = []
    getattr(cloud.calls, moment)[call] = lambda: beside.extend(deliver(cloud, KINDS))
    to_retry = deliver(cloud, KINDS)
    cloud.ses.statuses.pop("p3@example.com")
    until_none_is_left(cloud, clock, [each.mail for each in [*to_retry, *beside]])
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
    beside: list[MailToRetry] = []
    getattr(cloud.calls, moment)[len(cloud.calls.made) + call] = lambda: beside.extend(deliver(cloud, KINDS))
    to_retry = deliver(cloud, KINDS)
    cloud.ses.statuses.pop("p3@example.com")
    until_none_is_left(cloud, clock, [each.mail for each in [*to_retry, *beside]])
    check_that_all_ended_once(cloud, queued_twice=(first, "before") in BETWEEN_QUEUEING_AND_COUNTING)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", CALLS_TO_TAKE_OVER)
def test_who_finishes_what_was_left_behind_may_be_killed_too(clock: Clock, call: int, moment: str) -> None:
    cloud = cloud_of_every_kind()
    cloud.calls.after[1] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    clock.sleep(OVER)
    getattr(cloud.calls, moment)[len(cloud.calls.made) + call] = kill
    with pytest.raises(Killed):
        deliver(cloud, KINDS)
    until_none_is_left(cloud, clock, KINDS)
    check_that_all_ended_once(cloud, queued_twice=(call, moment) in [(5, "after"), (6, "before")])


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_of_dynamodb_or_sqs_that_was_lost_is_made_good(clock: Clock, call: int) -> None:
    cloud = cloud_of_every_kind()

    def lose() -> None:
        raise client_error("InternalServerError", status=500)

    cloud.calls.after[call] = lose
    left = KINDS
    try:
        left = [each.mail for each in deliver(cloud, KINDS)]
    except Exception as error:
        assert "InternalServerError" in str(error)  # noqa: PT017 (SES's is no error)
    cloud.ses.statuses.pop("p3@example.com")
    until_none_is_left(cloud, clock, left)
    check_that_all_ended_once(cloud, queued_twice=call == 4)


def check_that_all_ended_once(cloud: Cloud, *, queued_twice: bool = False) -> None:
    assert len(cloud.ses.sent) == len(set(cloud.ses.sent)), "somebody was mailed twice"
    ended = cloud.ended()
    assert sum(ended.values()) == len(KINDS)
    assert ended.get("mailed", 0) <= len(cloud.ses.sent)
    messages = failure_messages(cloud)
    assert len(set(messages)) == ended.get("undeliverable", 0) + ended.get("held", 0)
    if not queued_twice:
        assert len(messages) == len(set(messages))
