"""What became of imports that does not go on by itself: given up, lost, or without their mails."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lambdas.core.import_entries import ImportStatus

from .finding import Cause, Finding, Gravity
from .imports import Import
from .queues import QueueState
from .text import count

# A mail that has not ended and does not wait so long after its import began is on its way no more.
_MISSING = timedelta(hours=1)
_UPLOAD_AGAIN = (
    "upload the file again under its name: rows that are there are duplicates, and nobody is mailed twice"
)
_FAILURES = {
    "ingest_failure_queue": (("upload", "uploads"), "that could not be read", "ingest"),
    "dead_letter_queue": (("message", "messages"), "with rows that could not be written", "writer"),
    "notifier_failure_queue": (("batch", "batches"), "of the stream that Lambda gave up", "notifier"),
}
_NAMED = 5  # imports in a finding


def failure_findings(queues: Mapping[str, QueueState], option: str) -> Iterator[Finding]:
    """Yields what waits in the failure queues; `option` goes with every command."""
    for name, (nouns, what, step) in _FAILURES.items():
        if name in queues and (number := queues[name].messages):
            oldest = queues[name].oldest
            yield Finding(
                gravity=Gravity.NEEDS_PERSON,
                cause=Cause.GIVEN_UP,
                what=f"{count(number, *nouns)} {what}",
                command=f"rowrelay redrive {step} --dry-run{option}",
                since=None if oldest is None else datetime.now(UTC).timestamp() - oldest,
            )


def missing_mails(imports: Iterable[Import], waiting: Iterable[str | None], option: str) -> Iterator[Finding]:
    """Yields how many records have no mail on its way, an hour after their import began.

    Args:
        imports: The imports.
        waiting: The ids of those whose mails wait.
        option: What goes with every command.
    """
    ids = set(waiting)
    late = [one for one in imports if one.id not in ids and one.age > _MISSING and one.books.owed]
    if late:
        number = sum(one.books.owed for one in late)
        yield Finding(
            gravity=Gravity.NEEDS_PERSON,
            cause=Cause.LOST,
            what=f"{count(number, 'record')} without a mail, and none waits{_of(late)}",
            command=f"rowrelay reconcile{option}",
        )


def lost_rows(lost: Iterable[tuple[Import, int]]) -> Iterator[Finding]:
    """Yields the numbers of rows of imports that are neither written nor in a queue."""
    for one, rows in lost:
        are = f"{count(rows, 'row')} of {one.key} {'is' if rows == 1 else 'are'}"
        yield _lost(f"{are} neither written nor waiting (import {one.id})", one)


def lost_uploads(imports: Iterable[Import]) -> Iterator[Finding]:
    """Yields the uploads that nobody reads any more."""
    for one in imports:
        begun = "reading it was not finished" if one.status == ImportStatus.READING else "it was never read"
        yield _lost(f"{one.key}: {begun}, and nothing is at it any more", one)


def stuck_imports(imports: Iterable[Import], option: str) -> Iterator[Finding]:
    """Yields how many imports are stuck, as the bookkeeper says; `option` goes with every command."""
    found = (one for one in imports if one.progress.stuck_since and not one.balanced)
    stuck = sorted(found, key=lambda one: one.progress.since or "")
    if stuck:
        number = count(len(stuck), "import")
        since = stuck[0].progress.since
        yield Finding(
            gravity=Gravity.NEEDS_PERSON,
            cause=Cause.STUCK,
            what=f"{number} {'is' if len(stuck) == 1 else 'are'} stuck, without progress{_of(stuck)}",
            mend="see what it waits for, and the last error of each function",
            command=f"rowrelay status --import {stuck[0].id}{option}",
            since=datetime.fromisoformat(since).timestamp() if since else None,
        )


def _lost(what: str, one: Import) -> Finding:
    since = None if one.started_at is None else datetime.fromisoformat(one.started_at).timestamp()
    return Finding(gravity=Gravity.NEEDS_PERSON, cause=Cause.LOST, what=what, mend=_UPLOAD_AGAIN, since=since)


def _of(imports: Sequence[Import]) -> str:
    keys = ", ".join(one.key for one in imports[:_NAMED])
    return f" (of {keys}{', …' if len(imports) > _NAMED else ''})"
