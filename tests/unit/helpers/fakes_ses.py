"""SES as the handlers see it: mails in bulk and one by one, within the account's rate and daily quota."""

import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from .fakes import Calls, Fake, client_error

DAY = 24 * 60 * 60
SUCCESS: Mapping[str, str] = {"Status": "SUCCESS"}
# https://docs.aws.amazon.com/ses/latest/dg/quotas.html
_MOST_ENTRIES = 50
# What SendEmail raises where a bulk call's entry has a status.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
_EXCEPTIONS: Mapping[str, tuple[str, int]] = {
    "MESSAGE_REJECTED": ("MessageRejected", 400),
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": ("MailFromDomainNotVerifiedException", 400),
    "CONFIGURATION_SET_NOT_FOUND": ("NotFoundException", 404),
    "TEMPLATE_NOT_FOUND": ("NotFoundException", 404),
    "ACCOUNT_SUSPENDED": ("AccountSuspendedException", 400),
    "ACCOUNT_THROTTLED": ("TooManyRequestsException", 429),
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": ("LimitExceededException", 400),
    "INVALID_SENDING_POOL_NAME": ("BadRequestException", 400),
    "ACCOUNT_SENDING_PAUSED": ("SendingPausedException", 400),
    "CONFIGURATION_SET_SENDING_PAUSED": ("SendingPausedException", 400),
    "INVALID_PARAMETER": ("BadRequestException", 400),
    "TRANSIENT_FAILURE": ("InternalFailure", 500),
    "FAILED": ("InternalFailure", 500),
}


def check_bulk(request: Mapping[str, Any]) -> None:
    """See to it that SES takes a bulk call.

    Raises:
        ClientError: It does not.
    """
    if not 0 < len(request["BulkEmailEntries"]) <= _MOST_ENTRIES:
        raise client_error("BadRequestException", "the destinations must be 1 to 50")
    _check_template(request["DefaultContent"]["Template"])


def bulk_addresses(request: Mapping[str, Any]) -> list[str]:
    """The recipients of a bulk call, each mail's one."""
    return [_address(entry) for entry in request["BulkEmailEntries"]]


def single_address(request: Mapping[str, Any]) -> str:
    """The recipient of SendEmail.

    Raises:
        ClientError: SES does not take the call.
    """
    assert request["FromEmailAddress"], "expected a sender"
    _check_template(request["Content"]["Template"])
    return _address(request)


def _address(of: Mapping[str, Any]) -> str:
    (address,) = of["Destination"]["ToAddresses"]
    return str(address)


def _check_template(template: Mapping[str, Any]) -> None:
    assert "TemplateContent" in template, "expected an inline template"
    try:
        json.loads(template["TemplateData"])
    except ValueError:
        raise client_error("BadRequestException", "TemplateData is no JSON") from None


def single_error(status: str) -> Exception:
    """What SendEmail raises where an entry of a bulk call has this status."""
    code, http_status = _EXCEPTIONS[status]
    return client_error(code, status, status=http_status)


