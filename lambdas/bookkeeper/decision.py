"""An open import's items in, what to write out; without clients."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..aws.dynamodb.outcomes import Item
from ..core.books import Books, books_of
from ..core.clock import seconds_between
from ..core.import_entries import COUNTS, IMPORT_PART, PART, PROGRESS_AT, STUCK_SINCE, SUMS, WAITS_FOR
from ..core.import_waits import waits_for, waits_for_quota
from .entry import Entry
from .sums import Sums


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


def see(entry: Entry, items: Iterable[Item], now: str, summed: Sums) -> Seen:
    """Add up what an import's items say, without keeping them: those of ten million rows take a gigabyte.

    Args:
        entry: Its entry, read before the items.
        items: All of its items behind the chunks that are summed, in order, read consistently.
        now: The time.
        summed: What is summed already.
    """
    books, sums, quota = books_of([entry.item]) + summed.books, summed, False
    for item in items:
        if item[PART]["S"] != IMPORT_PART:
            books += books_of([item])
            sums = sums.advanced(item)
            quota = quota or waits_for_quota([item], now)
    if entry.read_to_the_end and books.rows_ended:
        sums = Sums(entry.chunks, books.created, books.duplicates, books.failed)
        return Seen(books, sums, rows_ended=True, quota=quota)
    return Seen(books, sums, rows_ended=False)


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
    waiting = waits_for(seen.books, read_to_the_end=entry.read_to_the_end, quota=quota)
    if waiting != entry.waits_for:
        changes.sets[WAITS_FOR] = waiting
    if idle and not entry.stuck:
        changes.sets[STUCK_SINCE] = now
    if entry.stuck and not idle:
        changes.removes.append(STUCK_SINCE)
    return changes
