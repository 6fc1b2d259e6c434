from http import HTTPStatus

import pytest

from local.ses_limits import DAY, SesAccount, SesLimits


class Account(SesAccount):
    """An account with a clock that a test sets, from which mails can be sent."""

    def __init__(self, limits: SesLimits | None) -> None:
        self.now = 1_000_000.0
        self.mails: list[dict[str, float]] = []
        super().__init__(lambda: self.mails, lambda: self.now)
        self.limits = limits

    def send(self, mails: int) -> None:
        self.mails += [{"Timestamp": self.now}] * mails

    @property
    def answer_to_mail(self) -> str | None:
        refusal = self.refusal_of_mail()
        return refusal.message if refusal else None


def test_without_limits_everything_is_sent() -> None:
    account = Account(None)
    account.send(100_000)
    assert account.answer_to_mail is None
    assert account.refusal_of_bulk(50) is None
    assert account.refusal_of_look() is account.refusal_of_look() is None
    assert account.statuses(2) == [None, None]


def test_no_second_has_more_mails_than_the_rate() -> None:
    account = Account(SesLimits(max_send_rate=14))
    account.send(10)
    account.now += 0.5
    account.send(4)
    too_fast = account.refusal_of_mail()
    assert too_fast is not None
    assert (too_fast.code, too_fast.status) == ("TooManyRequestsException", HTTPStatus.TOO_MANY_REQUESTS)
    account.now += 0.5  # the ten are a second ago
    assert account.answer_to_mail is None
    assert account.refusal_of_bulk(10) is None
    assert account.refusal_of_bulk(11) == too_fast


def test_a_day_has_no_more_mails_than_its_quota() -> None:
    account = Account(SesLimits(max_send_rate=100, max_24_hour_send=30))
    account.send(20)
    account.now += DAY / 2
    account.send(10)
    assert account.answer_to_mail == "Daily message quota exceeded."
    account.now += DAY / 2 - 1
    assert account.statuses(2) == ["ACCOUNT_DAILY_QUOTA_EXCEEDED"] * 2
    account.now += 1
    assert account.answer_to_mail is None
    assert account.refusal_of_bulk(30) is None
    assert account.statuses(22) == [None] * 20 + ["ACCOUNT_DAILY_QUOTA_EXCEEDED"] * 2


def test_a_quota_of_minus_one_is_none() -> None:
    account = Account(SesLimits(max_send_rate=100, max_24_hour_send=-1))
    account.send(100_000)
    account.now += 2
    assert account.answer_to_mail is None
    assert account.statuses(3) == [None] * 3


@pytest.mark.parametrize("refuses_entries", [True, False])
def test_a_paused_account_sends_nothing(refuses_entries: bool) -> None:
    account = Account(SesLimits(sending_enabled=False, refuses_entries=refuses_entries))
    refusal = account.refusal_of_mail()
    assert refusal is not None
    assert refusal.code == "SendingPausedException"
    assert account.refusal_of_bulk(1) == (None if refuses_entries else refusal)
    assert account.statuses(2) == ["ACCOUNT_SENDING_PAUSED"] * 2


def test_a_bulk_call_beyond_the_rate_may_be_refused_by_the_entry() -> None:
    account = Account(SesLimits(max_send_rate=3, max_24_hour_send=4, refuses_entries=True))
    assert account.refusal_of_bulk(5) is None
    assert account.statuses(5) == [
        None,
        None,
        None,
        "ACCOUNT_THROTTLED",
        "ACCOUNT_DAILY_QUOTA_EXCEEDED",
    ]


@pytest.mark.parametrize("limited", [True, False])
def test_bulk_calls_may_be_limited_to_one_a_second(limited: bool) -> None:
    account = Account(SesLimits(one_bulk_call_a_second=limited))
    assert account.refusal_of_bulk(1) is None
    account.now += 0.9
    refusal = account.refusal_of_bulk(1)
    assert (refusal.message if refusal else None) == ("Rate exceeded" if limited else None)
    account.now += 0.1  # what is refused does not count
    assert account.refusal_of_bulk(1) is None
    assert account.refusal_of_look() is None  # each action by itself


def test_the_account_is_looked_at_once_a_second() -> None:
    account = Account(SesLimits())
    assert account.refusal_of_look() is None
    assert account.refusal_of_look() is not None
    account.now += 1
    assert account.refusal_of_look() is None
