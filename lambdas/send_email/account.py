"""What SES allows the account: its sending rate, and what is left of its daily quota."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.limits import SES_BULK_DESTINATIONS
from ..aws.send_quota import ask_account, send_quota

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# Of the daily quota, what is left to the account's other senders.
SHARE_OF_OTHERS = 0.05
_MOST_GROUPS_AT_ONCE = 10


@dataclass(frozen=True)
class Account:
    """What SES said of the account.

    Attributes:
        sending: Whether SES sends for it at all.
        rate: Mails a second, at least one.
        quota: Mails in 24 hours; None if there is no limit.
        sent: Mails of the last 24 hours, of all senders.
    """

    sending: bool
    rate: int
    quota: int | None
    sent: int

    @property
    def left(self) -> int | None:
        """How many mails may leave now by the quota; None if there is no limit.

        The 24 hours roll, so the next look decides anew.
        """
        return None if self.quota is None else max(0, int(self.quota * (1 - SHARE_OF_OTHERS)) - self.sent)

    @property
    def used_percent(self) -> float:
        """How much of the quota is used."""
        return 100 * self.sent / self.quota if self.quota else 0.0

    @property
    def group(self) -> int:
        """How many mails go together: as many as one call takes, and as the rate allows of whole groups.

        At 80 a second they are 40, for of 50 only one would leave in a second.
        """
        return self.rate // math.ceil(self.rate / SES_BULK_DESTINATIONS)

    @property
    def groups_at_once(self) -> int:
        """How many groups are under way: a second's mails, and one group that is being made ready.

        A crash leaves no more than these held.
        """
        return min(math.ceil(self.rate / self.group) + 1, _MOST_GROUPS_AT_ONCE)


def read_account(ses: "SESV2Client") -> Account:
    """Ask SES.

    Raises:
        ClientError: it does not say.
    """
    answer = ask_account(ses)
    quota = send_quota(answer)
    return Account(
        sending=answer.get("SendingEnabled", True),
        rate=max(1, int(quota.rate)),
        quota=quota.most,
        sent=quota.sent,
    )