class SesLimits:
    """What an account may send, over times in seconds.

    `rate`: mails in any second. `daily_quota`: mails in any 24 hours; -1: no limit. `bulk_limited`: whether
    all actions but SendEmail are throttled at one request a second, as the page on quotas has it in the words
    of v1: https://docs.aws.amazon.com/ses/latest/dg/quotas.html
    """

    def __init__(self, rate: float = 10_000, daily_quota: float = -1, *, bulk_limited: bool = False) -> None:
        self.rate = rate
        self.daily_quota = daily_quota
        self.bulk_limited = bulk_limited
        self._day = _Window(DAY)
        self._second = _Window(1)
        self._last_of: dict[str, float] = {}

    def check(self, action: str, now: float, mails: int = 0) -> None:
        """See to it that an action may be carried out that sends so many mails.

        Raises:
            ClientError: It is refused whole, for it is too soon.
        """
        slow = self.bulk_limited and action != "SendEmail"
        if slow and now - self._last_of.get(action, float("-inf")) < 1:
            raise client_error("TooManyRequestsException", "Too Many Requests", status=429)
        if mails and self._second.sum(now) + mails > self.rate:
            raise client_error("TooManyRequestsException", "Maximum sending rate exceeded.", status=429)
        self._last_of[action] = now

    def left(self, now: float) -> float:
        """How many mails the daily quota still allows."""
        return float("inf") if self.daily_quota < 0 else max(0.0, self.daily_quota - self._day.sum(now))

    def sent(self, now: float) -> float:
        """How many mails left in the last 24 hours."""
        return self._day.sum(now)

    def book(self, now: float, mails: int) -> None:
        """So many mails leave."""
        self._day.add(now, mails)
        self._second.add(now, mails)

    def account(self, sent: float, *, enabled: bool) -> dict[str, Any]:
        """GetAccount's answer: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html"""
        quota = {"Max24HourSend": self.daily_quota, "MaxSendRate": self.rate, "SentLast24Hours": sent}
        return {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "HEALTHY",
            "ProductionAccessEnabled": True,
            "SendQuota": {name: float(value) for name, value in quota.items()},
            "SendingEnabled": enabled,
        }


class _Window:
    """What happened in the last so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._counts: deque[tuple[float, int]] = deque()
        self._sum = 0

    def add(self, now: float, count: int) -> None:
        self._sum += count
        if self._counts and self._counts[-1][0] == now:  # the mails of one call are one entry
            count += self._counts.pop()[1]
        self._counts.append((now, count))

    def sum(self, now: float) -> int:
        while self._counts and self._counts[0][0] <= now - self._seconds:
            self._sum -= self._counts.popleft()[1]
        return self._sum


class FakeSes(Fake):
    """SES: the addresses that mails left to; all do, as far as `statuses`, `limits` and `paused` let them.

    `statuses`: an entry's result, by address. `paused`: whether sending is, for the whole account.
    """

    def __init__(self, calls: Calls | None = None) -> None:
        super().__init__(calls)
        self.sent: list[str] = []
        self.statuses: dict[str, Mapping[str, str]] = {}
        self.limits = SesLimits()
        self.paused = False
        self.closed = 0

    def send_bulk_email(self, **request: Any) -> Any:
        return self._call("send_bulk_email", lambda: self._send_bulk(request), request)

    def send_email(self, **request: Any) -> Any:
        return self._call("send_email", lambda: self._send_one(request), request)

    def get_account(self, **request: Any) -> Any:
        return self._call("get_account", self._account, request)

    def close(self) -> None:
        self.closed += 1

    def send(self, request: Mapping[str, Any]) -> Any:
        """What SES does with the entries of a bulk call."""
        addresses = bulk_addresses(request)
        self.limits.check("SendBulkEmail", time.time(), len(addresses))
        return {"BulkEmailEntryResults": list(map(self._leave, addresses))}

    def _send_bulk(self, request: Mapping[str, Any]) -> Any:
        check_bulk(request)
        return self.send(request)

    def _send_one(self, request: Mapping[str, Any]) -> Any:
        address = single_address(request)
        self.limits.check("SendEmail", time.time(), 1)
        result = self._leave(address)
        if (status := result["Status"]) != "SUCCESS":
            raise single_error(status)
        return {"MessageId": result["MessageId"]}

    def _account(self) -> Any:
        now = time.time()
        self.limits.check("GetAccount", now)
        return self.limits.account(self.limits.sent(now), enabled=not self.paused)

    def _leave(self, address: str) -> dict[str, str]:
        """An entry's result."""
        status = self.statuses.get(address, SUCCESS)
        if self.paused:
            status = {"Status": "ACCOUNT_SENDING_PAUSED"}
        elif status == SUCCESS and self.limits.left(time.time()) < 1:
            status = {"Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED"}
        if status == SUCCESS:
            self.sent.append(address)
            self.limits.book(time.time(), 1)
        return {**status, "MessageId": f"message-{len(self.sent)}"}
