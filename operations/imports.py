"""An import as the command shows it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from lambdas.core.import_entries import ImportStatus

from .books import Books

# Besides the ledger's own statuses reading, done and rejected:
WAITING = "waiting"  # uploaded; the ledger does not know of it yet
FAILED = "failed"  # the function that reads it gave up


@dataclass(frozen=True)
class Import:
    """One uploaded file and what became of its rows.

    `file` is the path as given; `summary` and `rejects` are the reports' keys in the bucket, `started_at`
    is when its reading began.
    """

    file: str
    key: str
    id: str | None = None
    status: str = WAITING
    reason: str | None = None
    summary: str | None = None
    rejects: str | None = None
    started_at: str | None = None
    books: Books = field(default_factory=Books)

    @property
    def balanced(self) -> bool:
        """Whether it was read to its end and every row is accounted for: nothing is left to happen."""
        return self.status in (ImportStatus.DONE, ImportStatus.REJECTED) and self.books.balanced

    @property
    def ended(self) -> bool:
        """Whether its reading has ended; its rows may still be on their way."""
        return self.status in (ImportStatus.DONE, ImportStatus.REJECTED, FAILED)

    @property
    def all_created(self) -> bool:
        """Whether only mails are to come: the rows' own books are closed, and none failed."""
        return (
            self.status == ImportStatus.DONE
            and self.books.written == self.books.accepted
            and not self.books.failed
        )

    def as_json(self) -> dict[str, Any]:
        """The entry in the output of `--json`."""
        return {
            "file": self.file,
            "key": self.key,
            "import": self.id,
            "status": self.status,
            "reason": self.reason,
            **asdict(self.books),
            "summary": self.summary,
            "rejects": self.rejects,
            "started_at": self.started_at,
        }


def total(imports: Iterable[Import]) -> Books:
    """The books of several imports, added up."""
    return sum((one.books for one in imports), Books())


def succeeded(imports: Iterable[Import]) -> bool:
    """Whether every row is accounted for, and none failed or is held."""
    return all(one.balanced and not one.books.failed and not one.books.held for one in imports)
