"""What SES allows the account."""

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.backoff import ATTEMPTS
from lambdas.send_email.account import SHARE_OF_OTHERS, Account, read_account

from ...helpers.clock import Clock
from ...helpers.fakes import client_error
from ...helpers.fakes_ses import FakeSes, SesLimits

pytestmark = pytest.mark.usefixtures("clock")
THROTTLED = client_error("TooManyRequestsException", status=429)
THROTTLED_OTHERWISE = client_error("Throttling")


def account(rate: int = 14, quota: int | None = 50_000, sent: int = 0) -> Account:
    return Account(sending=True, rate=rate, quota=quota, sent=sent)


def ses(*limits: float) -> FakeSes:
    fake = FakeSes()
    fake.limits = SesLimits(*limits)
    return fake


def read(fake: FakeSes) -> Account:
    return read_account(fake)  # type: ignore[arg-type]


def test_the_account_is_as_ses_says(clock: Clock) -> None:
    fake = ses(14, 50_000)
    fake.limits.book(clock.now, 7)
    assert read(fake) == Account(sending=True, rate=14, quota=50_000, sent=7)
    fake.paused = True
    assert not read(fake).sending


def test_an_account_without_a_quota_has_no_limit() -> None:
    unlimited = read(ses(14, -1))
    assert unlimited.quota is unlimited.left is None
    assert unlimited.used_percent == 0


@pytest.mark.parametrize("rate", [0, 0.5, 1.9])
def test_a_rate_is_at_least_one_whole_mail(rate: float) -> None:
    assert read(ses(rate, 200)).rate == 1


def test_an_answer_that_lacks_everything_does_no_harm() -> None:
    fake = FakeSes()
    fake.script("get_account", lambda _: {})
    assert read(fake) == Account(sending=True, rate=1, quota=None, sent=0)


def test_a_share_of_the_quota_is_left_to_the_accounts_other_senders() -> None:
    assert SHARE_OF_OTHERS == 0.05
    assert account(quota=200).left == 190
    assert account(quota=200, sent=100).left == 90
    assert account(quota=200, sent=190).left == account(quota=200, sent=200).left == 0


def test_the_used_part_of_the_quota_counts_all_senders() -> None:
    assert account(quota=200, sent=50).used_percent == 25


@pytest.mark.parametrize(("rate", "group"), [(1, 1), (14, 14), (50, 50), (200, 50), (80, 40), (51, 25)])
def test_groups_are_as_large_as_one_call_takes_and_fill_the_rate(rate: int, group: int) -> None:
    assert account(rate).group == group


@pytest.mark.parametrize("rate", range(1, 1_000))
def test_whole_groups_leave_next_to_nothing_of_any_rate(rate: int) -> None:
    group = account(rate).group
    assert 0 < group <= 50
    assert rate // group * group >= 0.95 * rate


@pytest.mark.parametrize(("rate", "at_once"), [(1, 2), (14, 2), (50, 2), (200, 5), (10_000, 10)])
def test_a_seconds_mails_and_one_group_more_are_under_way(rate: int, at_once: int) -> None:
    assert account(rate).groups_at_once == at_once


def test_ses_is_asked_again_when_others_have_asked_it(clock: Clock) -> None:
    fake = ses(14, 200)
    fake.script("get_account", THROTTLED, THROTTLED_OTHERWISE)
    assert read(fake).rate == 14
    assert len(clock.sleeps) == 2
    assert min(clock.sleeps) >= 1  # before that SES answers nobody


def test_an_account_that_cannot_be_read_is_an_error() -> None:
    fake = ses(14, 200)
    fake.script("get_account", *[THROTTLED] * ATTEMPTS)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        read(fake)
    assert len(fake.calls.made) == ATTEMPTS
    fake.script("get_account", client_error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        read(fake)
    assert len(fake.calls.made) == ATTEMPTS + 1
