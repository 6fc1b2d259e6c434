"""UTF-16 to UTF-8, piece by piece."""

import codecs
import itertools
import re
from collections.abc import Iterator

UTF16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_HALF = re.compile("[\ud800-\udfff]")
# UTF-8 has no such byte, and no text has NUL: the row that it ends up in is rejected, whatever its rows are
# said to be encoded in.
_NOT_TEXT = b"\0\xff"


def from_utf16(encoding: str, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Returns as UTF-8 what comes behind the byte order mark; halves of characters are no UTF-8.

    Args:
        encoding: Which UTF-16, as the mark says.
        head: The bytes behind the mark.
        pieces: What follows.
    """
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for piece in itertools.chain([head], pieces):
        yield _NOT_TEXT.join(map(str.encode, _HALF.split(decoder.decode(piece))))
    if decoder.getstate()[0]:
        yield _NOT_TEXT
