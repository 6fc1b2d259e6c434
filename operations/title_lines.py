"""Lines above a header whose columns are not known: a title, a date."""

from collections.abc import Sequence

from lambdas.csvfile.first_rows import rows_of
from lambdas.csvfile.header_search import SEARCHED_LINES
from lambdas.csvfile.text import is_blank


def line_of_wider_rows(text: str, delimiters: Sequence[str], *, skipped: int) -> int | None:
    """Returns the line from which on rows have more cells than the first row; None if that is a header.

    A few wider rows are only wrong: there must be more of one width than rows above them.

    Args:
        text: A file's beginning.
        delimiters: What may separate its cells.
        skipped: How many rows to skip, which set the delimiter.
    """
    tables = [each for delimiter in delimiters if (each := _widths(text, delimiter, skipped))]
    header = max((widths[0][1] for widths in tables), default=0)
    if any(widths[0][1] == header and _fit(widths[1:], header) for widths in tables):
        return None
    return min(filter(None, (_first_wider(widths, header) for widths in tables)), default=None)


def _fit(rows: Sequence[tuple[int, int]], header: int) -> bool:
    return 2 * sum(1 < width <= header for _, width in rows) > len(rows)


def _first_wider(rows: Sequence[tuple[int, int]], header: int) -> int | None:
    for above, (line, wider) in enumerate(rows):
        if line > SEARCHED_LINES:
            break
        if wider > header:
            alike = sum(width == wider for _, width in rows[above:])
            return line if alike > above and 2 * alike > len(rows) - above else None
    return None


def _widths(text: str, delimiter: str, skipped: int) -> list[tuple[int, int]]:
    """Returns the line of each row that is not blank, and its number of cells without the empty at its end.

    Those at the end of the first row count, for columns without a name may be under them; but a title with
    nothing besides has one cell.
    """
    reader = rows_of(text, delimiter)
    found: list[tuple[int, int]] = []
    line = 1
    for n, row in enumerate(reader):
        width = max((end for end, cell in enumerate(row, 1) if not is_blank([cell])), default=0)
        if n >= skipped and width:
            found.append((line, len(row) if width > 1 and not found else width))
        line = reader.line_num + 1
    return found
