"""One import whole: its counts, what it waits for, its mails, its reports, and what is to be done."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.mail_entries import MailState

from .equations import Equation, equations_of
from .finding import Cause, Finding, Gravity, Verdict, by_gravity, verdict_of
from .import_findings import stuck_imports
from .import_reader import ImportReader, find_named
from .imports import Import, UploadStatus, as_given_up
from .looking import Looking
from .mail_status import OwedMails, read_owed_mails, undecided_reasons
from .part_findings import unseen_findings
from .queue_states import QueueLooks, QueuesSeen
from .stack import Stack
from .text import count


@dataclass(frozen=True)
class ImportDetails:
    """One import whole.

    Attributes:
        one: The import.
        equations: Its counts.
        reports: The addresses of its reports, by what they are.
        owed: Its mails that are owed, and why they wait; None if there are none.
        undecided: Why mails wait for a decision, by state.
        findings: What is to be done.
    """

    one: Import
    equations: Sequence[Equation]
    reports: Mapping[str, str]
    owed: OwedMails | None
    undecided: Mapping[MailState, Counter[str]]
    findings: Sequence[Finding]

    @property
    def verdict(self) -> Verdict:
        """What the findings come to."""
        return verdict_of(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Returns what `--json` prints."""
        return {
            **self.one.as_json(),
            "equations": [each.as_json() for each in self.equations],
            "reports": dict(self.reports),
            "owed_mails": self.owed and self.owed.as_json(),
            "undecided": {state: dict(reasons.most_common()) for state, reasons in self.undecided.items()},
            "verdict": self.verdict.name.lower(),
            "findings": [each.as_json() for each in self.findings],
        }


def read_import(stack: Stack, name: str) -> ImportDetails:
    """Look at one import.

    Args:
        stack: Where to look.
        name: The import's id, or the key of an object that has one import.

    Raises:
        UsageError: there is no such import, or there are several.
    """
    with Looking() as looking:
        queues = QueueLooks(stack, looking).seen()
    one = _find(stack, name, queues)
    one = as_given_up(one, queues.given_up.get(one.id or ""))
    undecided = undecided_reasons(stack, one)
    bucket = stack.outputs["bucket"]
    reports = {"summary": one.summary, "rejects": one.rejects}
    findings = [*_findings(one, queues, undecided, stack.option), *unseen_findings(looking.not_seen)]
    return ImportDetails(
        one=one,
        equations=equations_of(one),
        reports={what: f"s3://{bucket}/{key}" for what, key in reports.items() if key},
        owed=read_owed_mails(stack, one),
        undecided=undecided,
        findings=by_gravity(findings),
    )


def _find(stack: Stack, name: str, queues: QueuesSeen) -> Import:
    """Returns the import; of one that was given up perhaps only the queue knows."""
    if given_up := queues.given_up.get(name):
        return ImportReader.of(stack).refresh(Import(given_up.key, given_up.key, name))
    one = find_named(stack, name)
    dead_lines = queues.dead_lines_of(one.id)
    return ImportReader.of(stack).refresh(one, dead_lines) if dead_lines else one


def _findings(
    one: Import, queues: QueuesSeen, undecided: Mapping[MailState, Counter[str]], option: str
) -> Iterator[Finding]:
    for finding in stuck_imports([one], option):
        yield replace(finding, mend="mend what the last errors name", command=None)  # which shows just this
    if one.status == UploadStatus.FAILED:
        yield _waiting(
            Cause.GIVEN_UP, "its file could not be read", f"rowrelay redrive ingest --dry-run{option}"
        )
    if rows := len(queues.dead_lines_of(one.id)):
        what = f"{count(rows, 'row')} of it in the dead-letter queue"
        yield _waiting(Cause.GIVEN_UP, what, f"rowrelay redrive writer --dry-run{option}")
    for state, reasons in undecided.items():
        if number := reasons.total():
            command = f"rowrelay mails list --state {state} --import {one.id}{option}"
            yield _waiting(Cause.DECISION, f"{count(number, 'mail')} {state}", command)


def _waiting(cause: Cause, what: str, command: str) -> Finding:
    return Finding(gravity=Gravity.NEEDS_PERSON, cause=cause, what=what, command=command)
