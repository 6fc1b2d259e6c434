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
from typing import TYPE_CHECKING

from .blocks import Block, Place, UnreadableRow, misquoted, too_long, unterminated
from .decode import SourceError
from .row_end import RowEnd, line_ends
from .whole_lines import MAX_CSV_ROW_BYTES, RowTooLongError, WholeLines

if TYPE_CHECKING:
    import _csv

BLOCK_ROWS = 500
# Rows are held to MAX_CSV_ROW_BYTES and less than three pieces by `WholeLines`; csv's own limit (128 KB a
# field) must not come first.
csv.field_size_limit(4 * MAX_CSV_ROW_BYTES)
_BEGINNING = Place()
_LINE_END = re.compile(rb"\r\n|\r|\n")


class RowReader:
    """Reads the rows of UTF-8 text, the header among them.

    Args:
        pieces: The text as `decode.utf8_pieces` cuts it, from the piece of `place` on.
        delimiter: What separates the cells.
        place: Where to begin.
    """

    def __init__(self, pieces: Iterator[bytes], delimiter: str, *, place: Place = _BEGINNING) -> None:
        self._source = WholeLines(pieces, place)
        self._delimiter = delimiter
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
        if self._ended:
            return None
        unread = 0
        if self._start <= self._given:
            done = self._start - self._piece.start
            if done <= 0:
                return None
            ends = itertools.islice(_LINE_END.finditer(self._text), done - 1, None)
            unread = len(self._text) - next(ends).end()
        return self._source.place(unread, self._start)

    def __iter__(self) -> Iterator[Block | UnreadableRow]:
        """Blocks of rows in the file's order, without blank lines, and unreadable rows between them; once."""
        return self._all

    def _read(self) -> Iterator[Block | UnreadableRow]:
        try:
            while not self._ended:
                try:
                    yield from self._blocks()
                except RowTooLongError as error:
                    yield self._skip_row(in_quotes=error.in_quotes)
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
                problem = self._unterminated() if self._ended else misquoted(self._start, end)
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
        except (csv.Error, SourceError, RowTooLongError):
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
        in_quotes = self._start <= self._given
        began_earlier = self._start < self._piece.start
        self._open_bytes = self._open_bytes + len(self._text) if began_earlier else 0
        return self._source.next_lines(self._open_bytes, in_quotes=in_quotes)

    def _skip_row(self, *, in_quotes: bool) -> UnreadableRow:
        """Drop the rest of a row that is too long to hold, up to its end as csv would see it."""
        row = RowEnd(self._delimiter, in_quotes=in_quotes)
        self._given += self._source.drop(row)
        problem = self._unterminated() if row.in_quotes else too_long(self._start, self._given)
        self._start = self._given + 1
        return problem

    def _unterminated(self) -> UnreadableRow:
        return unterminated(self._start, self._given)


def _is_blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip())
