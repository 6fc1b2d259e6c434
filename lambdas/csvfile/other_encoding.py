"""Rows that hold bytes that are not UTF-8."""

from collections.abc import Sequence

from ..aws.rowrelay_error import RowrelayError
from .text import is_utf8


class NotTextError(RowrelayError):
    """Some cells hold bytes that are no text; the message goes on from `the row holds`."""


def as_text(cells: Sequence[str], encoding: str | None) -> Sequence[str]:
    """Returns a row's cells as they are, or if any has bytes that are not UTF-8, all of them decoded.

    Args:
        cells: The cells, with bytes that are not UTF-8 as `surrogateescape` decodes them.
        encoding: What such a row is encoded in; None: it is no text.

    Raises:
        NotTextError: it is not encoded in that either.
    """
    if all(map(is_utf8, cells)):
        return cells
    if not encoding:
        raise NotTextError(
            "bytes that are not UTF-8: save the file as UTF-8, or set encoding (such as windows-1252)"
        )
    try:
        return [cell.encode("utf-8", "surrogateescape").decode(encoding) for cell in cells]
    except UnicodeError:
        raise NotTextError(f"bytes that are neither UTF-8 nor {encoding}: save the file as UTF-8") from None
