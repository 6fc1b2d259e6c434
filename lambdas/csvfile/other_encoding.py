"""Rows that hold bytes that are not UTF-8."""

from collections.abc import Sequence

from ..aws.rowrelay_error import RowrelayError
from .multibyte import decoded, has_several_bytes
from .text import is_utf8


class NotTextError(RowrelayError):
    """Some cells hold bytes that are no text; the message goes on from `the row holds`."""


def as_text(cells: Sequence[str], encoding: str | None) -> Sequence[str]:
    """Returns a row's cells as they are, or if any has bytes that are not UTF-8, all of them decoded.

    Args:
        cells: The cells, with bytes that are not UTF-8 as `surrogateescape` decodes them.
        encoding: What such a row is encoded in; None: it is no text. In one whose characters take several
            bytes, `LineDecoder` has decoded what can be.

    Raises:
        NotTextError: it is not encoded in that either, or nobody knows which of the two it is.
    """
    if all(map(is_utf8, cells)):
        return cells
    if not encoding:
        raise NotTextError(
            "bytes that are not UTF-8: save the file as UTF-8, or set encoding (such as windows-1252)"
        )
    data = [cell.encode("utf-8", "surrogateescape") for cell in cells]
    neither = f"bytes that are neither UTF-8 nor {encoding}: save the file as UTF-8"
    if has_several_bytes(encoding):
        is_utf8_too = decoded(b"".join(data), "utf-8", final=True) is not None
        raise NotTextError(_both(encoding) if is_utf8_too else neither)
    try:
        return [cell.decode(encoding) for cell in data]
    except UnicodeError:
        raise NotTextError(neither) from None


def _both(encoding: str) -> str:
    same = f"bytes that are text in UTF-8, and other text in {encoding}"
    return f"{same}: save the file as UTF-8 with a byte order mark"
