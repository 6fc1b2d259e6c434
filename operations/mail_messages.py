"""The letters of the notifier's failure queue: mails that were refused or are held, and what is no mail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lambdas.aws.sqs import Message, send
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail, MailError, from_queue
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.mail_ledger import MailLedger
from lambdas.core.reserved_columns import RECORD_COLUMNS

from .failed_invocation import reason_of
from .mail_decisions import MailDecisions, is_done, is_held, may_be_sent_again
from .messages import Letter
from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_STREAM_BATCH = "DDBStreamBatchInfo"
_GIVEN_UP = "Lambda gave up a batch of the stream: `rowrelay reconcile` finds the records it had"


@dataclass(frozen=True)
class MailLetters:
    """What the commands on mails have in common.

    `seen` are the claims under which a command saw mails first ("": under none): what was decided of a mail
    is not done to it once it has been sent anew, by another letter of it or another command.
    """

    decisions: MailDecisions
    sqs: "SQSClient"
    retry_queue_url: str
    seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack) -> "MailLetters":
        """Those of a deployed stack."""
        dynamodb = stack.client("dynamodb")
        imports = ImportLedger(dynamodb, stack.outputs["import_ledger"])
        ledger = MailLedger(dynamodb, stack.outputs["mail_ledger"], imports)
        return cls(MailDecisions(ledger), stack.client("sqs"), stack.outputs["retry_queue_url"])

    def entry(self, letter: Letter) -> Entry | None:
        """What the mail ledger has of the letter's mail."""
        mail = mail_in(letter)
        entry = self.decisions.ledger.entries([mail.mail_id]).get(mail.mail_id) if mail else None
        if mail:
            self.seen.setdefault(mail.mail_id, entry.claim if entry else "")
        return entry

    def send(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Send the mails that may leave (reopened first); gives why some letters stay."""
        mails = [mail for letter in letters if (mail := mail_in(letter))]
        stay = self.decisions.reopen(mails, self.seen)
        entries = self.decisions.ledger.entries([mail.mail_id for mail in mails])
        again = [m for m in mails if m.mail_id not in stay and not is_done(entries.get(m.mail_id))]
        # Its patience begins anew, too.
        fresh = [replace(mail, since=None) for mail in again]
        send(self.sqs, self.retry_queue_url, [Message(mail.body()) for mail in fresh])
        return by_letter(letters, stay)


@dataclass(frozen=True)
class NotifierWork:
    """Sends mails again that were refused; those that are held need a decision of their own."""

    letters: MailLetters
    verb: str = "send again"

    def reason(self, letter: Letter) -> str:
        """What SES said of the mail."""
        return reason_of(letter)

    def name(self, letter: Letter) -> str:
        """The mail's id, import and line."""
        return name_of(letter)

    def concerns(self, letter: Letter) -> bool:
        """All but mails that are held, or dropped."""
        entry = self.letters.entry(letter)
        return mail_in(letter) is None or may_be_sent_again(entry) or is_done(entry)

    def refuses(self, letter: Letter) -> str | None:
        """What is no mail: Lambda's note of a batch, or a message from elsewhere."""
        if mail_in(letter):
            return None
        return _GIVEN_UP if _is_stream_batch(letter) else "it is no mail"

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Reopen the mails, and queue them."""
        return self.letters.send(letters)


@dataclass(frozen=True)
class HeldWork:
    """Sends or drops mails that are held: the operator knows, or decides, what nobody here does."""

    letters: MailLetters
    verb: str  # "resend" or "drop"
    mail_id: str | None = None

    def reason(self, letter: Letter) -> str:
        """Why it is held."""
        return reason_of(letter)

    def name(self, letter: Letter) -> str:
        """The mail's id, import and line."""
        return name_of(letter)

    def concerns(self, letter: Letter) -> bool:
        """Mails that are held, and those of which a command that was killed left the letter."""
        mail = mail_in(letter)
        if mail is None or self.mail_id not in (None, mail.mail_id):
            return False
        entry = self.letters.entry(letter)
        if entry is None:
            return False
        left_over = entry.dropped if self.verb == "drop" else entry.state == MailState.DEFERRED
        return is_held(entry) or left_over

    def refuses(self, letter: Letter) -> str | None:  # noqa: ARG002
        """Nothing."""
        return None

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Resend or drop."""
        if self.verb == "resend":
            return self.letters.send(letters)
        mails = [mail for letter in letters if (mail := mail_in(letter))]
        return by_letter(letters, self.letters.decisions.drop(mails, self.letters.seen))


def mail_in(letter: Letter) -> Mail | None:
    """The mail in a letter; none if it holds none."""
    try:
        return from_queue(letter.body)
    except MailError:
        return None


def name_of(letter: Letter) -> str:
    """What the letter is, on a line."""
    mail = mail_in(letter)
    if mail is None:
        return "a batch of the stream" if _is_stream_batch(letter) else "a message from elsewhere"
    return f"mail {mail.mail_id} of import {mail.import_id or '(none)'}, line {mail.line or '(none)'}"


def columns_of(mail: Mail) -> dict[str, str]:
    """Whom the mail is to, as the record has it."""
    return {name: value for name, value in mail.values().items() if name not in RECORD_COLUMNS}


def by_letter(letters: Sequence[Letter], stay: Mapping[str, str]) -> dict[str, str]:
    """Why letters stay, by message id, from why their mails do."""
    return {
        letter.message_id: stay[mail.mail_id]
        for letter in letters
        if (mail := mail_in(letter)) and mail.mail_id in stay
    }


def _is_stream_batch(letter: Letter) -> bool:
    try:
        document = json.loads(letter.body)
    except ValueError:
        return False
    return isinstance(document, dict) and _STREAM_BATCH in document
