"""An import's entry in the ledger, as the bookkeeper reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from ..aws.dynamodb.outcomes import Item
from ..core.books import Books
from ..core.import_entries import (
    COUNTS,
    IMPORT_ID,
    OPEN,
    OPENINGS,
    PROGRESS_AT,
    PUBLISHED,
    REVISION,
    SETTLED_AT,
    SETTLEMENT,
    STUCK_SINCE,
    SUMS,
    WAITS_FOR,
    ImportStatus,
)
from .sums import Sums

_deserialize = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Entry:
    """The part "import"; `item` is as DynamoDB has it."""

    item: Item

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """All attributes."""
        return {name: _deserialize(value) for name, value in self.item.items()}

    @property
    def import_id(self) -> str:
        """The import."""
        return str(self.values[IMPORT_ID])

    @property
    def open(self) -> bool:
        """Whether anything of it may still change, or is to be published."""
        return OPEN in self.values

    @property
    def openings(self) -> int:
        """How often it was opened; whoever changes its books beneath the bookkeeper counts it."""
        return int(self.values.get(OPENINGS, 0))

    @property
    def settled(self) -> bool:
        """Whether its books are settled, and nobody has opened them since."""
        return SETTLED_AT in self.values

    @property
    def revision(self) -> int:
        """How often its books were settled."""
        return int(self.values.get(REVISION, 0))

    @property
    def unpublished(self) -> bool:
        """Whether a settlement is to be published: it may have been, or not, if it was opened meanwhile."""
        return self.settled or self.revision > self.values.get(PUBLISHED, 0)

    @property
    def settled_books(self) -> Books:
        """The counts as they were settled last."""
        return _books(self.values[SETTLEMENT])

    @property
    def settlement_at(self) -> str:
        """When they were."""
        return str(self.values[SETTLEMENT][SETTLED_AT])

    @property
    def read_to_the_end(self) -> bool:
        """Whether reading its file has ended."""
        return self.values.get("status") in (ImportStatus.DONE, ImportStatus.REJECTED)

    @property
    def chunks(self) -> int:
        """How many chunks it has; known once it was read."""
        return int(self.values.get("chunks", 0))

    @property
    def books(self) -> Books | None:
        """All counts as the bookkeeper saw them last."""
        return _books(self.values[COUNTS]) if COUNTS in self.values else None

    @property
    def sums(self) -> Sums:
        """What is summed already."""
        return Sums(**{name: int(n) for name, n in self.values.get(SUMS, {}).items()})

    @property
    def progress_at(self) -> str:
        """When its counts changed last; empty before anybody looked."""
        return str(self.values.get(PROGRESS_AT, ""))

    @property
    def stuck(self) -> bool:
        """Whether it was found to be stuck."""
        return STUCK_SINCE in self.values

    @property
    def waits_for(self) -> str:
        """What it was said to wait for; empty before anybody looked."""
        return str(self.values.get(WAITS_FOR, ""))


def _books(counts: Mapping[str, Any]) -> Books:
    return Books(**{name: int(counts[name]) for name in Books.__dataclass_fields__})
