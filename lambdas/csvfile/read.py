"""UTF-8 pieces to rows with their line numbers, in constant memory, losing no row to a bad neighbour.

The csv module does the parsing, in its strict mode. Around it: a row may not grow past what a message could
carry, and what csv would swallow or mangle in silence otherwise (a quote that is not closed, or closed by the
next row's) is an `UnreadableRow` with the line where it began.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.limits import SQS_MESSAGE_BYTES
from ..aws.rowrelay_error import RowrelayError
from .decode import SourceError
from .row_end import RowEnd, line_ends

if TYPE_CHECKING:
    import _csv

BLOCK_ROWS = 500
MAX_CSV_ROW_BYTES = SQS_MESSAGE_BYTES
# Rows are held to MAX_CSV_ROW_BYTES and less than three pieces by `_open_bytes`; csv's own limit (128 KB a
# field) must not come first.
csv.field_size_limit(4 * MAX_CSV_ROW_BYTES)


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


_BEGINNING = Place()
_LINE_END = re.compile(rb"\r\n|\r|\n")


class _RowTooLongError(RowrelayError):
    def __init__(self, *, in_quotes: bool) -> None:
        self.in_quotes = in_quotes


class RowReader:
    """Reads the rows of UTF-8 text, the header among them.

    Args:
        pieces: The text as `decode.utf8_pieces` cuts it, from the piece of `place` on.
        delimiter: What separates the cells.
        place: Where to begin.
    """

    def __init__(self, pieces: Iterator[bytes], delimiter: str, *, place: Place = _BEGINNING) -> None:
        self._pieces = pieces
        self._delimiter = delimiter
        self._skip = place.skip
        self._taken = range(place.piece, place.piece)  # where in the text the piece taken last is
        self._rest = b""  # bytes that were read and not yet given to csv
        self._given = place.line - 1  # lines given to csv so far
        self._start = place.line  # the line that the row being read begins on
        self._open_bytes = 0  # what of the row being read was given to csv, without the piece it begins in
        self._text = b""  # the lines given last
        self._piece = range(0)  # and their numbers
        self._ended = False
        self._all = self._read()

    @property
    def place(self) -> Place | None:
        """Where the rows end that were handed out so far.

        None where nothing was read yet or nothing is left to read, and at a few places from which the same
        pieces could not be cut.
        """
        if self._ended or not self._taken:
            return None
        unread = len(self._rest)
        if self._start <= self._given:
            done = self._start - self._piece.start
            if done <= 0:
                return None
            ends = itertools.islice(_LINE_END.finditer(self._text), done - 1, None)
            unread += len(self._text) - next(ends).end()
        at = self._taken.stop - unread
        if at < self._taken.start:
            return None
        piece = self._taken.start if unread else at
        return Place(piece, at - piece, self._start)

    def __iter__(self) -> Iterator[Block | UnreadableRow]:
        """Blocks of rows in the file's order, without blank lines, and unreadable rows between them; once."""
        return self._all

    def _read(self) -> Iterator[Block | UnreadableRow]:
        try:
            while not self._ended:
                try:
                    yield from self._blocks()
                except _RowTooLongError as too_long:
                    yield self._skip_row(in_quotes=too_long.in_quotes)
        except SourceError as error:
            self._ended = True
            yield UnreadableRow(self._start, f"{error}; nothing from this line on was read")

    def _blocks(self) -> Iterator[Block | UnreadableRow]:
        """The rows of the next piece, and of those after it until one ends with a row."""
        text = self._next_text()
        rows = self._all_at_once(text) if text else []
        return self._one_by_one(text) if rows is None else self._in_blocks(rows)

    def _all_at_once(self, text: str) -> list[list[str]] | None:
        """The piece's rows by csv's own loop, many times faster than ours; None unless each is a line."""
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return rows if len(rows) == len(self._piece) else None

    def _in_blocks(self, rows: list[list[str]]) -> Iterator[Block]:
        for start in range(0, len(rows), BLOCK_ROWS):
            some = rows[start : start + BLOCK_ROWS]
            lines = list(self._piece[start : start + BLOCK_ROWS])
            self._start = lines[-1] + 1
            if min(map(len, some)) < 2:
                kept = [n for n, row in enumerate(some) if not _is_blank(row)]
                some, lines = [some[n] for n in kept], [lines[n] for n in kept]
            yield Block(lines, some)

    def _one_by_one(self, text: str) -> Iterator[Block | UnreadableRow]:
        reader = csv.reader(self._lines(text), delimiter=self._delimiter, strict=True)
        before = self._piece.start - 1
        while True:
            try:
                yield from self._rows(reader, before)
                return
            except csv.Error:
                end = before + reader.line_num  # csv goes on after this line
                problem = self._unterminated() if self._ended else self._misquoted(end)
                self._start = end + 1
                yield problem

    def _rows(self, reader: "_csv.Reader", before: int) -> Iterator[Block]:
        lines: list[int] = []
        rows: list[list[str]] = []
        given = 0
        try:
            for row in reader:
                given = given or self._given
                if not _is_blank(row):
                    lines.append(self._start)
                    rows.append(row)
                self._start = before + reader.line_num + 1
                if len(rows) == BLOCK_ROWS or given != self._given:
                    given = self._given
                    yield Block(lines, rows)
                    lines, rows = [], []
        except (csv.Error, SourceError, _RowTooLongError):
            if rows:
                yield Block(lines, rows)
            raise
        yield Block(lines, rows)

    def _lines(self, text: str) -> Iterator[str]:
        """The lines of the piece, and of those after it as long as a row is open."""
        while text:
            yield from io.StringIO(text, newline="")
            if self._start > self._given:
                return
            text = self._next_text()

    def _next_text(self) -> str:
        """The next piece; nothing at the end."""
        piece = self._next_lines()
        if not piece:
            self._ended = True
            return ""
        before = self._given
        self._given += line_ends(piece) + (not piece.endswith((b"\r", b"\n")))
        self._piece, self._text = range(before + 1, self._given + 1), piece
        return piece.decode("utf-8", "surrogateescape")

    def _next_lines(self) -> bytes:
        """The next whole lines, about a piece of them; at the end whatever is left, and then nothing."""
        in_quotes = self._start <= self._given
        began_earlier = self._start < self._piece.start
        self._open_bytes = self._open_bytes + len(self._text) if began_earlier else 0
        if self._open_bytes > MAX_CSV_ROW_BYTES:
            raise _RowTooLongError(in_quotes=True)
        while True:
            end = max(self._rest.rfind(b"\n"), self._rest.rfind(b"\r")) + 1
            if end:
                break
            if len(self._rest) > MAX_CSV_ROW_BYTES:
                raise _RowTooLongError(in_quotes=in_quotes)
            more = self._take()
            if not more:
                end = len(self._rest)
                break
            self._rest += more
        lines, self._rest = self._rest[:end], self._rest[end:]
        return lines

    def _take(self) -> bytes:
        piece = next(self._pieces, b"")
        if piece:
            self._taken = range(self._taken.stop, self._taken.stop + len(piece))
        piece, self._skip = piece[self._skip :], 0
        return piece

    def _skip_row(self, *, in_quotes: bool) -> UnreadableRow:
        """Drop the rest of a row that is too long to hold, up to its end as csv would see it."""
        row = RowEnd(self._delimiter, in_quotes=in_quotes)
        line_ended = True
        while not row.found and (data := self._rest or self._take()):
            end = row.find(data)
            self._given += line_ends(data[:end])
            self._rest = data[end:]
            line_ended = data.endswith((b"\r", b"\n"), 0, end)
        self._given += not line_ended  # the file's last line need not have an end
        problem = self._unterminated() if row.in_quotes else self._too_long()
        self._start = self._given + 1
        return problem

    def _too_long(self) -> UnreadableRow:
        return UnreadableRow(
            self._start,
            f"the row, which ends on line {self._given}, is longer than the {MAX_CSV_ROW_BYTES:,} bytes that"
            " a message can carry",
        )

    def _misquoted(self, end: int) -> UnreadableRow:
        return UnreadableRow(
            self._start,
            f"a quote that opens in this row is closed on line {end} in the middle of a field, so lines"
            f" {self._start} to {end} were not read: close it where the field ends, write a quote inside of a"
            " field twice, and upload the file again (rows that were imported are not imported twice)",
        )

    def _unterminated(self) -> UnreadableRow:
        return UnreadableRow(
            self._start,
            "a quote that opens in this row is never closed, so the rest of the file, lines"
            f" {self._start} to {self._given}, was not read: close it and upload the file again"
            " (rows that were imported are not imported twice)",
        )


def _is_blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip())
