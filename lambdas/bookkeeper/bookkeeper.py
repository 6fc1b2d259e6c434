"""A look at every import that is open: what was written is summed, and what balances is settled.

To settle takes three steps, any of which a crash may end and the next look repeats: the entry says so, which
happens once; the world hears of it; the import is closed. Whoever changes settled books opens them in the
ledger first, or with that, and counts it, by which the bookkeeper knows that what it read holds no more.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..aws.errors import is_put_off, kind_of
from ..core.clock import now
from .decision import Rules, Seen, changes_of, see
from .entry import Entry
from .open_imports import OpenImports
from .publisher import Publisher

# What a look at one import takes at most, so that the function's time does not end it.
LOOK_SECONDS = 60
# For how long looks begin: then comes the next run.
RUN_SECONDS = 60


@dataclass
class Looks:
    """What came of looking.

    Attributes:
        open: How many imports are open.
        stuck: How many of those are stuck that there was time to look at.
        settled: How many were settled.
        errors: What failed, by import.
    """

    open: int = 0
    stuck: int = 0
    settled: int = 0
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bookkeeper:
    """Looks at open imports.

    Attributes:
        imports: Where they stand.
        publisher: What publishes those that are settled.
        stuck_seconds: After how long without progress an import is stuck.
    """

    imports: OpenImports
    publisher: Publisher
    stuck_seconds: float

    def run(self, seconds_left: Callable[[], float]) -> Looks:
        """Look at each import that is open, while there is time; one that fails leaves the others alone.

        Args:
            seconds_left: How long the function may still run.
        """
        ids, looks = self.imports.ids(), Looks()
        if not ids:
            return looks
        rules = Rules(self.imports.mailed(), self.stuck_seconds)
        # Of more than there is time for, each run begins with others.
        start, ends = random.randrange(len(ids)), time.monotonic() + RUN_SECONDS
        for n, import_id in enumerate(ids[start:] + ids[:start]):
            if seconds_left() < LOOK_SECONDS or time.monotonic() > ends:
                looks.open += len(ids) - n
                break
            try:
                self._look(import_id, rules, looks)
            except Exception as error:
                looks.open += 1
                # A mail's receipt that is written just now puts a look off, and the next comes in a minute.
                if not is_put_off(error):
                    looks.errors[import_id] = kind_of(error)
        return looks

    def _look(self, import_id: str, rules: Rules, looks: Looks) -> None:
        entry = self.imports.entry(import_id)
        if entry is None or not entry.open:  # which the index does not know yet
            return
        if (left := self._published(entry)) is None:
            return
        seen = see(left, self.imports.items(left), now(), left.sums)
        if seen.balances(rules) and (settled := self._settle(left, seen, rules)):
            looks.settled += 1
            self._published(settled)
            return
        changes = changes_of(left, seen, rules, now())
        self.imports.note(left, changes)
        looks.open += 1
        looks.stuck += changes.stuck

    def _published(self, entry: Entry) -> Entry | None:
        """Publish what is to be published of an import; returns its entry if it is open after that."""
        found: Entry | None = entry
        while found and found.unpublished:
            self.publisher.publish(found, self.imports.summary(found.import_id))
            if self.imports.close(found):
                return None
            # What another settled meanwhile is published again, for this one's summary may have come later.
            found = self.imports.entry(found.import_id)
        return found

    def _settle(self, entry: Entry, seen: Seen, rules: Rules) -> Entry | None:
        """Settle books that seem to balance, if they do at one moment, and nobody opens them until then."""
        current, counters = self.imports.at_one_moment(entry.import_id)
        if (current.openings, current.settled) != (entry.openings, False):
            return None
        at_once = see(current, counters, now(), seen.sums)
        return self.imports.settle(entry, at_once.books, now()) if at_once.balances(rules) else None
