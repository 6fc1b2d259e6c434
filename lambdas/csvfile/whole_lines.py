"""UTF-8 pieces to whole lines, about a piece of them at a time, and where in the text they end."""

from collections.abc import Iterator

from ..aws.rowrelay_error import RowrelayError
from .blocks import Place
from .row_end import RowEnd, line_ends


class RowTooLongError(RowrelayError):
    """A row is too long to hold; `in_quotes` tells whether a quote of it is open."""

    def __init__(self, *, in_quotes: bool) -> None:
        self.in_quotes = in_quotes


class WholeLines:
    """The lines of a text.

    Args:
        pieces: The text as `decode.utf8_pieces` cuts it, from the piece of `place` on.
        place: Where to begin.
        max_row_bytes: The most bytes of a row.
    """

    def __init__(self, pieces: Iterator[bytes], place: Place, max_row_bytes: int) -> None:
        self._pieces = pieces
        self._max_row_bytes = max_row_bytes
        self._skip = place.skip
        self._taken = range(place.piece, place.piece)  # where in the text the piece taken last is
        self._rest = b""  # bytes that were taken and not yet returned

    def next_lines(self, open_bytes: int, *, in_quotes: bool) -> bytes:
        """Returns the next whole lines; at the end whatever is left, and then nothing.

        Args:
            open_bytes: How much of the row that they go on with was returned before.
            in_quotes: Whether they begin within quotes.

        Raises:
            RowTooLongError: the row is longer than a row may be, and has no end in what was read.
        """
        if open_bytes > self._max_row_bytes:
            raise RowTooLongError(in_quotes=in_quotes)
        while True:
            end = max(self._rest.rfind(b"\n"), self._rest.rfind(b"\r")) + 1
            if end:
                break
            if len(self._rest) > self._max_row_bytes:
                raise RowTooLongError(in_quotes=in_quotes)
            more = self._take()
            if not more:
                end = len(self._rest)
                break
            self._rest += more
        lines, self._rest = self._rest[:end], self._rest[end:]
        return lines

    def drop(self, row: RowEnd) -> int:
        """Drop what belongs to a row; returns how many lines that was."""
        lines, line_ended = 0, True
        while not row.found and (data := self._rest or self._take()):
            end = row.find(data)
            lines += line_ends(data[:end])
            self._rest = data[end:]
            line_ended = data.endswith((b"\r", b"\n"), 0, end)
        return lines + (not line_ended)  # the file's last line need not have an end

    def place(self, unread: int, line: int) -> Place | None:
        """Returns the place of a line that begins so many bytes before the end of what was returned.

        None where nothing was taken yet, or the line begins in an earlier piece than the last.
        """
        unread += len(self._rest)
        at = self._taken.stop - unread
        if not self._taken or at < self._taken.start:
            return None
        piece = self._taken.start if unread else at
        return Place(piece, at - piece, line)

    def _take(self) -> bytes:
        piece = next(self._pieces, b"")
        if piece:
            self._taken = range(self._taken.stop, self._taken.stop + len(piece))
        piece, self._skip = piece[self._skip :], 0
        return piece
