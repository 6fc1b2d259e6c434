"""The messages of the notifier's failure queue: mails that were refused or are held, and what is no mail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lambdas.aws.sqs import Message, send
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail, MailError, from_queue
from lambdas.core.mail_entries import Entry
from lambdas.core.mail_ledger import MailLedger

from .mail_decisions import MailDecisions, is_done, may_be_sent_again
from .messages import QueueMessage
from .redrive import Resendable, Stuck
from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_STREAM_BATCH = "DDBStreamBatchInfo"
_GIVEN_UP = "Lambda gave up a batch of the stream: `rowrelay reconcile` finds the records it had"


@dataclass(frozen=True)
class MailMessages:
    """What the commands on mails have in common.

    `seen` are the claims under which a command saw mails first ("": under none): what was decided of a mail
    is not done to it once it has been sent anew, by another message of it or another command.
    """

    decisions: MailDecisions
    sqs: "SQSClient"
    retry_queue_url: str
    seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack) -> "MailMessages":
        """Returns those of a deployed stack."""
        dynamodb = stack.client("dynamodb")
        imports = ImportLedger(dynamodb, stack.outputs["import_ledger"])
        ledger = MailLedger(dynamodb, stack.outputs["mail_ledger"], imports)
        return cls(MailDecisions(ledger), stack.client("sqs"), stack.outputs["retry_queue_url"])

    def entry(self, mail: Mail) -> Entry | None:
        """Returns what the mail ledger has of the mail."""
        entry = self.decisions.ledger.entries([mail.mail_id]).get(mail.mail_id)
        self.seen.setdefault(mail.mail_id, entry.claim if entry else "")
        return entry

    def send(self, messages: Sequence[QueueMessage]) -> Mapping[str, str]:
        """Send the mails that may leave (reopened first); returns why some messages stay, by message id."""
        mails = [mail for message in messages if (mail := mail_in(message))]
        stay = self.decisions.reopen(mails, self.seen)
        entries = self.decisions.ledger.entries([mail.mail_id for mail in mails])
        again = [m for m in mails if m.mail_id not in stay and not is_done(entries.get(m.mail_id))]
        # The time after which it is given up begins anew, too.
        fresh = [replace(mail, since=None) for mail in again]
        send(self.sqs, self.retry_queue_url, [Message(mail.body()) for mail in fresh])
        return by_message(messages, stay)


@dataclass(frozen=True)
class RefusedMails:
    """Mails that were refused are sent again; those that are held need a decision of their own."""

    mails: MailMessages

    def classify(self, message: QueueMessage) -> Resendable | Stuck | None:
        """Returns what it is: a mail that is held, or was dropped, is another command's; no mail is stuck."""
        mail = mail_in(message)
        if mail is None:
            return _no_mail(message)
        entry = self.mails.entry(mail)
        return Resendable(name_of(mail)) if may_be_sent_again(entry) or is_done(entry) else None

    def resend(self, messages: Sequence[QueueMessage]) -> Mapping[str, str]:
        """Reopen the mails, and queue them."""
        return self.mails.send(messages)


def mail_in(message: QueueMessage) -> Mail | None:
    """Returns the mail in a message; None if it holds none."""
    try:
        return from_queue(message.body)
    except MailError:
        return None


def name_of(mail: Mail) -> str:
    """Returns what the mail is, on a line."""
    return f"mail {mail.mail_id} of import {mail.import_id or '(none)'}, line {mail.line or '(none)'}"


def by_message(messages: Sequence[QueueMessage], stay: Mapping[str, str]) -> dict[str, str]:
    """Returns why messages stay, by message id, from why their mails do."""
    return {
        message.message_id: stay[mail.mail_id]
        for message in messages
        if (mail := mail_in(message)) and mail.mail_id in stay
    }


def _no_mail(message: QueueMessage) -> Stuck:
    try:
        document = json.loads(message.body)
    except ValueError:
        document = None
    if isinstance(document, dict) and _STREAM_BATCH in document:
        return Stuck("a batch of the stream", _GIVEN_UP)
    return Stuck("a message from elsewhere", "it is no mail")
