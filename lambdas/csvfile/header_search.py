"""Lines above the header: one such as `sep=;`, which sets the delimiter, or others, which have to go."""

import io
import re

from ..core.blanks import NO_WIDTH
from ..core.schema import Schema
from .first_rows import rows_of
from .header import DELIMITERS, column_places, lacking_columns
from .options import ReadOptions
from .other_encoding import NotTextError, as_text

SEARCHED_LINES = 20
# What Excel reads, and other programs write for it: any ASCII character but quotes, letters and digits.
_BLANK = f"[ \t\xa0{NO_WIDTH}]*"
_SEP_LINE = re.compile(
    rf"""{_BLANK}"?sep{_BLANK}={_BLANK}"?(\\t|[!#-&(-/:-@\[-`{{-~\t])(?:\1|"|{_BLANK[:-1]})*(?:\r|\n|\Z)""",
    re.IGNORECASE,
)


def sep_line_delimiter(sample: str) -> str | None:
    """Returns the delimiter that the first line of a text sets, if it is one such as `sep=;`."""
    found = _SEP_LINE.match(sample)
    return found[1].replace("\\t", "\t") if found else None


def columns_below(
    sample: str, line: int, delimiter: str, schema: Schema, *, may_lack: bool, options: ReadOptions
) -> str:
    """Look for the columns below a line that is no header, or in it by another delimiter.

    Args:
        sample: The text's beginning.
        line: That line.
        delimiter: What it was read by.
        schema: The schema.
        may_lack: As `read_header` takes it.
        options: How the file is read.

    Returns:
        What goes on from the reason against that line; nothing if no line among the first has the columns.
    """
    texts = list(io.StringIO(sample, newline=""))
    sep = sep_line_delimiter(sample)
    delimiters = [*DELIMITERS, sep] if sep else DELIMITERS
    for above in range(max(1, line - 1), min(len(texts), SEARCHED_LINES)):
        for each in delimiters:
            if above == line - 1 and each == delimiter:
                continue
            cells = next(rows_of("".join(texts[above:]), each), [])
            if _has_columns(cells, schema, may_lack=may_lack, options=options):
                deleted = lines_shown(2 if sep and above > 1 else 1, above)
                return f". The columns stand in line {above + 1}: delete {deleted} above it"
    return ""


def lines_shown(first: int, last: int) -> str:
    """Returns `line 1`, `lines 1 to 3`."""
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _has_columns(cells: list[str], schema: Schema, *, may_lack: bool, options: ReadOptions) -> bool:
    if len(cells) > options.max_columns:
        return False
    try:
        names = as_text(cells, options.encoding)
    except NotTextError:
        names = as_text(cells, "latin-1")  # which takes any bytes; once the line is the first, it is told so
    found = column_places(names, schema)
    return not lacking_columns(found.keys(), schema, may_lack=may_lack)
