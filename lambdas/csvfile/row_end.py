"""Where a row ends that is too long to be parsed, and lines in general."""

import codecs
import itertools
import re

from .blanks_by_quotes import field_blanks

# What may change the state: outside of quotes, and inside.
_MARKS = (re.compile(rb'\r\n|[\r\n"]'), re.compile(b'"'))
_LINE_END = re.compile(rb"\r\n|\r|\n")


class RowEnd:
    """Finds where a row ends, by csv's rules, in bytes that arrive piece by piece.

    A quote opens a field where the field starts, behind blanks too, as in `blanks_by_quotes`.
    """

    def __init__(self, delimiter: str, *, in_quotes: bool) -> None:
        self.in_quotes = in_quotes
        self.found = False
        self._may_open = not in_quotes  # there are only blanks in the field so far
        self._closed = False  # the byte before closed a quote, which another quote opens again
        self._delimiter = delimiter.encode()
        self._blanks = field_blanks(delimiter)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def find(self, data: bytes) -> int:
        """Returns how many of these bytes belong to the row; `found` then tells whether it ends there."""
        at = 0
        while mark := _MARKS[self.in_quotes].search(data, at):
            if self.in_quotes:
                self.in_quotes, self._may_open, self._closed = False, False, True
            elif mark[0] == b'"':
                self._read(data[at : mark.start()], final=True)
                self.in_quotes, self._may_open = self._may_open or self._closed, False
            else:
                self.found = True
                return mark.end()
            at = mark.end()
        if not self.in_quotes:
            self._read(data[at:], final=False)
        return len(data)

    def _read(self, data: bytes, *, final: bool) -> None:
        """Take in what stands outside of quotes; `final` where a quote follows."""
        _, delimiter, cell = data.rpartition(self._delimiter)
        if delimiter:
            self._may_open = True
            self._decoder.reset()
        if self._may_open:
            self._may_open = not self._decoder.decode(cell, final).strip(self._blanks)
        self._closed = self._closed and not data


def line_ends(data: bytes) -> int:
    """Returns how many lines end in the data."""
    returns = data.count(b"\r")
    return data.count(b"\n") + returns - (data.count(b"\r\n") if returns else 0)


def size_of_lines(data: bytes, count: int) -> int:
    """Returns how many bytes the first so many lines of the data take, of which each has an end."""
    return next(itertools.islice(_LINE_END.finditer(data), count - 1, None)).end()
