"""Rows of a file whose key a row before them has: only one of them becomes a record.

Chunks are written side by side, so which one that is is not known when the rows are in different chunks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

# So that memory stays bounded: rows, and characters of their keys.
SEARCHED_ROWS, SEARCHED_CHARACTERS = 50_000, 2_500_000
SHOWN_LINES = 100


@dataclass(frozen=True)
class RepeatedKeys:
    """What a search came to.

    Attributes:
        rows: How many rows have the key of a row before them.
        lines: Of the first of them, each with the first line that has its key.
        looked_at: How many accepted rows, the file's first, were searched.
    """

    rows: int = 0
    lines: list[list[int]] = field(default_factory=list)
    looked_at: int = 0


class KeySearch:
    """Searches the first rows of a file, in C loops as long as no key repeats, in bounded memory.

    It ends with the first invocation that reads the file: a continuation is given what that found.
    """

    def __init__(self, found: RepeatedKeys | None = None) -> None:
        self._found = found
        self._lines: list[Sequence[int]] = []  # of each block
        self._keys: list[str] = []
        self._characters = 0

    @property
    def found(self) -> RepeatedKeys:
        """What it has come to."""
        return self._found or self._search()

    def add(self, lines: Sequence[int], keys: Sequence[str]) -> None:
        """Take accepted rows, in the file's order: their lines, and their keys as JSON."""
        if self._found or not lines:
            return
        room = SEARCHED_ROWS - len(self._keys)
        all_between = range(lines[0], lines[-1] + 1)
        self._lines.append((all_between if len(all_between) == len(lines) else lines)[:room])
        self._keys += keys[:room]
        self._characters += sum(map(len, keys))
        if len(self._keys) == SEARCHED_ROWS or self._characters > SEARCHED_CHARACTERS:
            self._found = self._search()
            self._lines, self._keys = [], []

    def _search(self) -> RepeatedKeys:
        looked_at = len(self._keys)
        rows = looked_at - len(set(self._keys))
        lines = list(islice(self._pairs(), SHOWN_LINES)) if rows else []
        return RepeatedKeys(rows, lines, looked_at)

    def _pairs(self) -> Iterator[list[int]]:
        first: dict[str, int] = {}
        for line, key in zip(chain.from_iterable(self._lines), self._keys, strict=True):
            if (before := first.setdefault(key, line)) != line:
                yield [line, before]
