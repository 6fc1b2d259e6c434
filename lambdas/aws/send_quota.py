"""What GetAccount of SES says, and the sending quota in it."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .backoff import ATTEMPTS
from .errors import is_put_off

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# It is answered once a second for the whole account: https://docs.aws.amazon.com/ses/latest/dg/quotas.html
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 2.0
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


def ask_account(ses: "SESV2Client") -> Mapping[str, Any]:
    """Returns SES's answer; asks again, after a second each time, while others of the account have asked.

    Raises:
        ClientError: it does not say.
    """
    for _ in range(1, ATTEMPTS):
        try:
            return ses.get_account()
        except ClientError as error:
            if not is_put_off(error):
                raise
        time.sleep(random.uniform(_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS))
    return ses.get_account()


def send_quota(account: Mapping[str, Any]) -> SendQuota:
    """Returns the quota in GetAccount's answer."""
    quota = account.get("SendQuota", {})
    most = quota.get("Max24HourSend", _NO_QUOTA)
    return SendQuota(
        most=None if most == _NO_QUOTA else int(most),
        sent=int(quota.get("SentLast24Hours", 0)),
        rate=quota.get("MaxSendRate", 1),
    )
