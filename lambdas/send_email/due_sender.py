"""Sending mails that are due: claim, send and record them, and see to what others have left."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..core.mail_entries import Entry, MailState
from ..core.mail_gate import DoorKind, Standing
from ..core.mail_ledger import owing_of
from .delivery import SENDING_SECONDS, Delivery, ToSend
from .pace import PacedSender
from .ses_sender import OUT_OF_TIME
from .verdicts import MailDeferred, MailRefused, MailSent, Verdict


class Sent(NamedTuple):
    """What came of a group.

    Attributes:
        mails: How many were handed to SES.
        takes_more: Whether SES may take more.
        answered: Whether SES said something of these mails that it would not of a shut account.
        not_to_send: The imports that an operator has paused or cancelled meanwhile.
    """

    mails: int
    takes_more: bool
    answered: bool
    not_to_send: frozenset[str | None]


@dataclass
class DueSender:
    """Sends mails that are due.

    Attributes:
        delivery: What mails are delivered by.
        seconds_left: How long the function may still run.
        oldest: Since when the oldest mail that was seen waits (Unix seconds).
    """

    delivery: Delivery
    seconds_left: Callable[[], float]
    oldest: float | None = field(init=False, default=None)
    _taken: list[int] = field(init=False, default_factory=list)

    @property
    def taken(self) -> int:
        """How many mails SES took."""
        return sum(self._taken)

    def send(self, mail_ids: Sequence[str], sender: PacedSender) -> Sent:
        """Send mails as far as they are owed."""
        claim, delivery = uuid.uuid4().hex, self.delivery
        entries = list(delivery.ledger.entries(mail_ids).values())
        standing = delivery.gate.read(entry.mail.import_id for entry in entries)
        if standing.door and standing.door.waits:
            return Sent(0, takes_more=False, answered=False, not_to_send=frozenset())
        self.note_oldest(entries)
        self.see_to_others(entries, claim, standing)
        ids = {entry.mail.import_id for entry in entries}
        not_to_send = frozenset(each for each in ids if standing.why_not(each))
        owed = [e for e in entries if e.state == MailState.OWED and e.mail.import_id not in not_to_send]
        claimed = self._claim(owed, claim, standing)
        if not claimed:
            return Sent(0, takes_more=True, answered=False, not_to_send=not_to_send)
        verdicts = sender.send([e.mail for e in claimed], lambda: self.seconds_left() >= SENDING_SECONDS)
        self._taken.append(sum(isinstance(verdict, MailSent) for verdict in verdicts))
        to_send = [ToSend(entry.mail, entry.owed_since, entry.due) for entry in claimed]
        kind = delivery.settle([*zip(to_send, verdicts, strict=True)], claim, standing, listed=True)
        takes_more, answered = kind in (None, DoorKind.PACED), any(map(_is_of_ses, verdicts))
        return Sent(len(claimed), takes_more, answered, not_to_send)

    def _claim(self, entries: Sequence[Entry], claim: str, standing: Standing) -> list[Entry]:
        try:
            return self.delivery.ledger.claim_owed(entries, claim)
        except Exception:
            # None of them has left; but if those that were claimed stayed so, nobody could know that.
            self.delivery.owe_claimed([(e.mail, owing_of(e)) for e in entries], claim, standing)
            raise

    def see_to_others(self, entries: Sequence[Entry], claim: str, standing: Standing) -> None:
        """End what a killed holder left, and take from the lists what a receipt names."""
        self.delivery.take_over([(entry.mail, entry) for entry in entries], claim, standing)
        left = [entry for entry in entries if entry.state == MailState.MAILED and entry.outbox]
        self.delivery.ledger.leave_lists((entry.mail, entry.claim) for entry in left)

    def note_oldest(self, entries: Iterable[Entry]) -> None:
        """Note how long mails wait."""
        waiting = [entry.owed_since for entry in entries if entry.state == MailState.OWED]
        self.oldest = min(filter(None, [self.oldest, *waiting]), default=None)


def _is_of_ses(verdict: Verdict) -> bool:
    """Whether SES itself said it of the mail, and took or refused that mail alone."""
    match verdict:
        case MailSent():
            return True
        case MailRefused(by_ses=by_ses):
            return by_ses
        case MailDeferred(door=door):
            return door is None and verdict is not OUT_OF_TIME
        case _:
            return False
