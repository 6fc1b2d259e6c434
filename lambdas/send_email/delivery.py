"""From mails that are owed to mails that have ended: claim, send, record, and set aside what was refused."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.limits import SES_BULK_DESTINATIONS, SQS_MAX_DELAY_SECONDS
from ..aws.sqs import Message, send
from ..core.mail import Mail
from ..core.mail_entries import Entry, MailState
from ..core.mail_ledger import MailLedger
from ..core.mail_writes import Change
from .ses_sender import SesSender
from .verdicts import MailDeferred, MailRefused, MailSent, Verdict

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# What is begun must end in time: a claim that the end of the function cuts off leaves fifty mails held. How
# these come about: tests/unit/lambdas/test_time_outs.py.
GROUP_SECONDS = 45  # claiming, sending and recording
SENDING_SECONDS = 40  # SES's answer, and recording it
CLAIMING_SECONDS = 25  # one step of claiming, and giving back what was claimed before
# Clocks differ, and a function is not ended to the second.
_MARGIN_SECONDS = 30
# While one waits for an answer, the other is being made ready; a crash leaves no more than these two held.
_GROUPS_AT_ONCE = 2
_OUT_OF_TIME = MailDeferred("the function ran out of time", 0)
_TAKEN_OVER = "another invocation has taken this mail over"
_CRASHED = "the function ended between claiming and recording this mail: nobody knows whether it left"


@dataclass(frozen=True)
class MailToRetry:
    """A mail that could not be sent now, and the seconds after which to try again.

    `missing`: what the deployment lacks, if that is why.
    """

    mail: Mail
    wait: int
    missing: str = ""

    @classmethod
    def of(cls, mail: Mail, later: MailDeferred) -> "MailToRetry":
        """A mail that SES puts off."""
        return cls(mail.because(later.reason), later.wait, later.missing)

    def message(self) -> Message:
        """The mail for the retry queue.

        Where something is missing it comes at once, for the invocation that gets it from there fails.
        """
        delay = 0 if self.missing else min(self.wait, SQS_MAX_DELAY_SECONDS)
        return Message(self.mail.body(), self.mail.reason, delay)


@dataclass(frozen=True)
class Delivery:
    """Delivers mails, each once, whatever happens to any invocation."""

    ses_sender: SesSender
    ledger: MailLedger
    sqs: "SQSClient"
    failure_queue_url: str
    function_timeout: int

    def deliver(self, mails: Sequence[Mail], seconds_left: Callable[[], float]) -> list[MailToRetry]:
        """Send what can be sent; gives the mails that are still owed."""
        distinct = list({mail.mail_id: mail for mail in mails}.values())
        closed: list[MailDeferred] = []  # why SES takes no mail at all, once it has said so

        def delivered(group: Sequence[Mail]) -> list[MailToRetry]:
            if seconds_left() < GROUP_SECONDS:
                closed.append(_OUT_OF_TIME)
            if closed:
                return [MailToRetry.of(mail, closed[0]) for mail in group]
            return self._deliver(group, closed, seconds_left)

        with ThreadPoolExecutor(_GROUPS_AT_ONCE) as pool:
            return [each for owed in pool.map(delivered, _groups(distinct)) for each in owed]

    def give_up(self, mails: Sequence[Mail]) -> list[Mail]:
        """Set aside, as undeliverable, mails not to be tried again; gives those that were ours to end."""
        given_up: list[Mail] = []
        for group in _groups(mails):
            claim = uuid.uuid4().hex
            taken = self.ledger.claim(group, claim)
            mine = [mail for mail in group if mail.mail_id not in taken]
            changes = [Change(mail, claim, MailState.UNDELIVERABLE, mail.reason) for mail in mine]
            ended = self._record(changes)
            given_up += [mail for mail in mine if mail.mail_id in ended]
        return given_up

    def _deliver(
        self, mails: Sequence[Mail], closed: list[MailDeferred], seconds_left: Callable[[], float]
    ) -> list[MailToRetry]:
        claim = uuid.uuid4().hex
        taken = self.ledger.claim(mails, claim, in_time=lambda: seconds_left() >= CLAIMING_SECONDS)
        mine = [mail for mail in mails if mail.mail_id not in taken]
        verdicts = list(zip(mine, self._send(mine, seconds_left), strict=True)) if mine else []
        closed += [verdict for _, verdict in verdicts if isinstance(verdict, MailDeferred) and verdict.others]
        stuck = [(mail, entry) for mail in mails if (entry := taken.get(mail.mail_id)) and entry.unfinished]
        changes = [_change(mail, claim, verdict) for mail, verdict in verdicts]
        changes += [_take_over(mail, claim, entry) for mail, entry in stuck if self._seconds_held(entry) <= 0]
        ended = self._record(changes)
        owed = [
            MailToRetry.of(mail, verdict) for mail, verdict in verdicts if isinstance(verdict, MailDeferred)
        ]
        owed += [
            MailToRetry(mail.because(_TAKEN_OVER), self.function_timeout)
            for mail, verdict in verdicts
            if not isinstance(verdict, MailDeferred) and mail.mail_id not in ended
        ]
        return owed + [self._busy(mail, entry) for mail, entry in stuck if mail.mail_id not in ended]

    def _send(self, mails: Sequence[Mail], seconds_left: Callable[[], float]) -> Sequence[Verdict]:
        if seconds_left() < SENDING_SECONDS:
            return [_OUT_OF_TIME] * len(mails)
        return self.ses_sender.send(mails)

    def _record(self, changes: Sequence[Change]) -> set[str]:
        """Record how mails ended, set aside what was refused or is held; gives the ids of those that ended.

        A mail that another invocation has taken over is none of them: it stays owed until that one is done.
        """
        written = self.ledger.change(changes)
        apart = [change for change in written if change.state in (MailState.UNDELIVERABLE, MailState.HELD)]
        letters = [change.mail.because(change.reason) for change in apart]
        send(self.sqs, self.failure_queue_url, [Message(mail.body(), mail.reason) for mail in letters])
        # Counted as ended only now, when the letter is there.
        queued = self.ledger.change([Change(c.mail, c.claim, c.state, c.reason, queued=True) for c in apart])
        return {c.mail.mail_id for c in [*written, *queued] if c.counts}

    def _busy(self, mail: Mail, entry: Entry) -> MailToRetry:
        """Another's mail: it stays owed, for the other may be killed, and its message be this one."""
        return MailToRetry(
            mail.because("another invocation is sending this mail"),
            int(max(0, self._seconds_held(entry))) + 1,
        )

    def _seconds_held(self, entry: Entry) -> float:
        """How long the claim's holder may still be running."""
        return entry.changed_at + self.function_timeout + _MARGIN_SECONDS - time.time()


def _groups(mails: Sequence[Mail]) -> Iterator[Sequence[Mail]]:
    for start in range(0, len(mails), SES_BULK_DESTINATIONS):
        yield mails[start : start + SES_BULK_DESTINATIONS]


def _take_over(mail: Mail, claim: str, entry: Entry) -> Change:
    """What an invocation that was killed did not finish: to be set aside now, by one invocation alone."""
    state, reason = (
        (MailState.HELD, _CRASHED) if entry.state == MailState.CLAIMED else (entry.state, entry.reason)
    )
    return Change(mail, claim, state, reason, over=entry)


def _change(mail: Mail, claim: str, verdict: Verdict) -> Change:
    if isinstance(verdict, MailSent):
        return Change(mail, claim, MailState.MAILED, message_id=verdict.message_id)
    state = (
        MailState.UNDELIVERABLE
        if isinstance(verdict, MailRefused)
        else MailState.DEFERRED
        if isinstance(verdict, MailDeferred)
        else MailState.HELD
    )
    return Change(mail, claim, state, verdict.reason)
