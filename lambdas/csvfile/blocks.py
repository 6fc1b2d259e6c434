"""What `read.py` makes of a file: blocks of rows, and the rows that cannot be read, each with its reason."""

from dataclasses import dataclass

from ..aws.limits import SQS_MESSAGE_BYTES

_AGAIN = "upload the file again (rows that were imported are not imported twice)"


@dataclass(frozen=True)
class Place:
    """A place between two rows: where its piece begins, how far on in it, and the next row's line."""

    piece: int = 0
    skip: int = 0
    line: int = 1


@dataclass(frozen=True)
class UnreadableRow:
    """A row that cannot be read: the line it begins on, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Block:
    """Rows that were read, and the line that each begins on (the file's first line is 1)."""

    lines: list[int]
    rows: list[list[str]]


def too_long(line: int, end: int) -> UnreadableRow:
    """Returns a row, from a line to its end, that outgrows what a message can carry."""
    reason = (
        f"the row, which ends on line {end}, is longer than the {SQS_MESSAGE_BYTES:,} bytes that a message"
        " can carry"
    )
    return UnreadableRow(line, reason)


def misquoted(line: int, end: int) -> UnreadableRow:
    """Returns a row whose quote ends on a line in the middle of a field."""
    reason = (
        f"a quote that opens in this row is closed on line {end} in the middle of a field, so lines {line} to"
        f" {end} were not read: close it where the field ends, write a quote inside of a field twice, and"
        f" {_AGAIN}"
    )
    return UnreadableRow(line, reason)


def unterminated(line: int, end: int) -> UnreadableRow:
    """Returns a row whose quote is open until the file's last line."""
    reason = (
        "a quote that opens in this row is never closed, so the rest of the file, lines"
        f" {line} to {end}, was not read: close it and {_AGAIN}"
    )
    return UnreadableRow(line, reason)
