"""The header row: its delimiter, where the schema's columns stand in it, and what makes it no header."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from ..aws.rowrelay_error import RowrelayError
from ..core.blanks import trimmed
from ..core.reserved_columns import REPORT_COLUMNS
from ..core.schema import Schema, header_name
from .first_rows import rows_of
from .nearest import nearest_columns
from .no_header import NO_HEADER, number_among, value_among
from .options import DEFAULT_OPTIONS, ReadOptions, limit
from .other_encoding import NotTextError, as_text
from .text import control_problem, is_blank
from .visible import shown_name

DELIMITERS = (",", ";", "\t", "|")
# A reason must stay short whatever the file holds: it goes into the import ledger, too.
_SHOWN_NAMES = 20


class ImportRejectedError(RowrelayError):
    """The file as a whole cannot be imported; `advice` goes on from the reason, unless a better is known."""

    def __init__(self, reason: str, advice: str = "") -> None:
        self.advice = advice
        super().__init__(reason)


@dataclass(frozen=True)
class Header:
    """A header that was matched with a schema.

    Attributes:
        cells: Its cells, trimmed; the empty ones at its end, too.
        positions: Those of the schema's columns that it has, and where.
        nearest: For unknown columns the nearest of the schema's that it lacks, where one is near.
    """

    cells: tuple[str, ...]
    positions: dict[str, int]
    nearest: dict[str, str] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its cells without the empty ones at its end: so many cells a row has at least."""
        width = max((n for n, cell in enumerate(self.cells, 1) if cell), default=0)
        return self.cells[:width]

    @cached_property
    def report(self) -> dict[str, int]:
        """The columns that a rejects report adds, and where: it may be corrected and uploaded again."""
        return {column: n for n, name in enumerate(self.names) if (column := report_column(name))}

    @property
    def unknown(self) -> list[str]:
        """Columns that the schema does not have, which the import ignores."""
        known = {*self.positions.values(), *self.report.values()}
        return [name for n, name in enumerate(self.names) if n not in known and name]

    @property
    def original(self) -> list[int]:
        """Positions of the uploader's own columns, those without a name at its end, too."""
        added = {*self.report.values()}
        return [n for n in range(len(self.cells)) if n not in added]


def find_delimiter(sample: str, schema: Schema) -> str:
    """Returns the delimiter that makes the most columns of the schema out of the first row of a text."""

    def score(delimiter: str) -> tuple[int, int]:
        cells: list[str] = []
        for row in rows_of(sample, delimiter):
            cells = row or cells
            if not is_blank(row):
                break
        return len(column_places(cells, schema)), len(cells)

    return max(DELIMITERS, key=score)


def read_header(
    cells: Sequence[str], schema: Schema, *, may_lack: bool = False, options: ReadOptions = DEFAULT_OPTIONS
) -> Header:
    """Match a file's first row with the schema.

    Args:
        cells: The row.
        schema: The schema.
        may_lack: Whether any one of the schema's columns is enough, since the others can be filled in.
        options: How the file is read.

    Raises:
        ImportRejectedError: it has too many cells, is no text, has a column twice, or lacks one.
    """
    _check_width(len(cells), options)
    names = tuple(map(trimmed, _texts(cells, options.encoding)))
    _check_width(len(names) + len(REPORT_COLUMNS) - sum(map(bool, map(report_column, names))), options)
    places = column_places(names, schema)
    _check_names(names, places)
    positions = {column: places[column][0] for column in schema.columns if column in places}
    nearest = nearest_columns(Header(names, positions).unknown, schema, positions.keys())
    if lacking := lacking_columns(positions.keys(), schema, may_lack=may_lack):
        lacks = f"lacks the column{'s' if lacking[1:] else ''} {', '.join(lacking)}"
        expected = f"expected the columns {', '.join(schema.columns)}, found {_found(names, nearest)}"
        advice = f". {NO_HEADER}" if value_among(names) else ""
        raise ImportRejectedError(f"the header {lacks}: {expected}", advice)
    return Header(names, positions, nearest)


def check_line_width(line: str, delimiter: str, options: ReadOptions) -> None:
    """Count what a file's first line holds, before anything is made of it.

    Raises:
        ImportRejectedError: it has too many cells.
    """
    if '"' not in line:
        _check_width(line.count(delimiter) + 1, options)


def report_column(name: str) -> str | None:
    """Returns which column of a rejects report a name means: `Line` means none, and is the uploader's."""
    column = trimmed(name).casefold()
    return column if column in REPORT_COLUMNS else None


def _check_width(cells: int, options: ReadOptions) -> None:
    """Raises ImportRejectedError if there are more than may be, those of a report besides."""
    if cells > options.max_columns + len(REPORT_COLUMNS):
        most = limit("max_columns", options.max_columns)
        raise ImportRejectedError(
            f"the header has more columns than {most}: delete those that are not needed, or raise that"
        )


def column_places(names: Sequence[str], schema: Schema) -> dict[str, list[int]]:
    """Returns where in a row of names the schema's columns stand, by column, for those that do."""
    places = defaultdict[str, list[int]](list)
    for n, name in enumerate(names):
        if report_column(name):  # which are nobody's: `_line` is no `line`
            continue
        if column := schema.names.get(header_name(name)):
            places[column].append(n)
    return places


def lacking_columns(found: Set[str], schema: Schema, *, may_lack: bool) -> list[str]:
    """Returns the columns that a header, in which these were found, ought to have besides."""
    return [] if may_lack and found else [each for each in schema.required_columns if each not in found]


def _texts(cells: Sequence[str], encoding: str | None) -> Sequence[str]:
    if "\0" in "".join(cells):
        raise ImportRejectedError("this is no CSV: its first row is not text. Save it as CSV in UTF-8")
    try:
        texts = as_text(cells, encoding)
    except NotTextError as error:
        raise ImportRejectedError(f"the header holds {error}") from None
    for n, text in enumerate(texts, 1):
        if problem := control_problem(text):
            raise ImportRejectedError(f"column {n} of the header: {problem}")
    return texts


def _check_names(names: Sequence[str], places: Mapping[str, Sequence[int]]) -> None:
    """Raises ImportRejectedError if two names mean one column of the schema or the report.

    What else the file has, nobody reads: that may have one name twice.
    """
    report = defaultdict[str, list[int]](list)
    for n, name in enumerate(names):
        if column := report_column(name):
            report[column].append(n)
    twice = [(f" ({column})", some) for column, some in places.items() if some[1:]]
    twice += [("", some) for some in report.values() if some[1:]]
    if twice:
        shown = [
            " and ".join(shown_name(names[n]) for n in some[:_SHOWN_NAMES]) + meant
            for meant, some in twice[:_SHOWN_NAMES]
        ]
        raise ImportRejectedError(f"the header names a column twice: {'; '.join(shown)}. Leave one of each")


def _found(names: Sequence[str], nearest: Mapping[str, str]) -> str:
    """Returns the names, unless they may be data: the reason is kept, and published."""
    if value := value_among(names):
        return f"what looks like data: {value}"
    if number := number_among(names):
        return f"what may be data: {number}"
    shown = [
        shown_name(name) + (f" (nearest: {nearest[name]})" if name in nearest else "")
        for name in names[:_SHOWN_NAMES]
    ]
    return ", ".join([*shown, *(["…"] if names[_SHOWN_NAMES:] else [])])
