"""What SES allows the account now, and how much of its quota is used."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.aws.send_quota import ask_account, send_quota

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
_HEALTHY = "HEALTHY"


@dataclass(frozen=True)
class SendingAccount:
    """The account's sending.

    Attributes:
        open: Whether SES sends for it at all.
        production: Whether it has left the sandbox, in which only verified addresses are mailed.
        review: What SES's review of it says, if that is not HEALTHY: PROBATION or SHUTDOWN.
        quota: Mails in any 24 hours; None if there is no limit.
        sent: Mails of the last 24 hours, of all senders.
        rate: Mails a second.
    """

    open: bool
    production: bool
    review: str
    quota: int | None
    sent: int
    rate: float

    @property
    def left(self) -> int | None:
        """How many mails SES still takes today; None if there is no limit."""
        return None if self.quota is None else max(0, self.quota - self.sent)

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        of = {"open": self.open, "production": self.production, "review": self.review or None}
        return {**of, "quota": self.quota, "sent": self.sent, "left": self.left, "rate": self.rate}


def read_sending_account(ses: "SESV2Client") -> SendingAccount:
    """Ask SES.

    Raises:
        ClientError: it does not say.
    """
    answer = ask_account(ses)
    quota = send_quota(answer)
    review = answer.get("EnforcementStatus", _HEALTHY)
    return SendingAccount(
        open=answer.get("SendingEnabled", True),
        production=answer.get("ProductionAccessEnabled", True),
        review="" if review == _HEALTHY else review,
        quota=quota.most,
        sent=quota.sent,
        rate=quota.rate,
    )
