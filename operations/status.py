"""A stack as it is now: its parts, its imports, its mails that wait, its queues, and what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .alarm_findings import alarm_findings
from .finding import Finding, Verdict, by_gravity, verdict_of
from .functions import FunctionKey
from .health import Health, HealthLooks
from .import_findings import failure_findings, lost_rows, lost_uploads, missing_mails, stuck_imports
from .import_list import ImportList, read_imports
from .imports import Import
from .looking import Looking
from .mail_findings import mail_findings
from .mail_status import MailStatus, read_mail_status
from .on_their_way import nobody_reads, unread, unwritten, waiting_for
from .part_findings import part_findings
from .queue_states import QUEUE, QueueLooks, QueuesSeen
from .queues import QueueState
from .stack import Stack
from .unread_uploads import unread_uploads


@dataclass(frozen=True)
class Status:
    """A stack as it is now.

    Attributes:
        stack: The stack.
        health: Its parts.
        imports: Its imports; None if they could not be looked at.
        mails: Its mails that wait; None if they could not be looked at.
        queues: Its queues that could be looked at, by the name of the stack's output less `_url`.
        findings: What is wrong, or worth knowing, the worst first.
    """

    stack: Stack
    health: Health
    imports: ImportList | None
    mails: MailStatus | None
    queues: Mapping[str, QueueState]
    findings: Sequence[Finding]

    @property
    def verdict(self) -> Verdict:
        """What the findings come to."""
        return verdict_of(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Returns what `--json` prints."""
        account = self.health.account
        return {
            "stack": self.stack.name,
            "verdict": self.verdict.name.lower(),
            "findings": [each.as_json() for each in self.findings],
            **(self.imports or ImportList()).as_json(),
            "mails": self.mails and self.mails.as_json(),
            "queues": [queue.as_json() for queue in self.queues.values()],
            "account": account and account.as_json(),
        }


@dataclass(frozen=True)
class Seen:
    """What was seen of a stack's imports, mails and queues; what could not be looked at is None or empty.

    Attributes:
        queues: The queues.
        imports: All imports.
        mails: The mails that wait.
        unread: What process_csv is to read, or to read on.
        unwritten: The imports with rows that are neither written nor in a queue, and how many.
    """

    queues: QueuesSeen
    imports: ImportList | None = None
    mails: MailStatus | None = None
    unread: Sequence[Import] = ()
    unwritten: Sequence[tuple[Import, int]] = ()


def read_status(stack: Stack, limit: int) -> Status:
    """Look at the parts, meanwhile at the queues, then the imports: a row that moves on is not seen twice.

    Args:
        stack: Where to look.
        limit: How many imports to show, newest first, besides those that are not settled.
    """
    with Looking() as looking:
        parts, queue_looks = HealthLooks(stack, looking), QueueLooks(stack, looking)
        seen = _see(stack, looking, queue_looks.seen(), limit)
        health = parts.health()
    findings = by_gravity(_findings(health, seen, stack.option))
    return Status(stack, health, seen.imports, seen.mails, seen.queues.states, findings)


def _see(stack: Stack, looking: Looking, queues: QueuesSeen, limit: int) -> Seen:
    imports = looking.at("the imports", lambda: read_imports(stack, queues, limit)).seen
    if imports is None:
        return Seen(queues)
    mails = looking.at("the mails that wait", lambda: read_mail_status(stack, imports.shown))
    uploads = looking.at("the uploads", lambda: list(unread_uploads(stack, imports.imports)))
    rows = looking.at("the rows on their way", lambda: unwritten(stack, imports, queues))
    return Seen(queues, imports, mails.seen, unread(uploads.seen or (), imports, queues), rows.seen or ())


def _findings(health: Health, seen: Seen, option: str) -> Iterator[Finding]:
    """Yields all that is wrong; `option` goes with every command."""
    imports = seen.imports or ImportList()
    waiting = waiting_for(seen.unread, seen.queues, imports, seen.mails)
    yield from part_findings(health, waiting, option)
    yield from failure_findings(seen.queues.states, option)
    if mails := seen.mails:
        rounds = health.functions.get(FunctionKey.MAIL_ROUND)
        yield from mail_findings(mails, health.account, rounds.outcome if rounds else None, option)
        if QUEUE in seen.queues.states and not seen.queues.states[QUEUE].messages:
            owing = [one.import_id for one in mails.imports]
            yield from missing_mails(imports.imports, owing, option)
    yield from lost_rows(seen.unwritten)
    yield from lost_uploads(nobody_reads(seen.unread, health.functions.get(FunctionKey.PROCESS_CSV)))
    yield from stuck_imports(imports.imports, option)
    yield from alarm_findings(health.alarms, health.unread_topics)
