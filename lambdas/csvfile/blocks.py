"""What `read.py` makes of a file: blocks of rows, and the rows that cannot be read, each with its reason."""

from dataclasses import dataclass

from .options import limit

_AGAIN = "upload the file again (rows that were imported are not imported twice)"


@dataclass(frozen=True)
class Place:
    """A place between two rows: where its piece begins, how far on in it, and the next row's line."""

    piece: int = 0
    skip: int = 0
    line: int = 1


@dataclass(frozen=True)
class UnreadableRow:
    """A row that cannot be read.

    Attributes:
        line: The line it begins on.
        reason: Why it cannot be read.
        kind: The same, in words that all rows share which cannot be read for that reason.
        text: The row as it is in the file, or as much of it as was held; nothing if it was too long for that.
        rest: Whether it is no row, but stands for the rest of a file of which nothing was read.
    """

    line: int
    reason: str
    kind: str
    text: str = ""
    rest: bool = False


class Block:
    """Rows that were read, and the line that each begins on (the file's first line is 1).

    Args:
        lines: The lines.
        rows: The rows; not needed if there are `columns`.
        plain: Whether all of it is ASCII text: one look at a piece's bytes spares one at each cell.
        columns: The same by columns, if all are equally wide and none is blank.
    """

    def __init__(
        self,
        lines: list[int],
        rows: list[list[str]] | None = None,
        *,
        plain: bool = False,
        columns: list[list[str]] | None = None,
    ) -> None:
        self.lines = lines
        self.plain = plain
        self.columns = columns
        self._rows = rows

    @property
    def rows(self) -> list[list[str]]:
        """The rows, which are made of the columns where somebody asks for them."""
        if self._rows is None:
            self._rows = list(map(list, zip(*self.columns or (), strict=True)))
        return self._rows

    def cut(self, some: slice) -> "Block":
        """Returns some of them."""
        if self.columns is None:
            return Block(self.lines[some], self.rows[some], plain=self.plain)
        return Block(self.lines[some], plain=self.plain, columns=[column[some] for column in self.columns])


def too_long(line: int, end: int, max_row_bytes: int) -> UnreadableRow:
    """Returns a row, from a line to its end, that is longer than a row may be."""
    longer = f"longer than {limit('max_row_bytes', max_row_bytes)}"
    return UnreadableRow(line, f"the row, which ends on line {end}, is {longer}", f"the row is {longer}")


def misquoted(line: int, end: int, text: str) -> UnreadableRow:
    """Returns a row whose quote ends on a line in the middle of a field."""
    reason = (
        f"a quote that opens in this row is closed on line {end} in the middle of a field, so lines {line} to"
        f" {end} were not read: close it where the field ends, write a quote inside of a field twice, and"
        f" {_AGAIN}"
    )
    return UnreadableRow(line, reason, "a quote is closed in the middle of a field", text)


def unterminated(line: int, end: int, text: str) -> UnreadableRow:
    """Returns a row whose quote is open until the file's last line."""
    reason = (
        "a quote that opens in this row is never closed, so the rest of the file, lines"
        f" {line} to {end}, was not read: close it and {_AGAIN}"
    )
    return UnreadableRow(line, reason, "a quote is never closed", text)


def rest_unread(line: int, why: str) -> UnreadableRow:
    """Returns what stands for the rest of a file, from a line on, that is not read."""
    return UnreadableRow(line, f"{why}; nothing from this line on was read", why, rest=True)
