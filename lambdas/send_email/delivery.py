"""Delivering mails: claim, send, record, and set aside what SES refused, or what nobody knows of."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.limits import SES_BULK_DESTINATIONS, SQS_MAX_DELAY_SECONDS
from ..aws.sqs import Message, send
from ..core.mail import Mail
from ..core.mail_entries import Entry, MailState
from ..core.mail_ledger import MailLedger
from ..core.mail_writes import Change
from .ses_sender import OUT_OF_TIME, SesSender
from .verdicts import MailDeferred, MailRefused, MailSent, MailUnknown, Verdict

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
_TAKEN_OVER = "another invocation has taken this mail over"
_CRASHED = "the function ended between claiming and recording this mail: nobody knows whether it left"

_STATES: Mapping[type, MailState] = {
    MailRefused: MailState.UNDELIVERABLE,
    MailDeferred: MailState.DEFERRED,
    MailUnknown: MailState.HELD,
}


@dataclass(frozen=True)
class MailToRetry:
    """A mail that could not be sent now.

    Attributes:
        mail: The mail.
        wait: The seconds after which to try again.
        missing: What the deployment lacks, if that is why; otherwise empty.
    """

    mail: Mail
    wait: int
    missing: str = ""

    @classmethod
    def of(cls, mail: Mail, deferred: MailDeferred) -> "MailToRetry":
        """Returns a mail that SES puts off."""
        return cls(mail.with_reason(deferred.reason), deferred.wait, deferred.missing)

    def message(self) -> Message:
        """Returns the mail for the retry queue.

        Where something is missing it has no delay: the invocation that gets it from there fails, which the
        function's alarm notices.
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
        """Send what can be sent; returns the mails that are to be tried again."""
        distinct = list({mail.mail_id: mail for mail in mails}.values())
        closed: list[MailDeferred] = []  # why SES takes no mail at all, once it has said so

        def delivered(group: Sequence[Mail]) -> list[MailToRetry]:
            if seconds_left() < GROUP_SECONDS:
                closed.append(OUT_OF_TIME)
            if closed:
                return [MailToRetry.of(mail, closed[0]) for mail in group]
            return self._deliver(group, closed, seconds_left)

        with ThreadPoolExecutor(_GROUPS_AT_ONCE) as pool:
            return [each for group in pool.map(delivered, _groups(distinct)) for each in group]

    def give_up(self, mails: Sequence[Mail]) -> list[Mail]:
        """Set aside, as undeliverable, mails not to be tried again; returns those that now ended."""
        given_up: list[Mail] = []
        for group in _groups(mails):
            claim = uuid.uuid4().hex
            taken = self.ledger.claim(group, claim)
            claimed = [mail for mail in group if mail.mail_id not in taken]
            changes = [Change(mail, claim, MailState.UNDELIVERABLE, mail.reason) for mail in claimed]
            ended = self._record(changes)
            given_up += [mail for mail in claimed if mail.mail_id in ended]
        return given_up

    def _deliver(
        self, mails: Sequence[Mail], closed: list[MailDeferred], seconds_left: Callable[[], float]
    ) -> list[MailToRetry]:
        claim = uuid.uuid4().hex
        taken = self.ledger.claim(mails, claim, in_time=lambda: seconds_left() >= CLAIMING_SECONDS)
        claimed = [mail for mail in mails if mail.mail_id not in taken]
        verdicts = list(zip(claimed, self._send(claimed, seconds_left), strict=True)) if claimed else []
        closed += [verdict for _, verdict in verdicts if isinstance(verdict, MailDeferred) and verdict.others]
        others = [(mail, entry) for mail in mails if (entry := taken.get(mail.mail_id)) and entry.unfinished]
        changes = [_change(mail, claim, verdict) for mail, verdict in verdicts]
        changes += [
            _take_over(mail, claim, entry) for mail, entry in others if self._seconds_held(entry) <= 0
        ]
        ended = self._record(changes)
        to_retry: list[MailToRetry] = []
        for mail, verdict in verdicts:
            if isinstance(verdict, MailDeferred):
                to_retry.append(MailToRetry.of(mail, verdict))
            elif mail.mail_id not in ended:
                to_retry.append(MailToRetry(mail.with_reason(_TAKEN_OVER), self.function_timeout))
        to_retry += [self._of_another(mail, entry) for mail, entry in others if mail.mail_id not in ended]
        return to_retry

    def _send(self, mails: Sequence[Mail], seconds_left: Callable[[], float]) -> Sequence[Verdict]:
        return self.ses_sender.send(mails, lambda: seconds_left() >= SENDING_SECONDS)

    def _record(self, changes: Sequence[Change]) -> set[str]:
        """Record how mails ended, and set aside what was refused or is held.

        Returns:
            The ids of those that ended. A mail that another invocation has taken over is none of them: it is
            to be tried again until that one is done.
        """
        written = self.ledger.change(changes)
        apart = [change for change in written if change.state in (MailState.UNDELIVERABLE, MailState.HELD)]
        mails = [change.mail.with_reason(change.reason) for change in apart]
        send(self.sqs, self.failure_queue_url, [Message(mail.body(), mail.reason) for mail in mails])
        # Counted as ended only now, when they are there.
        queued = self.ledger.change([Change(c.mail, c.claim, c.state, c.reason, queued=True) for c in apart])
        return {c.mail.mail_id for c in [*written, *queued] if c.counts}

    def _of_another(self, mail: Mail, entry: Entry) -> MailToRetry:
        """Returns another invocation's mail to be tried again, for the other may be killed."""
        wait = int(max(0, self._seconds_held(entry))) + 1
        return MailToRetry(mail.with_reason("another invocation is sending this mail"), wait)

    def _seconds_held(self, entry: Entry) -> float:
        """Returns for how many seconds the claim's holder may still be running."""
        return entry.changed_at + self.function_timeout + _MARGIN_SECONDS - time.time()


def _groups(mails: Sequence[Mail]) -> Iterator[Sequence[Mail]]:
    for start in range(0, len(mails), SES_BULK_DESTINATIONS):
        yield mails[start : start + SES_BULK_DESTINATIONS]


def _take_over(mail: Mail, claim: str, entry: Entry) -> Change:
    """Returns the end of a mail that an invocation which was killed did not finish."""
    if entry.state == MailState.CLAIMED:
        return Change(mail, claim, MailState.HELD, _CRASHED, taken_from=entry)
    return Change(mail, claim, entry.state, entry.reason, taken_from=entry)


def _change(mail: Mail, claim: str, verdict: Verdict) -> Change:
    if isinstance(verdict, MailSent):
        return Change(mail, claim, MailState.MAILED, message_id=verdict.message_id)
    return Change(mail, claim, _STATES[type(verdict)], verdict.reason)
