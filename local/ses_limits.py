"""What an SES account may send, which MiniStack 1.5.33 does not limit.

Mails are counted, as each of ours has one recipient; SES counts recipients. The codes and messages are those
that SES documents, and that users of its second API report:
https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html
https://github.com/pm-pmaas/etailors_amazon_ses/issues/117
"""

import bisect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class SesLimits:
    """What an account may do.

    Attributes:
        max_send_rate: mails in any second.
        max_24_hour_send: mails in any 24 hours; -1 for as many as it likes.
        sending_enabled: whether it may send at all.
        one_bulk_call_a_second: whether bulk calls are among the actions that SES throttles at one a second.
            All are but the three that send one mail, by the names of its first API; of the second, in which
            bulk calls have another name, it says nothing.
            https://docs.aws.amazon.com/ses/latest/dg/quotas.html
        refuses_entries: whether a bulk call of a paused account, or beyond the rate, is answered with a
            status for each mail, rather than refused whole. SES documents both.
    """

    max_send_rate: float = 14
    max_24_hour_send: float = 50_000
    sending_enabled: bool = True
    one_bulk_call_a_second: bool = False
    refuses_entries: bool = False


@dataclass(frozen=True)
class Refusal:
    """An error as SES answers it to a whole call."""

    code: str
    message: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST


_TOO_MANY_CALLS = Refusal("TooManyRequestsException", "Rate exceeded", HTTPStatus.TOO_MANY_REQUESTS)
_TOO_FAST = Refusal(
    "TooManyRequestsException", "Maximum sending rate exceeded.", HTTPStatus.TOO_MANY_REQUESTS
)
_QUOTA = Refusal("LimitExceededException", "Daily message quota exceeded.")
_PAUSED = Refusal("SendingPausedException", "Email sending is paused for this account.")


class SesAccount:
    """An account that keeps to its limits.

    Attributes:
        limits: What it may do; None for everything.
    """

    def __init__(
        self, sent: Callable[[], Sequence[Mapping[str, Any]]], clock: Callable[[], float] = time.time
    ) -> None:
        """Take what returns the mails sent so far, in order, each with its `Timestamp` by the clock."""
        self.limits: SesLimits | None = None
        self._sent = sent
        self._clock = clock
        self._called: dict[str, float] = {}

    def refusal_of_look(self) -> Refusal | None:
        """Whether the account may be looked at now: once a second."""
        return self._refusal_of_second_call("GetAccount") if self.limits else None

    def refusal_of_mail(self) -> Refusal | None:
        """Whether one mail may be sent now."""
        if not (limits := self.limits):
            return None
        if not limits.sending_enabled:
            return _PAUSED
        if self._left_today(limits) < 1:
            return _QUOTA
        return _TOO_FAST if self._left_in_second(limits) < 1 else None

    def refusal_of_bulk(self, mails: int) -> Refusal | None:
        """Whether a bulk call of so many mails is refused as a whole.

        "The number of destinations you can contact in a single call can be limited by your account's maximum
        sending rate."
        https://docs.aws.amazon.com/ses/latest/APIReference/API_SendBulkTemplatedEmail.html
        """
        if not (limits := self.limits):
            return None
        if limits.one_bulk_call_a_second and (refusal := self._refusal_of_second_call("SendBulkEmail")):
            return refusal
        if limits.refuses_entries:
            return None
        if not limits.sending_enabled:
            return _PAUSED
        return _TOO_FAST if mails > self._left_in_second(limits) else None

    def statuses(self, mails: int) -> list[str | None]:
        """For each mail of a bulk call the status with which it is refused; None if it may be sent."""
        if not (limits := self.limits):
            return [None] * mails
        if not limits.sending_enabled:
            return ["ACCOUNT_SENDING_PAUSED"] * mails
        today, now = self._left_today(limits), self._left_in_second(limits)
        return [
            "ACCOUNT_DAILY_QUOTA_EXCEEDED" if n > today else "ACCOUNT_THROTTLED" if n > now else None
            for n in range(1, mails + 1)
        ]

    def _left_today(self, limits: SesLimits) -> float:
        limit = limits.max_24_hour_send
        return float("inf") if limit == -1 else limit - self._sent_within(DAY)

    def _left_in_second(self, limits: SesLimits) -> float:
        return limits.max_send_rate - self._sent_within(1)

    def _sent_within(self, seconds: float) -> int:
        sent, since = self._sent(), self._clock() - seconds
        return len(sent) - bisect.bisect_right(sent, since, key=lambda mail: mail["Timestamp"])

    def _refusal_of_second_call(self, action: str) -> Refusal | None:
        now = self._clock()
        if now - self._called.get(action, 0) < 1:
            return _TOO_MANY_CALLS
        self._called[action] = now
        return None
