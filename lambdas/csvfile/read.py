"""UTF-8 pieces to rows with their line numbers, in constant memory, losing no row to a bad neighbour.

The csv module does the parsing, in its strict mode. Around it: a row may not grow past what a message could
carry, and what csv would swallow or mangle in silence otherwise (a quote that is not closed, or closed by the
next row's) is an `UnreadableRow` with the line where it began.
"""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .blank_rows import without_blank_rows
from .blanks_by_quotes import without_blanks_by_quotes
from .blocks import Block, Place, UnreadableRow, misquoted, rest_unread, too_long, unterminated
from .decode import SourceError
from .multibyte import LineDecoder
from .open_row import OpenRow
from .options import DEFAULT_OPTIONS, MAX_ROW_BYTES, ReadOptions
from .plain_columns import plain_columns
from .row_end import RowEnd, line_ends, size_of_lines
from .text import is_ascii_text
from .whole_lines import RowTooLongError, WholeLines

if TYPE_CHECKING:
    import _csv

BLOCK_ROWS = 500
# `WholeLines` holds rows to MAX_ROW_BYTES and less than three pieces; csv's own limit (128 KB a field) must
# not come first.
csv.field_size_limit(4 * MAX_ROW_BYTES)
_BEGINNING = Place()
_UTF8 = LineDecoder()


class RowReader:
    """Reads the rows of UTF-8 text, the header among them.

    Args:
        pieces: The text as `decode.utf8_pieces` cuts it, from the piece of `place` on.
        delimiter: What separates the cells.
        place: Where to begin.
        options: How the file is read; its `max_row_bytes` is at most MAX_ROW_BYTES.
        decode: What decodes its lines.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        delimiter: str,
        *,
        place: Place = _BEGINNING,
        options: ReadOptions = DEFAULT_OPTIONS,
        decode: LineDecoder = _UTF8,
    ) -> None:
        self.order = decode.order
        self._source = WholeLines(pieces, place, options.max_row_bytes)
        self._delimiter = delimiter
        self._options = options
        self._decode = decode
        self._given = place.line - 1  # lines given to csv so far
        self._start = place.line  # the line that the row being read begins on
        self._open_bytes = 0  # what of the row being read was given to csv, without the piece it begins in
        self._open_row = OpenRow(options.max_row_bytes, decode)
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
            unread = len(self._text) - size_of_lines(self._text, done)
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
            yield rest_unread(self._start, str(error))

    def _blocks(self) -> Iterator[Block | UnreadableRow]:
        """The rows of the next piece, and of those after it until one ends with a row."""
        text = self._next_text()
        block = self._all_at_once(text) if text else Block([], [])
        return self._in_blocks(block) if block else self._one_by_one(text)

    def _all_at_once(self, text: str) -> Block | None:
        """The piece's rows by loops in C, many times faster than ours; None unless each is a line."""
        if len(self._text) > self._options.max_row_bytes < max(map(len, self._text.splitlines())):
            return None
        lines, plain = list(self._piece), is_ascii_text(self._text)
        if plain and (columns := plain_columns(text, self._delimiter)):
            return Block(lines, plain=True, columns=columns)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return Block(lines, rows, plain=plain) if len(rows) == len(lines) else None

    def _in_blocks(self, block: Block) -> Iterator[Block]:
        for start in range(0, len(block.lines), BLOCK_ROWS):
            some = block.cut(slice(start, start + BLOCK_ROWS))
            self._start = some.lines[-1] + 1
            yield some if some.columns else without_blank_rows(some.lines, some.rows, plain=some.plain)

    def _one_by_one(self, text: str) -> Iterator[Block | UnreadableRow]:
        reader = csv.reader(self._lines(text), delimiter=self._delimiter, strict=True)
        before = self._piece.start - 1
        while True:
            try:
                yield from self._rows(reader, before)
                return
            except csv.Error:
                problem = self._problem(before + reader.line_num)  # csv goes on after this line
                self._start = before + reader.line_num + 1
                self._open_row.end()
                yield problem

    def _problem(self, end: int) -> UnreadableRow:
        """The row that csv stopped in, up to a line."""
        if self._ended:
            return unterminated(self._start, self._given, self._open_row.text)
        if self._open_row.is_too_long:
            return too_long(self._start, end, self._options.max_row_bytes)
        return misquoted(self._start, end, self._open_row.text)

    def _rows(self, reader: "_csv.Reader", before: int) -> Iterator[Block]:
        lines: list[int] = []
        rows: list[list[str]] = []
        given = 0
        try:
            for row in reader:
                if self._open_row.is_too_long:
                    raise csv.Error
                given = given or self._given
                lines.append(self._start)
                rows.append(row)
                self._start = before + reader.line_num + 1
                self._open_row.end()
                if len(rows) == BLOCK_ROWS or given != self._given:
                    given = self._given
                    yield without_blank_rows(lines, rows)
                    lines, rows = [], []
        except (csv.Error, SourceError, RowTooLongError):
            if rows:
                yield without_blank_rows(lines, rows)
            raise
        yield without_blank_rows(lines, rows)

    def _lines(self, text: str) -> Iterator[str]:
        """The lines of the piece, and of those after it as long as a row is open."""
        while text:
            as_in_file = self._text.splitlines(keepends=True)
            for data, line in zip(as_in_file, io.StringIO(text, newline=""), strict=True):
                self._open_row.add(data)
                yield line
            if self._start > self._given:
                return
            text = self._next_text()

    def _next_text(self) -> str:
        """The next piece, without the blanks by its quotes; nothing at the end."""
        in_quotes = self._start <= self._given
        began_earlier = self._start < self._piece.start
        self._open_bytes = self._open_bytes + len(self._text) if began_earlier else 0
        piece = self._source.next_lines(self._open_bytes, in_quotes=in_quotes)
        if not piece:
            self._ended = True
            return ""
        before = self._given
        self._given += line_ends(piece) + (not piece.endswith((b"\r", b"\n")))
        self._piece, self._text = range(before + 1, self._given + 1), piece
        return without_blanks_by_quotes(self._decode(piece), self._delimiter, in_quotes=in_quotes)

    def _skip_row(self, *, in_quotes: bool) -> UnreadableRow:
        """Drop the rest of a row that is too long to hold, up to its end as csv would see it."""
        row = RowEnd(self._delimiter, in_quotes=in_quotes)
        self._given += self._source.drop(row)
        if row.in_quotes:
            problem = unterminated(self._start, self._given, self._open_row.text)
        else:
            problem = too_long(self._start, self._given, self._options.max_row_bytes)
        self._start = self._given + 1
        self._open_row.end()
        return problem
