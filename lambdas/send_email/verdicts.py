"""What SES's answers mean for a mail, and the table of its codes.

The verdicts differ in whether the mail may have left: only what certainly did not is sent again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum, auto
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import is_set_up_code, kind_of
from ..core.retry_delays import FIRST_WAIT_SECONDS

# The sending rate recovers within a second; everything else takes longer.
RATE_SECONDS = 1
# The text of a throttling error that is no matter of the rate:
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
_DAILY_QUOTA = "daily message quota"
_UNVERIFIED = re.compile(r"identities failed the check in region [^:]*:(.*)", re.DOTALL)


@dataclass(frozen=True)
class MailSent:
    """SES took the mail."""

    message_id: str


@dataclass(frozen=True)
class MailRefused:
    """SES will never take this mail."""

    reason: str


@dataclass(frozen=True)
class MailDeferred:
    """SES did not take the mail now; it may take it later.

    Attributes:
        reason: SES's reason.
        wait: The seconds to wait.
        others: Whether SES takes no other mail either.
        missing: What the deployment lacks, without which SES never takes the mail; empty if nothing. It is
            logged, so it says nothing of the mail.
    """

    reason: str
    wait: int
    others: bool = True
    missing: str = ""


@dataclass(frozen=True)
class MailUnknown:
    """Nobody knows whether SES took the mail."""

    reason: str


Verdict = MailSent | MailRefused | MailDeferred | MailUnknown


class Meaning(Enum):
    """What a code means."""

    SENT = auto()
    THIS_MAIL = auto()  # never to be sent
    THIS_MAIL_NOW = auto()
    RATE = auto()
    QUOTA = auto()
    CONFIGURATION_SET = auto()  # and below: the deployment lacks something
    SENDER = auto()
    ACCOUNT = auto()
    TEMPLATE = auto()


MEANINGS: Mapping[str, Meaning] = {
    # Of a mail, by SES's model and its page, which differ:
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html
    "SUCCESS": Meaning.SENT,
    "MESSAGE_REJECTED": Meaning.THIS_MAIL,
    "INVALID_PARAMETER": Meaning.THIS_MAIL,
    "INVALID_PARAMETER_VALUE": Meaning.THIS_MAIL,
    "TRANSIENT_FAILURE": Meaning.THIS_MAIL_NOW,
    "FAILED": Meaning.THIS_MAIL_NOW,
    "ACCOUNT_THROTTLED": Meaning.RATE,
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": Meaning.QUOTA,
    "ACCOUNT_SENDING_PAUSED": Meaning.ACCOUNT,
    "ACCOUNT_SUSPENDED": Meaning.ACCOUNT,
    "CONFIGURATION_SET_DOES_NOT_EXIST": Meaning.CONFIGURATION_SET,
    "CONFIGURATION_SET_NOT_FOUND": Meaning.CONFIGURATION_SET,
    "CONFIGURATION_SET_SENDING_PAUSED": Meaning.CONFIGURATION_SET,
    "INVALID_SENDING_POOL_NAME": Meaning.CONFIGURATION_SET,
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": Meaning.SENDER,
    "TEMPLATE_DOES_NOT_EXIST": Meaning.TEMPLATE,
    "TEMPLATE_NOT_FOUND": Meaning.TEMPLATE,
    # Of a call: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
    "BadRequestException": Meaning.THIS_MAIL,
    "MessageRejected": Meaning.THIS_MAIL,
    "TooManyRequestsException": Meaning.RATE,
    "LimitExceededException": Meaning.QUOTA,
    "AccountSuspendedException": Meaning.ACCOUNT,
    "SendingPausedException": Meaning.ACCOUNT,
    "MailFromDomainNotVerifiedException": Meaning.SENDER,
    "NotFoundException": Meaning.CONFIGURATION_SET,  # of what the call names, nothing else is to be found
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
    "ValidationException": Meaning.THIS_MAIL,
    "ThrottlingException": Meaning.RATE,
    "Throttling": Meaning.RATE,
}


@dataclass(frozen=True)
class SesAnswers:
    """Reads SES's answers to mails of one sender through one configuration set."""

    sender: str
    configuration_set: str

    def verdict_of_entry(self, result: Any) -> Verdict:
        """Returns what SES says of one mail."""
        status, text = result.get("Status", ""), result.get("Error", "")
        if MEANINGS.get(status) == Meaning.SENT:
            return MailSent(result.get("MessageId", ""))
        if status not in MEANINGS:  # SES took the call, and may have taken the mail
            return MailUnknown(f"{status}: {text}")
        return self._verdict(status, text, status)

    def verdict_of_error(self, error: ClientError) -> Verdict:
        """Returns what SES says of a call."""
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        # An answer of 5xx may come after the mails left; anything else was refused before.
        if error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= 500:
            return MailUnknown(f"{code}: {text}")
        return self._verdict(code, text, kind_of(error))

    def _verdict(self, code: str, text: str, loggable: str) -> Verdict:
        reason, meaning = f"{code}: {text}", MEANINGS.get(code)
        if missing := self._missing(code, meaning, text):
            return MailDeferred(reason, FIRST_WAIT_SECONDS, missing=f"{loggable}: {missing}")
        if meaning == Meaning.THIS_MAIL:
            return MailRefused(reason)
        at_rate = meaning == Meaning.RATE and _DAILY_QUOTA not in text.lower()
        wait = RATE_SECONDS if at_rate else FIRST_WAIT_SECONDS
        return MailDeferred(reason, wait, others=meaning != Meaning.THIS_MAIL_NOW)

    def _missing(self, code: str, meaning: Meaning | None, text: str) -> str:
        if is_set_up_code(code):
            return "look at the function's role"
        if meaning == Meaning.CONFIGURATION_SET:
            return f"look at the configuration set {self.configuration_set}"
        if meaning == Meaning.SENDER or (meaning == Meaning.THIS_MAIL and self._is_unverified(text)):
            return f"verify the sender's identity: {self.sender}"
        if meaning == Meaning.ACCOUNT:
            return "look at the account's sending status in SES"
        return "look at the mail's template" if meaning == Meaning.TEMPLATE else ""

    def _is_unverified(self, text: str) -> bool:
        """Whether it is the sender's identity that failed; in the sandbox it may be a recipient's.

        https://repost.aws/knowledge-center/ses-554-400-message-rejected-error
        """
        match = _UNVERIFIED.search(text)
        address = parseaddr(self.sender)[1].lower()
        ours = "|".join(map(re.escape, (address, address.rpartition("@")[2])))
        return (
            match is not None
            and re.search(rf"(?<![\w.@+-])(?:{ours})(?![\w.@-])", match[1].lower()) is not None
        )
