"""Sending at the rate that SES allows, and not faster."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from ..core.mail import Mail
from ..core.mail_gate import DoorKind
from .account import Account
from .ses_sender import SesSender
from .verdicts import MailDeferred, Verdict

# A second as SES counts it may begin a little earlier or later than ours, and calls travel unevenly fast.
_SECOND = 1.05
# By calls of their own, at a tenth of a second each, a few groups carry two hundred mails a second.
CALLS_AT_ONCE = 12
_TRIES = 3  # of one mail that is refused for the rate


class Window:
    """At most so many in any second; none in the first, as of what left before nothing is known."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = deque([(time.monotonic(), most)])
        self._sum = most
        self._lock = Lock()

    def wait(self, count: int) -> None:
        """Take so many, at most `most`, once there is room for them."""
        while seconds := self._take(count):
            time.sleep(seconds)

    def _take(self, count: int) -> float:
        """Take so many if there is room for them now; else returns after how many seconds to ask again."""
        with self._lock:
            now = time.monotonic()
            while self._taken and self._taken[0][0] <= now - _SECOND:
                self._sum -= self._taken.popleft()[1]
            if self._sum + count > self._most:
                return max(0.001, self._taken[0][0] + _SECOND - now)
            self._taken.append((now, count))
            self._sum += count
            return 0


class _Limited:
    """The rate, where bulk calls may carry just a part of it: a group a second, if that is not all of it.

    Each kind of call has a window of its own, for they do not take equally long.
    """

    def __init__(self, account: Account) -> None:
        self.bulk_calls = Window(1)
        self.bulk_is_free = Lock()
        if account.rate > account.group:
            self.mails = Window(account.rate - account.group)
        else:
            self.bulk_is_free.acquire()  # for ever
            self.mails = Window(account.rate)


@dataclass
class PacedSender:
    """Sends at the account's rate: by bulk calls, and what those may not carry by calls of their own.

    SES's page on quotas allows one request a second of every action but SendEmail, SendRawEmail and
    SendTemplatedEmail, in the words of the older API; whether SendBulkEmail of this one is meant nobody says.
    So bulk calls are made as the rate allows until one is refused, and then at most one a second.
    https://docs.aws.amazon.com/ses/latest/dg/quotas.html
    """

    ses_sender: SesSender
    account: Account
    _limited: _Limited | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._mails = Window(self.account.rate)
        self._lock = Lock()

    def send(self, mails: Sequence[Mail], in_time: Callable[[], bool]) -> list[Verdict]:
        """Send each mail once, as far as there is time.

        Args:
            mails: At most a group.
            in_time: Whether there is time for a call to SES, and for recording what it says.

        Returns:
            The verdicts, in the mails' order.
        """
        if self._limited is None:
            self._mails.wait(len(mails))
            verdicts = self.ses_sender.send(mails, in_time)
            if not all(map(_is_of_rate, verdicts)):
                return verdicts
            # Nothing left, and the same call again would fare no better.
        return self._send_limited(mails, self._limit(), in_time)

    def _limit(self) -> _Limited:
        """Returns what bulk calls are limited to from now on."""
        with self._lock:
            self._limited = self._limited or _Limited(self.account)
            return self._limited

    def _send_limited(
        self, mails: Sequence[Mail], limited: _Limited, in_time: Callable[[], bool]
    ) -> list[Verdict]:
        if limited.bulk_is_free.acquire(blocking=False):
            try:
                limited.bulk_calls.wait(1)
                verdicts = self.ses_sender.send(mails, in_time)
            finally:
                limited.bulk_is_free.release()
            if not all(map(_is_of_rate, verdicts)):
                return verdicts
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            return list(pool.map(lambda mail: self._send_one(mail, limited.mails, in_time), mails))

    def _send_one(self, mail: Mail, window: Window, in_time: Callable[[], bool]) -> Verdict:
        for _ in range(_TRIES):
            window.wait(1)
            verdict = self.ses_sender.send_one(mail, in_time)
            if not _is_of_rate(verdict):
                break
            time.sleep(_SECOND)  # another sender of the account is at it, too
        return verdict


def _is_of_rate(verdict: Verdict) -> bool:
    return isinstance(verdict, MailDeferred) and verdict.door == DoorKind.PACED
