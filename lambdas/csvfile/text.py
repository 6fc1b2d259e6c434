"""What counts as text in a cell, and what of a cell is blank."""

import re
from collections.abc import Iterable, Sequence

from ..core.blanks import trimmed

# Control characters (Unicode's category Cc) but tab and line ends.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Bytes that are no UTF-8 decode to U+DC80 to U+DCFF ("surrogateescape").
_NO_UTF8 = re.compile("[\ud800-\udfff]")
_NO_TEXT = re.compile(f"[{_CONTROL.pattern[1:-1]}{_NO_UTF8.pattern[1:-1]}]")
_ASCII_TEXT = _CONTROL.sub("", bytes(range(0x80)).decode()).encode()


def is_text(value: str) -> bool:
    """Whether everything in it was text in the file."""
    return is_ascii_text(value.encode()) if value.isascii() else not _NO_TEXT.search(value)


def is_ascii_text(data: bytes) -> bool:
    """Whether all of it is ASCII and text; several times faster than any other way."""
    return not data.translate(None, _ASCII_TEXT)


def is_utf8(value: str) -> bool:
    """Whether all of its bytes in the file were UTF-8."""
    return value.isascii() or not _NO_UTF8.search(value)


def control_problem(value: str) -> str | None:
    """Returns which control character, but tabs and line ends, it has first; None if none."""
    found = _CONTROL.search(value)
    return f"U+{ord(found[0]):04X} is a control character, which is no text" if found else None


def all_trimmed(cells: Sequence[str]) -> list[str]:
    """Returns the cells, each trimmed."""
    return list(map(str.strip if "".join(cells).isascii() else trimmed, cells))


def is_blank(cells: Iterable[str]) -> bool:
    """Whether nothing is left of any of the cells when they are trimmed."""
    return not trimmed("".join(cells))


def shortened(value: str, characters: int) -> str:
    """Returns the value, or its first so many characters and an ellipsis."""
    return value if len(value) <= characters else value[:characters] + "…"


def printable(value: str) -> str:
    """Returns the value with U+FFFD for each byte that was no text."""
    return _NO_UTF8.sub("\ufffd", value)
