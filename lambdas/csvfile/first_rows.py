"""The rows of a text that is held whole: a file's beginning, where its header is looked for."""

import csv
import io
from typing import TYPE_CHECKING

from .blanks_by_quotes import without_blanks_by_quotes

if TYPE_CHECKING:
    import _csv


def rows_of(text: str, delimiter: str) -> "_csv.Reader":
    """Returns the rows of a text, blank ones too, each without the blanks by its quotes.

    Args:
        text: The text, from a row's beginning on; its last row may lack its end.
        delimiter: What separates the cells.
    """
    tidied = without_blanks_by_quotes(text, delimiter, in_quotes=False)
    return csv.reader(io.StringIO(tidied, newline=""), delimiter=delimiter)
