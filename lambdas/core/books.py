"""The books of an import: where every one of its rows ended."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from .import_entries import (
    CHUNK_PARTS,
    CREATED,
    DUPLICATES,
    FAILED,
    IMPORT_PART,
    MAIL_COUNTS,
    PART,
    ROW_COUNTS,
)


@dataclass(frozen=True)
class Books:
    """Numbers of rows; of one import, or of several added up."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    created: int = 0
    duplicates: int = 0
    failed: int = 0
    mailed: int = 0
    undeliverable: int = 0
    held: int = 0
    cancelled: int = 0

    @property
    def written(self) -> int:
        """Accepted rows whose writing has ended, one way or another."""
        return self.created + self.duplicates + self.failed

    @property
    def rows_ended(self) -> bool:
        """Whether every row that was read is accounted for, but for mails."""
        return self.read == self.accepted + self.rejected and self.accepted == self.written

    @property
    def notified(self) -> int:
        """Created rows whose mail has ended, one way or another."""
        return self.mailed + self.undeliverable + self.held + self.cancelled

    @property
    def owed(self) -> int:
        """Created rows whose mail waits."""
        return max(0, self.created - self.notified)

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for."""
        return self.rows_ended and self.created == self.notified

    def with_mails_of(self, other: "Books") -> "Books":
        """Returns these books with the other's mails."""
        return replace(self, **{name: getattr(other, name) for name in MAIL_COUNTS})

    def __add__(self, other: "Books") -> "Books":
        return Books(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def books_of(items: Iterable[Mapping[str, Any]], dead_lines: Set[int] = frozenset()) -> Books:
    """Add up an import's books.

    Args:
        items: All that the import ledger has of the import, as DynamoDB's API gives it.
        dead_lines: Lines of the import that wait in the dead-letter queue. SQS moves whole chunks there by
            itself, of which the ledger knows nothing: what it does not say was written has failed.
    """
    counts = dict.fromkeys(Books.__dataclass_fields__, 0)
    dead = set(map(str, dead_lines))
    for item in items:
        part = item[PART]["S"]
        if part.startswith(CHUNK_PARTS):
            created, duplicates = _lines(item, CREATED), _lines(item, DUPLICATES)
            counts[CREATED] += len(created)
            counts[DUPLICATES] += len(duplicates)
            counts[FAILED] += len({*_lines(item, FAILED)}.difference(created, duplicates, dead))
            dead.difference_update(created, duplicates)
        else:
            for name in ROW_COUNTS if part == IMPORT_PART else MAIL_COUNTS:
                counts[name] += int(item[name]["N"]) if name in item else 0
    counts[FAILED] += len(dead)
    return Books(**counts)


def _lines(item: Mapping[str, Any], name: str) -> list[str]:
    lines: list[str] = item[name]["NS"] if name in item else []
    return lines
