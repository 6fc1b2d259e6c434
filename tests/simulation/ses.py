"""SES: mail in bulk and one by one, with a sending rate, a daily quota, refusals, and a paused account.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.unit.helpers.fakes import client_error
from tests.unit.helpers.fakes_ses import (
    SesLimits,
    bulk_addresses,
    check_bulk,
    single_address,
    single_error,
)

from . import faults
from .network import Network
from .watch import Watch

# Recipients by what becomes of their mail.
REFUSED, MALFORMED = "refused", "malformed"
_THROTTLED = client_error("TooManyRequestsException", "too many requests", status=429)
_PASSING = ("TRANSIENT_FAILURE", "FAILED")
# Several looks of the rounds at a door that is shut.
_CLOSED_SECONDS = 12 * 60
_COUNTED_LATE = 0.3  # the probability, while anything goes wrong
# Where the API's model has exceptions of their own, another page names this one, with these messages.
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
_OTHER_WORDS = {
    "ACCOUNT_THROTTLED": "Maximum sending rate exceeded.",
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": "Daily message quota exceeded.",
}


class SimulatedSes:
    """SES behind an unreliable network; `sent` counts the mails that left, by address.

    `rate`, `daily_quota` and `bulk_limited` are SesLimits'; `bulk_seconds` and `single_seconds` are what a
    call takes at SES.
    """

    def __init__(
        self,
        network: Network,
        *,
        daily_quota: float = 10**9,
        rate: float = 10_000,
        bulk_limited: bool = False,
        bulk_seconds: float = 0.0,
        single_seconds: float = 0.0,
    ) -> None:
        self._network = network
        self.sent: Counter[str] = Counter()
        self.watch: Watch | None = None
        self.entries = 0
        self.calls: Counter[str] = Counter()  # those that SES took, by action
        self._limits = SesLimits(rate, daily_quota, bulk_limited=bulk_limited)
        self._seconds = {"SendBulkEmail": bulk_seconds, "SendEmail": single_seconds}
        self._closed_until = {faults.QUOTA: 0.0, faults.PAUSED: 0.0, faults.RATE: 0.0}
        self._counted = 0.0  # mails in 24 hours, as GetAccount had it last

    def book(self, mails: int) -> None:
        """So many mails of the account's other senders leave."""
        self._limits.book(self._network.world.now, mails)

    def close(self) -> None:
        """Drop the open connections, of which there are none."""

    def send_bulk_email(self, **request: Any) -> Any:
        check_bulk(request)
        return self._call("send_bulk_email", "SendBulkEmail", bulk_addresses(request), self._results)

    def send_email(self, **request: Any) -> Any:
        return self._call("send_email", "SendEmail", [single_address(request)], self._result)

    def get_account(self) -> Any:
        return self._network.call("get_account", self._account, _THROTTLED)

    def _call(self, name: str, action: str, addresses: list[str], work: Any) -> Any:
        def send() -> Any:
            # A whole call is refused for one address that SES cannot read.
            for address in addresses:
                if address.startswith(MALFORMED):
                    raise client_error("BadRequestException", f"illegal address {address}")
            self._limits.check(action, self._network.world.now, len(addresses))
            self.calls[action] += 1
            return work(addresses)

        return self._network.call(name, send, _THROTTLED, resends=False, seconds=self._seconds[action])

    def _results(self, addresses: Sequence[str]) -> dict[str, Any]:
        results = [
            {"Status": status, "MessageId": f"message-{self.entries}"}
            if (status := self._leave(address)) == "SUCCESS"
            else {"Status": status, "Error": f"not to {address}"}
            for address in addresses
        ]
        return {"BulkEmailEntryResults": results}

    def _result(self, addresses: Sequence[str]) -> dict[str, Any]:
        status = self._leave(addresses[0], single=True)
        if status == "SUCCESS":
            return {"MessageId": f"message-{self.entries}"}
        if status in _OTHER_WORDS and self._network.world.random.random() < 0.5:
            raise client_error("ThrottlingException", _OTHER_WORDS[status])
        raise single_error(status)

    def _account(self) -> dict[str, Any]:
        now = self._network.world.now
        self._limits.check("GetAccount", now)
        # What is counted may be old, also where the quota is used up.
        if self._network.faults.calm or self._network.world.random.random() >= _COUNTED_LATE:
            used_up = self._is_closed(faults.QUOTA)
            self._counted = max(0, self._limits.daily_quota) if used_up else self._limits.sent(now)
        return self._limits.account(self._counted, enabled=not self._is_closed(faults.PAUSED))

    def _leave(self, address: str, *, single: bool = False) -> str:
        self.entries += 1
        status = self._status(address, single=single)
        if status == "SUCCESS":
            self.sent[address] += 1
            if self.watch:
                self.watch.left(address)
            self._limits.book(self._network.world.now, 1)
        return status

    def _status(self, address: str, *, single: bool) -> str:
        if address.startswith(REFUSED):
            return "MESSAGE_REJECTED"
        if self._closed(faults.PAUSED, _CLOSED_SECONDS):
            return "ACCOUNT_SENDING_PAUSED"
        if self._closed(faults.QUOTA, _CLOSED_SECONDS) or self._limits.left(self._network.world.now) < 1:
            return "ACCOUNT_DAILY_QUOTA_EXCEEDED"
        if self._closed(faults.RATE, 2):
            return "ACCOUNT_THROTTLED"
        # SendEmail has no words for a recipient who is refused for now.
        if not single and self._network.faults.strike(faults.RECIPIENT):
            return self._network.world.random.choice(_PASSING)
        return "SUCCESS"

    def _closed(self, kind: str, seconds: float) -> bool:
        world = self._network.world
        if world.now >= self._closed_until[kind] and self._network.faults.strike(kind):
            self._closed_until[kind] = world.now + world.random.uniform(0, seconds)
        return self._is_closed(kind)

    def _is_closed(self, kind: str) -> bool:
        return self._network.world.now < self._closed_until[kind] and not self._network.faults.calm
