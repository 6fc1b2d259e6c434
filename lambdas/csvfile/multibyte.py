"""Lines of files in an encoding whose characters take several bytes, such as gbk or shift_jis, as text.

Much of what such an encoding has is UTF-8, too, with other characters, so that a row alone does not tell
which it is: the file's beginning tells it for all rows. Lines are decoded before they are split, for a
character may end with the byte of a delimiter, such as | in shift_jis; none has a quote's or a line end's.
"""

import codecs
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import cache

_UTF8 = "utf-8"
# The last character of two bytes. Longer ones hardly ever come about where text is no UTF-8.
_TWO_BYTES_LAST = "\u07ff"
_MOST = 0.9  # of the lines that show what the file is


class Order(StrEnum):
    """What a line is read as that is both UTF-8 and of the file's encoding; UNKNOWN: it is not read."""

    UTF8 = _UTF8
    ENCODING = "encoding"
    UNKNOWN = "unknown"


class LineDecoder:
    """Decodes whole lines; the bytes that are no text of a known encoding are escaped (`surrogateescape`).

    An encoding with one byte a character is not looked at: its rows are decoded whole, once they are split.

    Args:
        encoding: What lines are encoded in that are not UTF-8.
        order: Which of the two comes first.
    """

    def __init__(self, encoding: str | None = None, order: Order = Order.UTF8) -> None:
        self.order = order
        self._encodings: Sequence[str] = ()
        if encoding and has_several_bytes(encoding):
            self._encodings = (encoding, _UTF8) if order == Order.ENCODING else (_UTF8, encoding)

    @classmethod
    def of(cls, beginning: bytes, encoding: str | None, *, marked: bool) -> "LineDecoder":
        """Returns what decodes a file's lines.

        Args:
            beginning: So much of its text, as UTF-8 pieces have it, as is always looked at.
            encoding: What lines are encoded in that are not UTF-8.
            marked: Whether a byte order mark says that it is UTF-8 or UTF-16.
        """
        if marked or not encoding or not has_several_bytes(encoding):
            return cls(encoding)
        lines = (line for line in beginning.splitlines(keepends=True) if not line.isascii())
        votes = Counter(filter(None, (_vote(line, encoding) for line in lines)))
        [(first, count)] = votes.most_common(1) or [(Order.UNKNOWN, 0)]
        return cls(encoding, first if count >= _MOST * votes.total() else Order.UNKNOWN)

    def __call__(self, lines: bytes) -> str:
        """Returns whole lines as text, in as many lines."""
        if not self._encodings or lines.isascii():
            return lines.decode(_UTF8, "surrogateescape")
        return "".join(map(self._line, lines.splitlines(keepends=True)))

    def _line(self, line: bytes) -> str:
        readings = [decoded(line, encoding, final=True) for encoding in self._encodings]
        found = [text for text in readings if text is not None]
        if not found or (self.order == Order.UNKNOWN and found[0] != found[-1]):
            return line.decode("ascii", "surrogateescape")
        return found[0]


def _vote(line: bytes, encoding: str) -> Order | None:
    """Returns what a line, which may be cut off, shows its file to be; None if it does not."""
    utf8, other = decoded(line, _UTF8), decoded(line, encoding)
    if utf8 is None:
        return None if other is None else Order.ENCODING
    return Order.UTF8 if other is None or max(utf8, default="") > _TWO_BYTES_LAST else None


@cache
def has_several_bytes(encoding: str) -> bool:
    """Whether characters of an encoding take several bytes; every such encoding has some that end with A1."""
    pairs = (bytes([lead, 0xA1]) for lead in range(0x80, 0x100))
    return any(len(decoded(pair, encoding, final=True) or "") == 1 for pair in pairs)


def decoded(data: bytes, encoding: str, *, final: bool = False) -> str | None:
    """Returns the data as text, but for what is cut off at its end unless it is final; None if it is none."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final)
    except UnicodeError:
        return None
