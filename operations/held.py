"""Mails of which nobody knows whether they left: shown, sent after all, or dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.core.mail import Mail
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.reserved_columns import RECORD_COLUMNS

from .choices import Decision
from .errors import UsageError
from .failed_invocation import reason_of
from .mail_decisions import is_held
from .mail_messages import MailMessages, by_message, mail_in, name_of
from .messages import QueueMessage, received
from .redrive import Redrive, Resendable
from .stack import Stack

_QUEUE_URL = "notifier_failure_queue_url"


@dataclass(frozen=True)
class HeldMail:
    """A mail that is held, and why."""

    mail: Mail
    reason: str

    @property
    def recipient(self) -> dict[str, str]:
        """Whom the mail is to, as the record has it."""
        return {name: value for name, value in self.mail.values().items() if name not in RECORD_COLUMNS}

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "mail": self.mail.mail_id,
            "import": self.mail.import_id,
            "line": self.mail.line,
            "reason": self.reason,
            "record": self.recipient,
        }


@dataclass(frozen=True)
class HeldMails:
    """Mails that are held are sent or dropped: the operator knows, or decides, what nobody here does.

    Attributes:
        mails: What the commands on mails have in common.
        decision: What is to become of them.
        mail_id: The only one; by default all.
    """

    mails: MailMessages
    decision: Decision
    mail_id: str | None = None

    def classify(self, message: QueueMessage) -> Resendable | None:
        """Returns whether it is of a mail that is held, or was left by a command that was killed."""
        mail = mail_in(message)
        if mail is None or self.mail_id not in (None, mail.mail_id):
            return None
        entry = self.mails.entry(mail)
        return Resendable(name_of(mail)) if is_held(entry) or self._left_over(entry) else None

    def resend(self, messages: Sequence[QueueMessage]) -> Mapping[str, str]:
        """Resend the mails, or drop them."""
        if self.decision == Decision.RESEND:
            return self.mails.send(messages)
        mails = [mail for message in messages if (mail := mail_in(message))]
        return by_message(messages, self.mails.decisions.drop(mails, self.mails.seen))

    def _left_over(self, entry: Entry | None) -> bool:
        if entry is None:
            return False
        return entry.dropped if self.decision == Decision.DROP else entry.state == MailState.DEFERRED


def held_mails(stack: Stack) -> list[HeldMail]:
    """Returns the mails that are held, each once."""
    queue = HeldMails(MailMessages.of(stack), Decision.DROP)
    held: dict[str, HeldMail] = {}
    with received(stack.client("sqs"), stack.outputs[_QUEUE_URL]) as messages:
        for batch in messages.batches():
            for message in batch:
                mail = mail_in(message)
                if mail and queue.classify(message):
                    held[mail.mail_id] = HeldMail(mail, reason_of(message))
    return list(held.values())


def decision_on(stack: Stack, decision: Decision, mail_id: str | None) -> Redrive:
    """Returns what resends or drops mails that are held.

    Args:
        stack: Where they are.
        decision: What is to become of them.
        mail_id: The mail's id; None for all that are held.

    Raises:
        UsageError: the mail ledger has no mail of this id.
    """
    mails = MailMessages.of(stack)
    if mail_id and mail_id not in mails.decisions.ledger.entries([mail_id]):
        raise UsageError(
            f"expected the whole id of a mail, got {mail_id}, which no mail has:"
            f" rowrelay held list{stack.option} has those that are held"
        )
    queue = HeldMails(mails, decision, mail_id)
    return Redrive(sqs=stack.client("sqs"), queue_url=stack.outputs[_QUEUE_URL], queue=queue)
