"""The most rows that are read of a file."""

from collections.abc import Iterable, Iterator

from .blocks import Block, UnreadableRow, rest_unread
from .options import limit


class RowLimit:
    """Blocks of a file's rows up to the most that it may have, and then why no more; by iteration, once.

    `reached` tells whether it has more.

    Args:
        blocks: All blocks, without the header.
        max_rows: The most rows of the file.
        before: How many of its rows come before them.
    """

    def __init__(self, blocks: Iterable[Block | UnreadableRow], max_rows: int, *, before: int = 0) -> None:
        self.reached = False
        self._blocks = blocks
        self._max_rows = max_rows
        self._left = max_rows - before

    def __iter__(self) -> Iterator[Block | UnreadableRow]:
        for block in self._blocks:
            lines = _lines(block)
            if len(lines) > self._left:
                self.reached = True
                if isinstance(block, Block):
                    yield block.cut(slice(self._left))
                most = limit("max_rows", self._max_rows)
                why = f"the file has more rows than {most}: split it, or raise that"
                yield rest_unread(lines[self._left], why)
                return
            self._left -= len(lines)
            yield block


def _lines(block: Block | UnreadableRow) -> list[int]:
    """The lines of a block's rows."""
    if isinstance(block, Block):
        return block.lines
    return [] if block.rest else [block.line]
