"""The header row: its delimiter, where the schema's columns stand in it, and what makes it no header."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..aws.rowrelay_error import RowrelayError
from ..core.reserved_columns import REPORT_COLUMNS
from ..core.schema import Schema, header_name
from .text import is_text

DELIMITERS = (",", ";", "\t", "|")
# A reason must stay short whatever the file holds: it goes into the import ledger, too.
_SHOWN_NAMES, _SHOWN_CHARACTERS = 20, 60


class ImportRejectedError(RowrelayError):
    """The file as a whole cannot be imported."""


@dataclass(frozen=True)
class Header:
    """`names` as they are in the file; `positions` of those of the schema's columns that it has, by name."""

    names: tuple[str, ...]
    positions: dict[str, int]

    @property
    def unknown(self) -> list[str]:
        """Columns that the schema does not have, which the import ignores."""
        known = {*self.positions.values(), *self._report_positions}
        return [name for n, name in enumerate(self.names) if n not in known and name.strip()]

    @property
    def original(self) -> list[int]:
        """Positions of the uploader's own columns."""
        added = self._report_positions
        return [n for n in range(len(self.names)) if n not in added]

    @property
    def _report_positions(self) -> set[int]:
        """Positions of the columns that a rejects report adds: it may be corrected and uploaded again."""
        return {n for n, name in enumerate(self.names) if header_name(name) in REPORT_COLUMNS}


def find_delimiter(sample: str, schema: Schema) -> str:
    """Returns the delimiter that makes the most columns of the schema out of the first row of a text."""
    known = {header_name(column) for column in schema.columns}

    def score(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        cells = next((row for row in reader if any(cell.strip() for cell in row)), [])
        return len(known.intersection(map(header_name, cells))), len(cells)

    return max(DELIMITERS, key=score)


def read_header(cells: Sequence[str], schema: Schema) -> Header:
    """Match a file's first row with the schema.

    Raises:
        ImportRejectedError: it is no text, names a column twice, or lacks a required column.
    """
    if not all(map(is_text, cells)):
        raise ImportRejectedError("this is no CSV: its first row is not text. Save it as CSV in UTF-8")
    names = [header_name(cell) for cell in cells]
    named = Counter(filter(None, names))
    if twice := [name for name, times in named.items() if times > 1]:
        raise ImportRejectedError(f"the header names a column twice: {_shown(twice)}. Leave one of each")
    positions = {c: names.index(header_name(c)) for c in schema.columns if header_name(c) in named}
    if missing := [column for column in schema.required_columns if column not in positions]:
        raise ImportRejectedError(
            f"the header lacks the column {', '.join(missing)}: expected the columns"
            f" {', '.join(schema.columns)}, found {_shown(cells)}"
        )
    return Header(tuple(cell.strip() for cell in cells), positions)


def _shown(names: Iterable[str]) -> str:
    shown = [name.strip()[:_SHOWN_CHARACTERS] for name in itertools.islice(names, _SHOWN_NAMES + 1)]
    if len(shown) > _SHOWN_NAMES:
        shown[_SHOWN_NAMES] = "…"
    return ", ".join(shown)
