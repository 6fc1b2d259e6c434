"""A file's first rows, whatever its columns are, as an import would read them."""

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.core.blanks import trimmed
from lambdas.core.field import Field
from lambdas.core.schema import Schema, header_name
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.decode import PIECE_BYTES, SourceError, utf8_pieces
from lambdas.csvfile.first_rows import rows_of
from lambdas.csvfile.header import DELIMITERS, ImportRejectedError, find_delimiter, report_column
from lambdas.csvfile.header_search import lines_shown, sep_line_delimiter
from lambdas.csvfile.multibyte import LineDecoder
from lambdas.csvfile.no_header import NO_HEADER, value_among
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.other_encoding import NotTextError, as_text
from lambdas.csvfile.reason_counts import ReasonCount, ReasonCounts
from lambdas.csvfile.text import is_blank

from .errors import OperationError
from .standard_input import File
from .title_lines import line_of_wider_rows

SAMPLE_ROWS = 10_000
_SAMPLE_BYTES = 64 * 1024
_NO_KEY = "\0"  # no header has such a name
_LOOKED_AT = "only looked at"


@dataclass(frozen=True)
class Sample:
    """The first rows of a file.

    Attributes:
        columns: By name as it stands in the header, the cells of each row; empty where there is no value.
        unusable: Names that cannot be told apart, or are none, and why they are not among the columns.
        rows: How many rows there are in it.
        whole: Whether the file has no rows after them.
        unreadable: How many rows between them could not be read.
        reasons: Why they could not.
    """

    columns: Mapping[str, Sequence[str]]
    unusable: Mapping[str, str]
    rows: int
    whole: bool
    unreadable: int = 0
    reasons: Sequence[ReasonCount] = ()


@dataclass
class _Rows:
    """Rows as they are read, and what could not be."""

    read: list[Mapping[str, Any]] = field(default_factory=list)
    unreadable: int = 0
    reasons: ReasonCounts = field(default_factory=ReasonCounts)

    def look(self, row: dict[str, Any]) -> str:
        """Take a row, as a module that changes rows is given it."""
        self.read.append(row)
        return _LOOKED_AT


def read_sample(file: File, options: ReadOptions = DEFAULT_OPTIONS) -> Sample:
    """Read a file's first rows; those that no schema would take are counted.

    Raises:
        OperationError: the file as a whole cannot be read, or its first row is no header.
    """
    try:
        usable, unusable = _usable(_header(file, options))
        if not usable:
            raise OperationError(f"{file}: the header names no column that can be used.")
        rows = _rows(file, usable, options)
    except (ImportRejectedError, SourceError) as error:
        raise OperationError(f"{file}: {error}.") from None
    except NotTextError as error:
        raise OperationError(f"{file}: the header holds {error}.") from None
    read = rows.read[:SAMPLE_ROWS]
    columns = {name: [trimmed(row[name] or "") for row in read] for name in usable}
    whole = len(read) == len(rows.read)
    return Sample(columns, unusable, len(read), whole, rows.unreadable, rows.reasons.counts)


def _header(file: File, options: ReadOptions) -> list[str]:
    nothing = Schema((), "", frozenset())
    with file.open("rb") as data:
        pieces = utf8_pieces(
            iter(lambda: data.read(PIECE_BYTES), b""),
            gzipped=file.name.lower().endswith(".gz"),
            max_bytes=options.max_bytes,
        )
        beginning = next(pieces, b"")
        decode = LineDecoder.of(beginning, options.encoding, marked=pieces.marked)
        sample = decode(beginning[:_SAMPLE_BYTES])
    sep = sep_line_delimiter(sample)
    skipped = 1 if sep else 0
    if line := line_of_wider_rows(sample, [sep] if sep else DELIMITERS, skipped=skipped):
        deleted = lines_shown(skipped + 1, line - 1)
        raise OperationError(
            f"{file}: the first row has fewer cells than the rows from line {line} on:"
            f" delete {deleted} above the header."
        )
    rows = itertools.islice(rows_of(sample, sep or find_delimiter(sample, nothing)), skipped, None)
    cells = next((row for row in rows if not is_blank(row)), [])
    names = [trimmed(cell) for cell in as_text(cells, options.encoding)]
    if value := value_among(names):
        raise OperationError(f"{file}: the first row looks like data ({value}). {NO_HEADER}.")
    return names


def _usable(names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Returns names of columns that a schema can have, and the others with what is wrong with them."""
    own = [name for name in names if not report_column(name)]
    alike = defaultdict[str, list[str]](list)
    for name in own:
        alike[header_name(name)].append(name)
    # A schema with any one of them would refuse the file, for the others match it, too.
    unusable = {name: _same(name, alike[header_name(name)]) for name in own if alike[header_name(name)][1:]}
    unusable |= {name: "has no name" for name in own if not header_name(name)}
    return [name for name in own if name not in unusable], unusable


def _same(name: str, alike: Sequence[str]) -> str:
    other = next((each for each in alike if each != name), name)
    return f"is the same name as {other!r} (case, blanks, _ - . do not count)"


def _rows(file: File, names: Sequence[str], options: ReadOptions) -> _Rows:
    rows = _Rows()
    with file.open("rb") as data:
        pieces = iter(lambda: data.read(PIECE_BYTES), b"")
        schema = Schema((Field(_NO_KEY), *map(Field, names)), _NO_KEY, frozenset({""}))
        for parsed in open_csv(file.name, pieces, schema, rows.look, options=options):
            rejects = [each for each in parsed.rejects if each.reason != _LOOKED_AT]
            rows.unreadable += len(rejects)
            rows.reasons.add(rejects)
            if len(rows.read) > SAMPLE_ROWS:
                break
    return rows
