"""What SES's answers mean for a mail and for the door, and the table of its codes.

The verdicts differ in whether the mail may have left: only what certainly did not is sent again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import denied_action, is_set_up_code
from ..core.mail_gate import DoorKind

# The text of a throttling error that is no matter of the rate:
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
_DAILY_QUOTA = "daily message quota"
_ABORTED = "RequestAbortedException"
_UNVERIFIED = re.compile(r"identities failed the check in region [^:]*:(.*)", re.DOTALL)


@dataclass(frozen=True)
class MailSent:
    """SES took the mail."""

    message_id: str


@dataclass(frozen=True)
class MailRefused:
    """SES will never take this mail; `by_ses`: whether it was asked."""

    reason: str
    by_ses: bool = True


@dataclass(frozen=True)
class MailDeferred:
    """SES did not take the mail now; it may take it later.

    Attributes:
        reason: Why; it says nothing of the mail.
        door: Why SES takes no other mail either; None if it is this mail alone.
    """

    reason: str
    door: DoorKind | None = None


@dataclass(frozen=True)
class MailUnknown:
    """Nobody knows whether SES took the mail."""

    reason: str


Verdict = MailSent | MailRefused | MailDeferred | MailUnknown


class Meaning(Enum):
    """What a code means: `text` in words, and `door` for other mails (None: it is of this mail alone)."""

    def __init__(self, text: str, door: DoorKind | None) -> None:
        self.text = text
        self.door = door

    SENT = ("SES took it", None)
    THIS_MAIL = ("SES does not take this mail", None)  # never to be sent
    RECIPIENT = ("the account is in SES's sandbox, and the recipient is not verified", None)  # never
    THIS_MAIL_NOW = ("SES could not take this mail now", None)
    RATE = ("SES took no more mails a second", DoorKind.PACED)
    QUOTA = ("the account's daily quota is used up", DoorKind.QUOTA)
    ACCOUNT = (
        "sending is paused: look at the account's status in SES, and the configuration set's",
        DoorKind.PAUSED,
    )
    CONFIGURATION_SET = ("look at the configuration set", DoorKind.SET_UP)
    SENDER = ("verify the sender's identity", DoorKind.SET_UP)
    TEMPLATE = ("look at the mail's template", DoorKind.SET_UP)
    ROLE = ("look at the function's role", DoorKind.SET_UP)
    UNKNOWN = ("SES refused the call, for a reason that is not known here", DoorKind.SET_UP)


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
    "RequestEntityTooLargeException": Meaning.THIS_MAIL,
    "RequestTimeoutException": Meaning.THIS_MAIL_NOW,
    "RequestExpired": Meaning.THIS_MAIL_NOW,
    "ThrottlingException": Meaning.RATE,
    "Throttling": Meaning.RATE,
}


@dataclass(frozen=True)
class SesAnswers:
    """Reads SES's answers to mails of one sender."""

    sender: str

    def verdict_of_entry(self, result: Any) -> Verdict:
        """Returns what SES says of one mail."""
        status, text = result.get("Status", ""), result.get("Error", "")
        if MEANINGS.get(status) == Meaning.SENT:
            return MailSent(result.get("MessageId", ""))
        if status not in MEANINGS:  # SES took the call, and may have taken the mail
            return MailUnknown(f"{status}: its meaning is not known")
        return self._verdict(status, text)

    def verdict_of_error(self, error: ClientError) -> Verdict:
        """Returns what SES says of a call."""
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        # An answer of 5xx, or of a request that was aborted, may come after the mails left; anything else was
        # refused before.
        if code == _ABORTED or error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= 500:
            return MailUnknown(f"{code}: SES failed")
        return self._verdict(" ".join(filter(None, (code, denied_action(error)))), text, code)

    def _verdict(self, name: str, text: str, code: str = "") -> Verdict:
        """Returns the verdict, its reason without SES's text, which may quote an address or a value."""
        meaning = self._meaning(code or name, text)
        reason = f"{name}: {meaning.text}"
        if meaning in (Meaning.THIS_MAIL, Meaning.RECIPIENT):
            return MailRefused(reason)
        return MailDeferred(reason, meaning.door)

    def _meaning(self, code: str, text: str) -> Meaning:
        if is_set_up_code(code):
            return Meaning.ROLE
        meaning = MEANINGS.get(code, Meaning.UNKNOWN)
        if meaning == Meaning.RATE and _DAILY_QUOTA in text.lower():
            return Meaning.QUOTA
        if meaning == Meaning.THIS_MAIL and (failed := _UNVERIFIED.search(text)):
            return Meaning.SENDER if self._has_sender(failed[1]) else Meaning.RECIPIENT
        return meaning

    def _has_sender(self, identities: str) -> bool:
        """Whether it is the sender's identity that failed; in the sandbox it may be a recipient's.

        https://repost.aws/knowledge-center/ses-554-400-message-rejected-error
        """
        address = parseaddr(self.sender)[1].lower()
        ours = "|".join(map(re.escape, (address, address.rpartition("@")[2])))
        return re.search(rf"(?<![\w.@+-])(?:{ours})(?![\w.@-])", identities.lower()) is not None
