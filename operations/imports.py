"""Imports as the import ledger knows them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from lambdas.core.books import Books
from lambdas.core.import_entries import ImportStatus
from lambdas.core.import_waits import waits_for
from lambdas.csvfile.findings import Findings

from .import_progress import Progress


class UploadStatus(StrEnum):
    """What an upload may be besides the ledger's own statuses, which are `ImportStatus`."""

    WAITING = "waiting"  # the ledger does not know of it yet
    FAILED = "failed"  # the function that reads it gave up


@dataclass(frozen=True)
class Import:
    """One uploaded file and what became of its rows.

    `file` is the path as given; `summary` and `rejects` are the reports' keys in the bucket, `started_at`
    is when its reading began; `uploaded_by` who uploaded it, as far as the event named anyone; `findings` are
    as much of what was found in it as the ledger has. Two that differ in their `progress` alone are equal:
    that changes while nothing moves, too.
    """

    file: str
    key: str
    id: str | None = None
    status: str = UploadStatus.WAITING
    reason: str | None = None
    summary: str | None = None
    rejects: str | None = None
    started_at: str | None = None
    uploaded_by: str | None = None
    books: Books = field(default_factory=Books)
    findings: Findings = field(default_factory=Findings)
    progress: Progress = field(default_factory=Progress, compare=False)

    @property
    def title(self) -> str:
        """Its key and its id, to be read."""
        return f"{self.key} (import {self.id})"

    @property
    def balanced(self) -> bool:
        """Whether it was read to its end and every row is accounted for: nothing is left to happen.

        What is settled is, even where no mails follow from what was created.
        """
        return self.settled or (self.read_to_the_end and self.books.balanced)

    @property
    def settled(self) -> bool:
        """Whether its books are settled, and nobody has opened them since."""
        return self.progress.settled_at is not None

    @property
    def waits_for(self) -> str:
        """What it waits for, in words; empty if that is nothing, or its reading was given up."""
        if self.balanced or self.status == UploadStatus.FAILED:
            return ""
        return waits_for(self.books, read_to_the_end=self.read_to_the_end, quota=self.progress.quota)

    @property
    def read_to_the_end(self) -> bool:
        """Whether reading its file has ended, other than by being given up."""
        return self.status in (ImportStatus.DONE, ImportStatus.REJECTED)

    @property
    def age(self) -> timedelta:
        """How long ago its reading began; no time, if that is not known."""
        begun = self.started_at
        return datetime.now(UTC) - datetime.fromisoformat(begun) if begun else timedelta()

    @property
    def ended(self) -> bool:
        """Whether its reading has ended; its rows may still be on their way."""
        return self.read_to_the_end or self.status == UploadStatus.FAILED

    @property
    def all_created(self) -> bool:
        """Whether only mails are to come: the rows' own books are closed, and none failed."""
        return (
            self.status == ImportStatus.DONE
            and self.books.written == self.books.accepted
            and not self.books.failed
        )

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "file": self.file,
            "key": self.key,
            "import": self.id,
            "status": self.status,
            "reason": self.reason,
            **asdict(self.books),
            "owed": self.books.owed,
            "summary": self.summary,
            "rejects": self.rejects,
            **self.findings.as_json(),
            "started_at": self.started_at,
            "uploaded_by": self.uploaded_by,
            "waits_for": self.waits_for or None,
            **self.progress.as_json(),
        }


@dataclass(frozen=True)
class GivenUp:
    """An upload that process_csv gave up, and why."""

    import_id: str
    key: str
    reason: str


def as_given_up(one: Import, given_up: GivenUp | None) -> Import:
    """Returns the import as failed, if it was given up and has not ended since."""
    if given_up is None or one.ended:
        return one
    return replace(one, id=given_up.import_id, status=UploadStatus.FAILED, reason=given_up.reason)


def total(imports: Iterable[Import]) -> Books:
    """Returns the books of several imports, added up."""
    return sum((one.books for one in imports), Books())


def succeeded(imports: Iterable[Import]) -> bool:
    """Returns whether no file was rejected as a whole, each row accounted for, and none failed or is held."""
    return all(
        one.status == ImportStatus.DONE and one.balanced and not one.books.failed and not one.books.held
        for one in imports
    )
