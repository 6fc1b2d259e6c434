"""SES's sending quota, as GetAccount tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The quota of an account that has none:
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html
_NO_QUOTA = -1


@dataclass(frozen=True)
class SendQuota:
    """What the account may send.

    Attributes:
        most: Mails in any 24 hours; None if there is no limit.
        sent: Mails of the last 24 hours, of all senders.
        rate: Mails a second.
    """

    most: int | None
    sent: int
    rate: float


def send_quota(account: Mapping[str, Any]) -> SendQuota:
    """Returns the quota in GetAccount's answer."""
    quota = account.get("SendQuota", {})
    most = quota.get("Max24HourSend", _NO_QUOTA)
    return SendQuota(
        most=None if most == _NO_QUOTA else int(most),
        sent=int(quota.get("SentLast24Hours", 0)),
        rate=quota.get("MaxSendRate", 1),
    )
