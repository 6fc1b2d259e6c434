"""SES: mail in bulk, with a sending rate, a daily quota, refusals of single recipients, and a paused account.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
"""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from tests.unit.helpers.fakes import client_error

from . import faults
from .network import Network

DAY = 24 * 60 * 60
# Recipients by what becomes of their mail.
REFUSED, MALFORMED = "refused", "malformed"
_THROTTLED = client_error("TooManyRequestsException", "too many requests", status=429)
_PASSING = ("TRANSIENT_FAILURE", "FAILED")


class SimulatedSes:
    """SES behind an unreliable network; `sent` counts the mails that left, by address."""

    def __init__(self, network: Network, *, daily_quota: int = 10**9) -> None:
        self._network = network
        self.sent: Counter[str] = Counter()
        self.entries = 0
        self._daily_quota = daily_quota
        self._last_day: deque[float] = deque()
        self._closed_until = {faults.QUOTA: 0.0, faults.PAUSED: 0.0, faults.RATE: 0.0}

    def close(self) -> None:
        """Drop the open connections, of which there are none."""

    def send_bulk_email(self, **request: Any) -> Any:
        return self._network.call("send_bulk_email", lambda: self._send(request), _THROTTLED, resends=False)

    def _send(self, request: Mapping[str, Any]) -> Any:
        entries = request["BulkEmailEntries"]
        if not 0 < len(entries) <= 50:
            raise client_error("BadRequestException", "the destinations must be 1 to 50")
        addresses = [address for entry in entries for address in entry["Destination"]["ToAddresses"]]
        # A whole call is refused for one address that SES cannot read.
        if any(address.startswith(MALFORMED) for address in addresses):
            raise client_error("BadRequestException", "illegal address")
        return {"BulkEmailEntryResults": [self._one(address) for address in addresses]}

    def _one(self, address: str) -> dict[str, str]:
        self.entries += 1
        status = self._status(address)
        if status != "SUCCESS":
            return {"Status": status, "Error": "no"}
        self.sent[address] += 1
        self._last_day.append(self._network.world.now)
        return {"Status": status, "MessageId": f"message-{self.entries}"}

    def _status(self, address: str) -> str:
        if address.startswith(REFUSED):
            return "MESSAGE_REJECTED"
        if self._closed(faults.PAUSED, 3 * DAY):
            return "ACCOUNT_SENDING_PAUSED"
        if self._closed(faults.QUOTA, 2 * DAY) or self._used_up():
            return "ACCOUNT_DAILY_QUOTA_EXCEEDED"
        if self._closed(faults.RATE, 2):
            return "ACCOUNT_THROTTLED"
        if self._network.faults.strike(faults.RECIPIENT):
            return self._network.world.random.choice(_PASSING)
        return "SUCCESS"

    def _closed(self, kind: str, seconds: float) -> bool:
        world = self._network.world
        if world.now >= self._closed_until[kind] and self._network.faults.strike(kind):
            self._closed_until[kind] = world.now + world.random.uniform(0, seconds)
        return world.now < self._closed_until[kind] and not self._network.faults.calm

    def _used_up(self) -> bool:
        """Whether the last 24 hours' mails are as many as the quota allows.

        https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
        """
        while self._last_day and self._last_day[0] <= self._network.world.now - DAY:
            self._last_day.popleft()
        return len(self._last_day) >= self._daily_quota
