"""Sums of an import's first chunks, which are not read again: what they hold is final."""

from dataclasses import dataclass

from ..aws.dynamodb.outcomes import Item
from ..core.books import Books
from ..core.import_entries import CREATED, DUPLICATES, FAILED, PART, ROWS, chunk_part


@dataclass(frozen=True)
class Sums:
    """The lines of the chunks 1 to `to` by how they ended.

    A line that failed may end otherwise, so a chunk with such lines is summed only together with all others,
    when no row is left to be written; whoever changes it then discards the sums.
    """

    to: int = 0
    created: int = 0
    duplicates: int = 0
    failed: int = 0

    @property
    def books(self) -> Books:
        """The same as books."""
        return Books(created=self.created, duplicates=self.duplicates, failed=self.failed)

    @property
    def next_part(self) -> str:
        """The first part that is to be read."""
        return chunk_part(self.to + 1)

    def advanced(self, item: Item) -> "Sums":
        """Returns the sums with one more chunk: the one that follows, if this item is it and is final."""
        created, duplicates = _lines(item, CREATED), _lines(item, DUPLICATES)
        if item[PART]["S"] != self.next_part or not _is_final(item, created + duplicates):
            return self
        return Sums(self.to + 1, self.created + created, self.duplicates + duplicates)


def _lines(chunk: Item, name: str) -> int:
    return len(chunk[name]["NS"]) if name in chunk else 0


def _is_final(chunk: Item, ended: int) -> bool:
    return ROWS in chunk and FAILED not in chunk and ended >= int(chunk[ROWS]["N"])
