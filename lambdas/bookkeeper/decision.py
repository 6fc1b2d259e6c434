"""An open import's items in, what to write out; without clients."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..aws.dynamodb.outcomes import Item
from ..core.books import Books, books_of
from ..core.clock import seconds_between
from ..core.import_entries import (
    AT,
    COUNTS,
    ERROR_CLASS,
    ERROR_PARTS,
    IMPORT_PART,
    PART,
    PROGRESS_AT,
    QUOTA,
    STUCK_SINCE,
    SUMS,
    WAITS_FOR,
)
from .entry import Entry
from .sums import Sums

# That mails wait for a quota is noted every ten minutes while they do; clocks and rounds differ.
_QUOTA_SECONDS = 30 * 60


@dataclass(frozen=True)
class Rules:
    """How books are looked at.

    Attributes:
        mails: Whether rows that were created are mailed, so that those count, too.
        stuck_seconds: After how long without progress an import is stuck.
    """

    mails: bool
    stuck_seconds: float


@dataclass(frozen=True)
class Seen:
    """What an import's items say.

    Attributes:
        books: Its counts.
        sums: What need not be read again.
        rows_ended: Whether its file was read, and every row is accounted for.
        quota: Whether its mails are known to wait for SES's daily quota.
    """

    books: Books
    sums: Sums
    rows_ended: bool
    quota: bool = False

    def balances(self, rules: Rules) -> bool:
        """Whether the books may be settled."""
        return self.rows_ended and (not rules.mails or self.books.created == self.books.notified)


@dataclass
class Changes:
    """What is to be written to an import's entry."""

    sets: dict[str, Any] = field(default_factory=dict)
    removes: list[str] = field(default_factory=list)
    stuck: bool = False


def see(entry: Entry, items: Sequence[Item], now: str, summed: Sums) -> Seen:
    """Add up what an import's items say.

    Args:
        entry: Its entry, read before the items.
        items: All of its items behind the chunks that are summed, in order, read consistently.
        now: The time.
        summed: What is summed already.
    """
    rest = [item for item in items if item[PART]["S"] != IMPORT_PART]
    books = books_of([entry.item, *rest]) + summed.books
    ended = entry.read_to_the_end and books.read == books.accepted + books.rejected
    if ended and books.written == books.accepted:
        sums = Sums(entry.chunks, books.created, books.duplicates, books.failed)
        return Seen(books, sums, rows_ended=True, quota=_waits_for_quota(rest, now))
    return Seen(books, summed.advanced(rest), rows_ended=False)


def changes_of(entry: Entry, seen: Seen, rules: Rules, now: str) -> Changes:
    """Returns what to write of an import that stays open; nothing while nothing changes."""
    moved = seen.books != entry.books or not entry.progress_at
    quota = seen.quota and rules.mails
    idle = not moved and seconds_between(entry.progress_at, now) >= rules.stuck_seconds and not quota
    changes = Changes(stuck=idle)
    if moved:
        changes.sets |= {COUNTS: asdict(seen.books), PROGRESS_AT: now}
    if seen.sums != entry.sums:
        changes.sets[SUMS] = asdict(seen.sums)
    if (waits_for := _waits_for(entry, seen, quota)) != entry.waits_for:
        changes.sets[WAITS_FOR] = waits_for
    if idle and not entry.stuck:
        changes.sets[STUCK_SINCE] = now
    if entry.stuck and not idle:
        changes.removes.append(STUCK_SINCE)
    return changes


def _waits_for(entry: Entry, seen: Seen, quota: bool) -> str:
    books = seen.books
    if not entry.read_to_the_end:
        return "its file to be read to the end"
    if not seen.rows_ended:
        return f"rows to be written: {books.accepted - books.written:,}"
    return f"mails to leave: {books.owed:,}" + (", by SES's daily quota" if quota else "")


def _waits_for_quota(items: Sequence[Item], now: str) -> bool:
    """Whether a round said lately that mails wait for it."""
    return any(
        item[ERROR_CLASS]["S"] == QUOTA and seconds_between(item[AT]["S"], now) < _QUOTA_SECONDS
        for item in items
        if item[PART]["S"].startswith(ERROR_PARTS)
    )
