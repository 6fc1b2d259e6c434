"""Rows of nothing but delimiters and blanks: they are blank lines, and no rows."""

from operator import itemgetter

from ..core.blanks import trimmed
from .blocks import Block
from .text import control_problem, is_blank

_FIRST = itemgetter(0)


def without_blank_rows(lines: list[int], rows: list[list[str]], *, plain: bool = False) -> Block:
    """Returns those of some rows, which are plain or not, that are not blank, and their lines."""
    if _none_is_blank(rows, plain=plain):
        return Block(lines, rows, plain=plain)
    kept = [n for n, row in enumerate(rows) if not is_blank(row) or control_problem("".join(row))]
    return Block([lines[n] for n in kept], [rows[n] for n in kept], plain=plain)


def _none_is_blank(rows: list[list[str]], *, plain: bool) -> bool:
    """Whether no row is, for certain, by loops in C: each has something in its first cell."""
    if not all(rows):
        return False
    cells = map(_FIRST, rows)
    # What str.strip leaves of ASCII is no blank.
    return all(map(str.strip, cells) if plain else map(trimmed, cells))
