"""Sending at the account's rate. Whole rounds, over minutes: tests/simulation/test_pace.py."""

from collections.abc import Iterable
from typing import Any

import pytest

from lambdas.core.mail import Mail
from lambdas.core.mail_gate import DoorKind
from lambdas.send_email import pace
from lambdas.send_email.account import Account
from lambdas.send_email.pace import PacedSender, Window
from lambdas.send_email.verdicts import MailDeferred, MailRefused, MailSent, Verdict

from ...helpers.clock import Clock, most_within
from ...helpers.cloud import Cloud, mails
from ...helpers.fakes import client_error
from ...helpers.fakes_ses import SesLimits
from ...helpers.pools import OneAfterAnother

THROTTLED = client_error("TooManyRequestsException", "Too Many Requests", status=429)


@pytest.fixture(autouse=True)
def _one_after_another(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(pace, "ThreadPoolExecutor", OneAfterAnother)


def sender(cloud: Cloud, rate: int, *, bulk_limited: bool = False) -> PacedSender:
    cloud.ses.limits = SesLimits(rate, bulk_limited=bulk_limited)
    return PacedSender(cloud.ses_sender, Account(sending=True, rate=rate, quota=None, sent=0))


def send(paced: PacedSender, *group: Mail) -> list[Verdict]:
    return paced.send(group, lambda: True)


def all_left(verdicts: Iterable[Verdict]) -> bool:
    return all(isinstance(verdict, MailSent) for verdict in verdicts)


@pytest.mark.parametrize("most", [1, 14, 200])
def test_in_no_second_are_there_more_than_a_window_has(clock: Clock, most: int) -> None:
    window, taken = Window(most), []
    for n in range(20 * most):
        window.wait(1)
        taken.append(clock.now)
        clock.now += 0.01 * (n % 3) / most
    assert most_within(1, taken) == most
    assert len(taken) / (taken[-1] - taken[0]) >= 0.9 * most


def test_a_window_begins_full_for_what_went_before_nobody_knows(clock: Clock) -> None:
    begun = clock.now
    Window(14).wait(1)
    assert 1 <= clock.now - begun <= 1.1


def test_several_are_taken_together_or_not_at_all(clock: Clock) -> None:
    window = Window(3)
    window.wait(2)
    first = clock.now
    window.wait(2)
    assert clock.now - first >= 1
    window.wait(1)
    assert clock.now - first < 1.1


@pytest.mark.parametrize("rate", [14, 50, 200])
def test_as_long_as_none_is_refused_all_goes_by_bulk_calls(clock: Clock, rate: int) -> None:
    cloud = Cloud()
    paced, begun = sender(cloud, rate), clock.now
    group = min(50, rate)
    for _ in range(20):
        assert all_left(send(paced, *mails(group)))
    assert {name for name, _ in cloud.calls.made} == {"send_bulk_email"}
    assert len(cloud.calls.made) == 20
    assert 20 * group / (clock.now - begun) >= 0.85 * rate  # a second of it went by before the first


def test_a_bulk_call_refused_for_its_rate_is_sent_in_calls_of_their_own() -> None:
    cloud = Cloud()
    paced = sender(cloud, 14)
    cloud.ses.script("send_bulk_email", THROTTLED)
    for _ in range(3):
        assert all_left(send(paced, *mails(14)))
    assert len(cloud.calls.named("send_bulk_email")) == 1  # never the same again
    assert len(cloud.calls.named("send_email")) == 3 * 14


@pytest.mark.usefixtures("clock")
def test_where_bulk_calls_are_limited_they_carry_what_they_may() -> None:
    cloud = Cloud()
    paced = sender(cloud, 200, bulk_limited=True)
    for _ in range(30):
        assert all_left(send(paced, *mails(50)))
    assert len(cloud.ses.sent) == 30 * 50
    bulk, single = len(cloud.calls.named("send_bulk_email")), len(cloud.calls.named("send_email"))
    refused = 1
    assert 50 * (bulk - refused) + single == 30 * 50
    assert bulk > 1 + refused


@pytest.mark.usefixtures("clock")
def test_a_limited_bulk_call_that_is_refused_all_the_same_goes_one_by_one() -> None:
    cloud = Cloud()
    paced = sender(cloud, 200)
    cloud.ses.script("send_bulk_email", *[THROTTLED] * 10)
    for _ in range(3):
        assert all_left(send(paced, *mails(50)))
    assert len(cloud.calls.named("send_email")) == 3 * 50


def test_no_mail_is_sent_again_that_ses_took_or_refused() -> None:
    cloud = Cloud()
    paced = sender(cloud, 14)
    cloud.ses.statuses |= {
        "p2@example.com": {"Status": "ACCOUNT_THROTTLED"},
        "p3@example.com": {"Status": "MESSAGE_REJECTED"},
    }
    sent, throttled, refused = send(paced, *mails(3))
    assert isinstance(sent, MailSent)
    assert isinstance(refused, MailRefused)
    assert isinstance(throttled, MailDeferred)
    assert throttled.door == DoorKind.PACED
    assert len(cloud.calls.made) == 1


def test_a_mail_that_is_refused_for_the_rate_is_tried_a_few_times(clock: Clock) -> None:
    cloud = Cloud()
    paced = sender(cloud, 14)
    cloud.ses.script("send_bulk_email", THROTTLED)
    cloud.ses.script("send_email", THROTTLED, THROTTLED, None, *[THROTTLED] * 3)
    recovered, given_up = send(paced, *mails(2))
    assert isinstance(recovered, MailSent)
    assert isinstance(given_up, MailDeferred)
    assert given_up.door == DoorKind.PACED
    assert sum(seconds > 1 for seconds in clock.sleeps) >= 5  # another sender is at it, too


def test_without_time_nothing_is_sent() -> None:
    cloud = Cloud()
    paced = sender(cloud, 14)
    (verdict,) = paced.send(mails(1), lambda: False)
    assert isinstance(verdict, MailDeferred)
    assert not cloud.calls.made


@pytest.mark.parametrize("script", [[], [THROTTLED]])
def test_verdicts_are_in_the_mails_order_in_either_way(script: list[Any]) -> None:
    cloud = Cloud()
    paced = sender(cloud, 14)
    cloud.ses.script("send_bulk_email", *script)
    cloud.ses.statuses["p2@example.com"] = {"Status": "MESSAGE_REJECTED"}
    kinds = [type(verdict) for verdict in send(paced, *mails(3))]
    assert kinds == [MailSent, MailRefused, MailSent]
    assert cloud.ses.sent == ["p1@example.com", "p3@example.com"]
