"""Blanks between a delimiter and the quotes of a field, which belong to no cell: `a, "b" ,c` is three cells.

The csv module takes a quote behind a blank for a character like others, and refuses a blank behind a closing
quote.
"""

import re
import unicodedata
from functools import cache

from ..core.blanks import BLANKS


def field_blanks(delimiter: str) -> str:
    """Returns the blanks that may stand by quotes: all but the delimiter, line ends, and what is no text."""
    controls = {blank for blank in BLANKS if unicodedata.category(blank) == "Cc"} - {"\t"}
    return "".join(blank for blank in BLANKS if blank not in controls | {delimiter})


def without_blanks_by_quotes(text: str, delimiter: str, *, in_quotes: bool) -> str:
    """Returns whole lines of a CSV without the blanks by its quotes, in as many lines.

    Args:
        text: The lines.
        delimiter: What separates the cells.
        in_quotes: Whether they begin within quotes.
    """
    if '"' not in text:
        return text
    blank_by_quote, quoted_field = _patterns(delimiter)
    if not blank_by_quote.search(text):
        return text
    ahead = '\n"' if in_quotes else "\n"
    return quoted_field.sub(lambda field: field[1] + field[2], ahead + text)[len(ahead) :]


@cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What tells whether there are blanks by quotes; and a quoted field from the line end or delimiter on.

    The field has an end, or that of the text. What follows its closing quote and is no blank makes csv give
    up the whole line, so that line is left as it is. All repetitions are possessive: each character is looked
    at a few times, whatever the text.
    """
    blank = f"[{re.escape(field_blanks(delimiter))}]"
    end = rf"[\r\n{re.escape(delimiter)}]"
    quoted = r'"[^"]*+(?:""[^"]*+)*+(?:"|\Z)'
    return (
        re.compile(rf'"(?:{blank}|(?<={blank}"))'),
        re.compile(rf"({end}){blank}*+({quoted}(?:(?={blank}*+(?:{end}|\Z))|[^\r\n]*+)){blank}*+"),
    )
