"""An object's bytes as UTF-8 text, piece by piece: decompressed, transcoded, in constant memory."""

import codecs
import contextlib
import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator

from ..aws.rowrelay_error import RowrelayError
from .first_bytes import FIRST_BYTES, GZIP_MARK, no_csv
from .options import MAX_BYTES, limit
from .utf16 import UTF16_MARKS, from_utf16

PIECE_BYTES = 64 * 1024


class SourceError(RowrelayError):
    """The rest of the object cannot be read."""


class Utf8Pieces(Iterator[bytes]):
    """A text's pieces; once the first was taken, `marked` tells whether it had a byte order mark."""

    def __init__(self, text: Iterator[bytes]) -> None:
        self.marked = False
        self._pieces = _recut(self._unmarked(text))

    def __next__(self) -> bytes:
        return next(self._pieces)

    def _unmarked(self, text: Iterator[bytes]) -> Iterator[bytes]:
        self.marked = bool(next(text))
        yield from text


def utf8_pieces(data: Iterable[bytes], *, gzipped: bool, max_bytes: int = MAX_BYTES) -> Utf8Pieces:
    r"""Returns the object's text as UTF-8 without its byte order mark, in pieces of at most PIECE_BYTES.

    A piece never ends between the two characters of a \r\n. What is no text in the object is no UTF-8 here.

    Args:
        data: The object's bytes, in pieces of any size.
        gzipped: Whether they are compressed.
        max_bytes: The most bytes that are read of the object, after decompression.

    Raises:
        SourceError: after all that could be read; at once if the object is no CSV by its first bytes.
    """
    return Utf8Pieces(_utf8(_plain(data, max_bytes, gzipped=gzipped), unpacked=gzipped))


def utf8_pieces_from(
    at: int, open_at: Callable[[int], Iterable[bytes]], *, gzipped: bool, max_bytes: int = MAX_BYTES
) -> Iterator[bytes]:
    """Returns the same pieces from one of them on.

    Where the text's bytes are not the object's, all before it is read, and dropped.

    Args:
        at: The byte of the text at which the first piece begins.
        open_at: Returns the object's bytes, in pieces of any size, from some byte on.
        gzipped: Whether they are compressed.
        max_bytes: The most bytes that are read of the object, those before the first piece among them.

    Raises:
        SourceError: as `utf8_pieces` does.
    """
    head = b"" if gzipped else _head(open_at(0))
    if gzipped or head[:2] in UTF16_MARKS:
        text = _utf8(_plain(open_at(0), max_bytes, gzipped=gzipped), unpacked=gzipped)
        yield from _recut(_without(at, itertools.islice(text, 1, None)))
    else:
        at += len(head) - len(head.removeprefix(codecs.BOM_UTF8))
        yield from _recut(_within(max_bytes, open_at(at), before=at))


def _plain(data: Iterable[bytes], max_bytes: int, *, gzipped: bool) -> Iterator[bytes]:
    return _within(max_bytes, _gunzip(data) if gzipped else data)


def _within(max_bytes: int, pieces: Iterable[bytes], *, before: int = 0) -> Iterator[bytes]:
    """The pieces, without what comes after so many bytes, those before the pieces among them."""
    left = max_bytes - before
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left < 0:
            raise SourceError(larger_than(max_bytes))


def larger_than(max_bytes: int) -> str:
    """Returns why no more than so many bytes of an object are read."""
    return f"the file is larger than {limit('max_bytes', max_bytes)}: split it, or raise that"


def _without(count: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[count:]
        count = max(0, count - len(piece))


def _gunzip(data: Iterable[bytes]) -> Iterator[bytes]:
    inflater, member, count = zlib.decompressobj(zlib.MAX_WBITS | 16), b"", 0
    for piece in _begun(data):
        if not count and not piece.startswith(GZIP_MARK[: len(piece)]):
            no_gzip = "the name says gzip, but the data is not: send it as .csv, or compress it"
            raise SourceError(no_csv(piece, unpacked=False) or no_gzip)
        count += len(piece)
        member = piece
        while member:
            if inflater.eof:
                # Members may follow one another, and tools pad the last one with zeros.
                member = member.lstrip(b"\0")
                if not member:
                    break
                inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            before = inflater.copy()
            try:
                yield inflater.decompress(member, PIECE_BYTES)
            except zlib.error as error:
                yield _before_damage(before, member)
                raise SourceError(f"the gzip data is damaged ({error}): compress the file again") from None
            member = inflater.unconsumed_tail or inflater.unused_data
    yield inflater.flush()
    if count and not inflater.eof:
        raise SourceError("the gzip data breaks off: the upload or the compression did not finish")


def _before_damage(inflater: "zlib._Decompress", data: bytes) -> bytes:
    """What zlib had decompressed when it met the damage, which it does not hand out by itself."""
    good = bytearray()
    with contextlib.suppress(zlib.error):
        for n in range(len(data)):
            good += inflater.decompress(data[n : n + 1])
    return bytes(good)


def _utf8(data: Iterable[bytes], *, unpacked: bool) -> Iterator[bytes]:
    """The byte order mark, or nothing, and then the text."""
    pieces = _begun(data)
    head = next(pieces)
    if problem := no_csv(head, unpacked=unpacked):
        raise SourceError(problem)
    encoding = UTF16_MARKS.get(head[:2])
    if encoding:
        yield head[:2]
        yield from from_utf16(encoding, head[2:], pieces)
        return
    text = head.removeprefix(codecs.BOM_UTF8)
    yield head[: len(head) - len(text)]
    yield text
    yield from pieces


def _head(data: Iterable[bytes]) -> bytes:
    """The first bytes, as many as a byte order mark has."""
    head = b""
    for piece in data:
        head += piece
        if len(head) >= len(codecs.BOM_UTF8):
            break
    return head


def _begun(data: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, the first of them with what tells what the data is: FIRST_BYTES, or all."""
    pieces, head = iter(data), b""
    failed: SourceError | None = None
    try:
        while len(head) < FIRST_BYTES and (piece := next(pieces, None)) is not None:
            head += piece
    except SourceError as error:
        failed = error
    yield head
    if failed:
        raise failed
    yield from pieces


def _recut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Where a piece ends follows from the text alone, so a file reads the same however its bytes arrive."""
    held = bytearray()
    failed: SourceError | None = None
    try:
        for arrived in pieces:
            held += arrived
            while len(held) > PIECE_BYTES:
                end = PIECE_BYTES - held.endswith(b"\r", 0, PIECE_BYTES)
                yield bytes(held[:end])
                del held[:end]
    except SourceError as error:
        failed = error
    if held:
        yield bytes(held)
    if failed:
        raise failed
