"""An operator's hand on the mails of an import, or of all: pause, resume, cancel."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from lambdas.core.mail_gate import Sending
from lambdas.core.mail_ledger import CANCELLED, CHANGES_AT_ONCE

from .errors import OperationError
from .imports import Import
from .mails import StackMails
from .stack import Stack


def pause(stack: Stack, one: Import | None) -> None:
    """Let no more mails of an import leave, or of any (None); what is on its way still does.

    Raises:
        OperationError: its mails were cancelled.
    """
    _set(stack, one, Sending.PAUSED)


def resume(stack: Stack, one: Import | None) -> list[str]:
    """Take a pause back: of an import, or that of all (None); imports that are paused by themselves stay so.

    The latter has the next round look whether SES takes mails again, too, with one mail.

    Returns:
        Those that stay so, of the imports that owe mails.

    Raises:
        OperationError: its mails were cancelled.
    """
    _set(stack, one, None)
    if one:
        return []
    mails = StackMails.of(stack)
    standing = mails.gate.read(each.import_id for each in mails.outbox.imports())
    if standing.door and standing.door.shut:
        mails.gate.look_now(standing.door)
    return [each for each, sending in standing.sending.items() if each and sending == Sending.PAUSED]


@dataclass(frozen=True)
class Cancelling:
    """Ends the mails that an import owes, and those that it will; this cannot be taken back."""

    mails: StackMails
    one: Import

    def carry_out(self, progress: Callable[[int], None]) -> int:
        """Cancel the mails; what is on its way still leaves, and what comes to be owed a round cancels.

        Args:
            progress: Called with the number that ended since the last call.

        Returns:
            How many ended.
        """
        import_id, claim, done = str(self.one.id), uuid.uuid4().hex, 0
        self.mails.gate.set_sending(import_id, Sending.CANCELLED)
        owed = self.mails.owed(import_id)
        while some := list(islice(owed, CHANGES_AT_ONCE)):
            ended = len(self.mails.ledger.cancel(some, claim, CANCELLED))
            done += ended
            progress(ended)
        return done


def _set(stack: Stack, one: Import | None, sending: Sending | None) -> None:
    gate = StackMails.of(stack).gate
    if one is None:
        gate.set_all_paused(paused=sending == Sending.PAUSED)
    elif not gate.set_sending(str(one.id), sending):
        raise OperationError(
            f"The mails of {one.title} were cancelled, which cannot be taken back: expected an import"
            " whose mails are sent or paused. What has left before stays so; the rest is not sent."
        )
