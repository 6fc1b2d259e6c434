"""What an operator decides of mails that are undeliverable or held: to send them after all, or not."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from lambdas.core.mail import texts_of
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.mail_gate import Sending
from lambdas.core.mail_ledger import CANCELLED, DECISIONS_AT_ONCE
from lambdas.core.mail_writes import Change

from .choices import Decision, Undecided, Which
from .errors import UsageError
from .mails import StackMails, name_of
from .records import Records
from .stack import Stack
from .survey import Staying, Survey, untold

# So that an entry stays below one kilobyte, by which DynamoDB bills it.
_LONGEST_REASON = 200
_SENT_AGAIN = "an operator sends it again"
_GONE = "its record is gone"


@dataclass(frozen=True, kw_only=True)
class MailDecisions:
    """One decision on some mails, as they stood when they were surveyed: who changed them since wins.

    Attributes:
        mails: The stack's.
        records: What they are of.
        decision: What is to become of them.
        state: The state that they are in.
        which: Which of those.
        because: The operator's own words; empty if there are none.
    """

    noun: ClassVar[str] = "mail"

    mails: StackMails
    records: Records
    decision: Decision
    state: MailState
    which: Which
    because: str = ""
    _seen: dict[str, Entry] = field(default_factory=dict, init=False)

    def survey(self, progress: Callable[[int], None] = untold) -> Survey:
        """Look at the mails; changes nothing.

        Args:
            progress: Called with the number that were looked at since the last call.
        """
        survey = Survey(self.noun)
        for entry in self._candidates():
            mail = entry.mail
            if entry.state == self.state and not entry.decided and self._fits(entry):
                self._seen[mail.mail_id] = entry
                survey.chosen[mail.mail_id] = name_of(mail)
                survey.reasons[entry.reason] += 1
            elif self.which.mail_id:
                survey.stay.append(Staying(mail.mail_id, name_of(mail), entry.reason, self._why_not(entry)))
            else:
                survey.others += 1
            progress(1)
        return survey

    def carry_out(self, survey: Survey, progress: Callable[[int], None]) -> None:
        """Decide on the mails that the survey chose.

        Args:
            survey: What `survey` returned; what comes of it is noted in there.
            progress: Called with the number that were dealt with since the last call.
        """
        entries, claim = list(self._seen.values()), uuid.uuid4().hex
        for start in range(0, len(entries), DECISIONS_AT_ONCE):
            batch = entries[start : start + DECISIONS_AT_ONCE]
            ready = self._prepare_to_send(batch, survey) if self.decision == Decision.RESEND else batch
            survey.done += len(self.mails.ledger.change([self._change(each, claim) for each in ready]))
            progress(len(batch))

    def _candidates(self) -> Iterable[Entry]:
        if self.which.mail_id is None:
            return self.mails.undecided(self.state)
        return self.mails.ledger.entries([self.which.mail_id]).values()

    def _fits(self, entry: Entry) -> bool:
        return self.which.fits(entry.mail.import_id, entry.reason)

    def _why_not(self, entry: Entry) -> str:
        """Returns why the only mail that is meant does not wait for this decision."""
        if entry.state == self.state:
            return f"it is {entry.state}, and something was decided of it already"
        return f"it is {entry.state}, not {self.state}"

    def _prepare_to_send(self, entries: Sequence[Entry], survey: Survey) -> list[Entry]:
        """Returns the mails that can be sent, with their columns; their imports are entered as owing some."""
        records = self.records.read([entry.mail.record_key for entry in entries])
        standing = self.mails.gate.read(entry.mail.import_id for entry in entries)
        ready: list[Entry] = []
        for entry, record in zip(entries, records, strict=True):
            mail = entry.mail
            cancelled = standing.sending.get(mail.import_id) == Sending.CANCELLED
            if why := CANCELLED if cancelled else "" if record else _GONE:
                survey.stay.append(Staying(mail.mail_id, name_of(mail), entry.reason, why))
            else:
                columns = texts_of(record, self.records.columns)
                ready.append(replace(entry, mail=replace(mail, columns=columns)))
        self.mails.gate.register((entry.mail.import_id for entry in ready), standing)
        return ready

    def _change(self, entry: Entry, claim: str) -> Change:
        match self.decision:
            case Decision.RESEND:
                return Change.of(entry, claim, MailState.OWED, self.because or _SENT_AGAIN)
            case Decision.LET_BE:
                reason = self.because or entry.reason
                return Change.of(entry, claim, MailState.UNDELIVERABLE, reason, decided=True)
            case Decision.COUNT_AS_MAILED:
                return Change.of(entry, claim, MailState.MAILED, self.because)


def decide(
    stack: Stack, decision: Decision, state: Undecided, which: Which, because: str | None
) -> MailDecisions:
    """Returns a decision on mails of a stack.

    Args:
        stack: Where they are.
        decision: What is to become of them.
        state: The state that they are in.
        which: Which of those.
        because: The operator's own words, which the ledger keeps; needed for mails that are held.

    Raises:
        UsageError: the words are missing, too long or name an address; or no mail has that id.
    """
    _check_words(state, because)
    mails = StackMails.of(stack)
    if which.mail_id and not mails.ledger.entries([which.mail_id]):
        raise UsageError(
            f"expected the whole id of a mail, got {which.mail_id}, which no mail has:"
            f" `rowrelay mails list --state {state}{stack.option}` has those that are {state}."
        )
    return MailDecisions(
        mails=mails,
        records=Records.of(stack),
        decision=decision,
        state=MailState(state),
        which=which,
        because=because or "",
    )


def _check_words(state: Undecided, because: str | None) -> None:
    if not because and state == Undecided.HELD:
        raise UsageError(
            "nobody knows whether a mail that is held left: expected how you know, as --because TEXT, which"
            " the ledger keeps as its reason, got nothing."
        )
    if because and "@" in because:
        raise UsageError(
            "--because: it must not hold an address, for the ledger keeps it when the record is long gone:"
            " expected words without an @, got one. Say it in other words."
        )
    if because and len(because) > _LONGEST_REASON:
        raise UsageError(
            f"--because: expected at most {_LONGEST_REASON} characters, got {len(because)}. Say it in fewer."
        )
