"""Delivering mails at once: claim, send, record; what cannot be sent now is owed, and a round sends it."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..aws.limits import SES_BULK_DESTINATIONS
from ..core.mail import Mail
from ..core.mail_entries import Entry, MailState
from ..core.mail_gate import DoorKind, MailGate, Standing
from ..core.mail_ledger import MailLedger
from ..core.mail_writes import Change, Owing
from ..core.retry_delays import wait_after
from .ses_sender import OUT_OF_TIME, SesSender
from .verdicts import MailDeferred, MailRefused, MailSent, MailUnknown, Verdict

# What is begun must end in time: a claim that the end of the function cuts off leaves fifty mails held. How
# these come about: tests/unit/lambdas/test_time_outs.py.
GROUP_SECONDS = 100  # claiming, sending and recording
SENDING_SECONDS = 95  # SES's answer, recording it, and owing what did not leave
CLAIMING_SECONDS = 60  # one step of claiming, and giving back what was claimed before
# Clocks differ, and a function is not ended to the second.
_MARGIN_SECONDS = 30
# While one waits for an answer, the other is being made ready; a crash leaves no more than these two held.
GROUPS_AT_ONCE = 2
# So many answers in a row after which nobody knows what left, and sending stops for a while.
_MOST_UNANSWERED = 3
_NOT_CLAIMED = "not all mails could be claimed"
_CRASHED = "the function ended between claiming and recording this mail: nobody knows whether it left"
_UNANSWERED = "SES did not answer several times in a row"


@dataclass(frozen=True)
class ToSend:
    """A mail that is about to be sent.

    Attributes:
        mail: The mail.
        since: When it was put off first (Unix seconds), or now.
        due: From when on it is in its list (Unix seconds).
    """

    mail: Mail
    since: float
    due: float

    def owing(self, deferred: MailDeferred) -> Owing:
        """Returns how it is owed that SES puts off: it waits for the door alone, or for a while by itself.

        So it does, too, where something is missing that may be missing to this mail alone: a round looks by
        one mail whether that is mended, and the next time it shall be another.
        """
        by_door = deferred is OUT_OF_TIME or deferred.door not in (None, DoorKind.SET_UP)
        due = self.due if by_door else time.time() + wait_after(time.time() - self.since)
        return Owing(deferred.reason, due, self.since)


@dataclass
class Delivery:
    """Delivers mails, each once, whatever happens to any invocation."""

    ses_sender: SesSender
    ledger: MailLedger
    gate: MailGate
    claim_seconds: float  # the longest that a function which claims mails may run
    _unanswered: int = field(init=False, default=0)

    def deliver(self, mails: Sequence[Mail], seconds_left: Callable[[], float]) -> None:
        """Send what can be sent at once; the rest is owed."""
        distinct = list({mail.mail_id: mail for mail in mails}.values())

        def deliver(group: Sequence[Mail]) -> None:
            self._deliver(group, seconds_left)

        with ThreadPoolExecutor(GROUPS_AT_ONCE) as pool:
            list(pool.map(deliver, groups(distinct)))

    def settle(
        self, sent: Sequence[tuple[ToSend, Verdict]], claim: str, standing: Standing, *, listed: bool
    ) -> DoorKind | None:
        """Record what became of mails that were claimed.

        Args:
            sent: The mails, with what SES said of each.
            claim: Their claim.
            standing: How the door stood; by the verdicts it may be shut.
            listed: Whether they stand in lists of the index, to be taken out of there.

        Returns:
            Why SES takes no other mails either, if that is what it said.
        """
        changes = [_change(each.mail, claim, verdict) for each, verdict in sent]
        ends = [change for change in changes if change]
        owed = [(each, verdict) for each, verdict in sent if isinstance(verdict, MailDeferred)]
        try:
            self.ledger.record(ends)
            if listed:
                self.ledger.leave_lists((c.mail, claim) for c in ends if c.state == MailState.MAILED)
            return self._shut([verdict for _, verdict in sent], standing)
        finally:  # whatever fails: nobody else could know that these did not leave
            self.owe_claimed([(each.mail, each.owing(verdict)) for each, verdict in owed], claim, standing)

    def owe_claimed(self, mails: Sequence[tuple[Mail, Owing]], claim: str, standing: Standing) -> None:
        """Let claimed mails wait that did not leave."""
        self.gate.register((mail.import_id for mail, _ in mails), standing)
        self.ledger.owe_claimed(mails, claim)

    def take_over(self, others: Iterable[tuple[Mail, Entry]], claim: str, standing: Standing) -> None:
        """See to it that mails which others have claimed come to an end, though those be killed."""
        claimed = [(mail, entry) for mail, entry in others if entry.state == MailState.CLAIMED]
        over = [(mail, entry) for mail, entry in claimed if self._ends_at(entry) <= time.time()]
        self.ledger.change(
            [Change(mail, entry.state, entry.claim, claim, MailState.HELD, _CRASHED) for mail, entry in over]
        )
        not_over = [each for each in claimed if each not in over and not each[1].outbox]
        if not_over:
            self.gate.register((mail.import_id for mail, _ in not_over), standing)
            self.ledger.look_again([(mail, entry, self._ends_at(entry)) for mail, entry in not_over])

    def _deliver(self, mails: Sequence[Mail], seconds_left: Callable[[], float]) -> None:
        standing = self.gate.read(mail.import_id for mail in mails)
        hurried = OUT_OF_TIME.reason if seconds_left() < GROUP_SECONDS else ""
        why_not = {mail.mail_id: hurried or standing.why_not_at_once(mail.import_id) for mail in mails}
        claim = uuid.uuid4().hex
        later = {mail.mail_id: mail for mail in mails if why_not[mail.mail_id]}
        others = self._owe(later, why_not, claim, standing)
        others |= self._send([m for m in mails if m.mail_id not in later], claim, standing, seconds_left)
        by_id = {mail.mail_id: mail for mail in mails}
        self.take_over([(by_id[mail_id], entry) for mail_id, entry in others.items()], claim, standing)

    def _owe(
        self, mails: Mapping[str, Mail], reasons: Mapping[str, str], claim: str, standing: Standing
    ) -> dict[str, Entry]:
        """Enter mails as owed; returns the entries of those that are in the ledger already."""
        self.gate.register((mail.import_id for mail in mails.values()), standing)
        now = time.time()
        others: dict[str, Entry] = {}
        for reason in dict.fromkeys(reasons[mail_id] for mail_id in mails):
            some = [mail for mail_id, mail in mails.items() if reasons[mail_id] == reason]
            others |= self.ledger.owe(some, claim, Owing(reason, now, now))
        return others

    def _send(
        self, mails: Sequence[Mail], claim: str, standing: Standing, seconds_left: Callable[[], float]
    ) -> dict[str, Entry]:
        """Send mails; returns the entries of those that others have claimed or ended."""
        if not mails:
            return {}
        now = time.time()
        try:
            others = self.ledger.claim(mails, claim, in_time=lambda: seconds_left() >= CLAIMING_SECONDS)
        except Exception:
            # None of them has left; but if those that were claimed stayed so, nobody could know that.
            owing = Owing(_NOT_CLAIMED, now, now)
            self.owe_claimed([(mail, owing) for mail in mails], claim, standing)
            raise
        claimed = [mail for mail in mails if mail.mail_id not in others]
        if claimed:
            verdicts = self.ses_sender.send(claimed, lambda: seconds_left() >= SENDING_SECONDS)
            to_send = [ToSend(mail, now, now) for mail in claimed]
            self.settle([*zip(to_send, verdicts, strict=True)], claim, standing, listed=False)
        return others

    def _shut(self, verdicts: Sequence[Verdict], standing: Standing) -> DoorKind | None:
        """Note why SES takes nothing from the account, or that it does not answer; returns it."""
        answered = not any(isinstance(verdict, MailUnknown) for verdict in verdicts)
        self._unanswered = 0 if answered else self._unanswered + 1
        said = {v.door: v.reason for v in verdicts if isinstance(v, MailDeferred) and v.door}
        looked = standing.door is not None and standing.door.shut
        if self._unanswered >= _MOST_UNANSWERED or (looked and not answered):
            said[DoorKind.NO_ANSWER] = _UNANSWERED
        if not said:
            return None
        # What lasts longer counts.
        kind = max(said, key=lambda each: each != DoorKind.PACED)
        if standing.door is None or kind != DoorKind.PACED:
            self.gate.shut(kind, said[kind], standing.door)
        return kind

    def _ends_at(self, entry: Entry) -> float:
        """Returns when the claim's holder certainly runs no more (Unix seconds)."""
        return entry.changed_at + self.claim_seconds + _MARGIN_SECONDS


def groups(mails: Sequence[Mail]) -> Iterator[Sequence[Mail]]:
    """Yields the mails by as many as one call to SES takes."""
    for start in range(0, len(mails), SES_BULK_DESTINATIONS):
        yield mails[start : start + SES_BULK_DESTINATIONS]


def _change(mail: Mail, claim: str, verdict: Verdict) -> Change | None:
    """Returns how a claimed mail ended; None if it did not."""
    known = (mail, MailState.CLAIMED, claim, claim)
    match verdict:
        case MailSent(message_id):
            return Change(*known, MailState.MAILED, message_id=message_id)
        case MailRefused(reason):
            return Change(*known, MailState.UNDELIVERABLE, reason)
        case MailUnknown(reason):
            return Change(*known, MailState.HELD, reason)
        case MailDeferred():
            return None
