"""An object's bytes as UTF-8 text, piece by piece: decompressed, transcoded, in constant memory."""

import codecs
import contextlib
import zlib
from collections.abc import Callable, Iterable, Iterator

from ..aws.rowrelay_error import RowrelayError

PIECE_BYTES = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_UTF16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# No UTF-8 text has this byte, so the row that it ends up in is rejected as no text.
_NOT_TEXT = b"\xff"


class SourceError(RowrelayError):
    """The rest of the object cannot be read."""


def utf8_pieces(data: Iterable[bytes], *, gzipped: bool) -> Iterator[bytes]:
    r"""Returns the object's text as UTF-8 without its byte order mark, in pieces of at most PIECE_BYTES.

    A piece never ends between the two characters of a \r\n. What is no text in the object is no UTF-8 here.

    Raises:
        SourceError: after all that could be read.
    """
    return _recut(_utf8(_gunzip(data) if gzipped else data))


def utf8_pieces_from(at: int, open_at: Callable[[int], Iterable[bytes]], *, gzipped: bool) -> Iterator[bytes]:
    """Returns the same pieces from one of them on.

    Where the text's bytes are not the object's, all before it is read, and dropped.

    Args:
        at: The byte of the text at which the first piece begins.
        open_at: Returns the object's bytes, in pieces of any size, from some byte on.
        gzipped: Whether they are compressed.

    Raises:
        SourceError: as `utf8_pieces` does.
    """
    head = b"" if gzipped else _head(iter(open_at(0)))
    if gzipped or head[:2] in _UTF16_MARKS:
        text = _utf8(_gunzip(open_at(0)) if gzipped else open_at(0))
        yield from _recut(_without(at, text))
    else:
        mark = len(head) - len(head.removeprefix(codecs.BOM_UTF8))
        yield from _recut(open_at(mark + at))


def _without(count: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[count:]
        count = max(0, count - len(piece))


def _gunzip(data: Iterable[bytes]) -> Iterator[bytes]:
    inflater, member, count = zlib.decompressobj(zlib.MAX_WBITS | 16), b"", 0
    for piece in data:
        if not count and not piece.startswith(_GZIP_MAGIC[: len(piece)]):
            raise SourceError("the name says gzip, but the data is not: send it as .csv, or compress it")
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


def _utf8(data: Iterable[bytes]) -> Iterator[bytes]:
    pieces = iter(data)
    head = _head(pieces)
    encoding = _UTF16_MARKS.get(head[:2])
    if encoding:
        yield from _from_utf16(encoding, head[2:], pieces)
        return
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from pieces


def _head(pieces: Iterator[bytes]) -> bytes:
    """The first pieces, as many as hold a byte order mark."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= len(codecs.BOM_UTF8):
            break
    return head


def _from_utf16(encoding: str, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    # surrogatepass both ways: half a character becomes bytes that are no UTF-8, which rejects its row only.
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    yield decoder.decode(head).encode("utf-8", "surrogatepass")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield _NOT_TEXT


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
