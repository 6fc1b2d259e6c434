"""All imports of a stack, and which of them to show."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from lambdas.core.books import Books

from .import_reader import ImportReader
from .imports import Import, as_given_up, total
from .queue_states import QueuesSeen
from .stack import Stack


@dataclass(frozen=True)
class ImportList:
    """All imports of a stack, newest first; `limit` is how many to show besides the unsettled ones."""

    imports: Sequence[Import] = ()
    limit: int = 0

    @cached_property
    def shown(self) -> Sequence[Import]:
        """Those that are not settled, whatever their age, and the newest."""
        return [one for n, one in enumerate(self.imports) if n < self.limit or not one.balanced]

    @cached_property
    def total(self) -> Books:
        """The books of all of them."""
        return total(self.imports)

    def as_json(self) -> dict[str, Any]:
        """Returns the entries in the output of `--json`."""
        return {
            "imports": [one.as_json() for one in self.shown],
            "total": {"imports": len(self.imports), **asdict(self.total), "owed": self.total.owed},
        }


def read_imports(stack: Stack, queues: QueuesSeen, limit: int) -> ImportList:
    """Returns all imports in the ledger, after those that were given up and are not in there.

    Args:
        stack: Where to look.
        queues: What the queues say.
        limit: How many to show, newest first.
    """
    known = ImportReader.of(stack).all(queues.dead_lines)
    ids = {one.id for one in known}
    given_up = queues.given_up
    unknown = [Import(one.key, one.key, i) for i, one in given_up.items() if i not in ids]
    found = [as_given_up(one, given_up.get(one.id or "")) for one in (*unknown, *known)]
    return ImportList(found, limit)
