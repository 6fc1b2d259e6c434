"""Mails that wait in the retry queue: how long, until when."""

from dataclasses import replace

import pytest

from lambdas.core.retry_delays import GIVE_UP_SECONDS, RENEW_SECONDS

from ...helpers.clock import Clock
from ...helpers.cloud import (
    FAILURES,
    FUNCTION_TIMEOUT,
    RETRIES,
    Cloud,
    mails,
    queue_message,
)
from ...helpers.fakes import Killed, kill
from .conftest import QUOTA, SecondsLeft, inserted, invoke, retried


def test_what_ses_takes_later_stays_in_the_retry_queue(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft
) -> None:
    cloud.ses.statuses |= {"p1@example.com": QUOTA, "p3@example.com": QUOTA}
    assert invoke(seconds_left, *retried(3)) == ["m1", "m3"]
    assert not cloud.sqs.queues
    assert not clock.sleeps


def test_every_message_of_a_mail_to_retry_stays(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    cloud.ses.statuses["p1@example.com"] = QUOTA
    twice = [*retried(1), queue_message(mails(1)[0].body(), "again")]
    assert invoke(seconds_left, *twice) == ["m1", "again"]


def test_the_longer_it_waits_the_longer_it_waits_again(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    cloud.ses.statuses["p1@example.com"] = QUOTA
    waits = []
    for receives in (1, 2, 3, 20, 900):
        assert invoke(seconds_left, queue_message(mails(1)[0].body(), "m1", receives)) == ["m1"]
        waits.append(cloud.sqs.hidden[RETRIES]["handle of m1"])
    assert waits == [300, 600, 1_200, 10_800, 10_800]


def test_a_mail_waits_until_who_claimed_it_is_gone(cloud: Cloud, seconds_left: SecondsLeft) -> None:
    cloud.calls.after[1] = kill
    with pytest.raises(Killed):
        invoke(seconds_left, *inserted(1))
    assert invoke(seconds_left, queue_message(mails(1)[0].body(), "m1", 20)) == ["m1"]
    assert cloud.sqs.hidden[RETRIES] == {"handle of m1": FUNCTION_TIMEOUT + 31}


def test_before_its_message_expires_a_mail_is_sent_afresh(
    cloud: Cloud, clock: Clock, seconds_left: SecondsLeft
) -> None:
    cloud.ses.statuses |= {"p1@example.com": QUOTA, "p2@example.com": QUOTA}
    sent_at = int(clock.now)
    clock.sleep(RENEW_SECONDS)
    old, young = (mail.body() for mail in mails(2))
    messages = [queue_message(old, "m1", 60, sent_at), queue_message(young, "m2", 60, sent_at + 1)]
    assert invoke(seconds_left, *messages) == ["m2"]
    (message,) = cloud.messages(RETRIES)
    assert (message["image"]["email"]["S"], message["since"]) == ("p1@example.com", sent_at)
    assert cloud.ended() == {}


def test_after_months_a_mail_is_given_up_and_counted(cloud: Cloud, clock: Clock) -> None:
    cloud.ses.statuses |= {"p1@example.com": QUOTA, "p2@example.com": QUOTA}
    since = int(clock.now)
    clock.sleep(GIVE_UP_SECONDS)
    first, second = mails(2)
    messages = [
        queue_message(replace(first, since=since).body(), "m1", 60, clock.now - RENEW_SECONDS),
        queue_message(replace(second, since=since + 1).body(), "m2", 60, clock.now - RENEW_SECONDS),
    ]
    assert invoke(lambda: FUNCTION_TIMEOUT, *messages) == []
    assert cloud.ended() == {"undeliverable": 1}
    assert cloud.sqs.reasons(FAILURES) == ["ACCOUNT_DAILY_QUOTA_EXCEEDED: "]
    (message,) = cloud.messages(RETRIES)
    assert message["since"] == since + 1


def test_a_mail_that_is_anothers_is_not_given_up(cloud: Cloud, clock: Clock) -> None:
    since = int(clock.now)
    clock.sleep(GIVE_UP_SECONDS)
    cloud.calls.after[1] = kill
    with pytest.raises(Killed):
        invoke(lambda: FUNCTION_TIMEOUT, *inserted(1))
    message = queue_message(mails(1)[0].body(), "m1", 60, since)
    assert invoke(lambda: FUNCTION_TIMEOUT, message) == ["m1"]
    assert cloud.ended() == {}
