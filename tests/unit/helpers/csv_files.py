"""What the tests of the CSV code share: schemas, bytes in pieces, csv's own reading, a file's outcome."""

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st

from lambdas.core.schema import Schema, parse_schema
from lambdas.csvfile import decode as source
from lambdas.csvfile import whole_lines
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import DELIMITERS
from lambdas.csvfile.validate import Reject

from ...program import ROOT

USERS = parse_schema(json.loads((ROOT / "schemas" / "users.json").read_text(encoding="utf-8")))


def schema_of(*fields: Mapping[str, Any], missing: Sequence[str] = ("",)) -> Schema:
    """A schema of a text key `id` and these fields."""
    return parse_schema(
        {"fields": [{"name": "id"}, *fields], "primaryKey": "id", "missingValues": list(missing)}
    )


# A key and two columns that take any text: what the parser does shows, undisturbed by validation.
TEXTS = schema_of({"name": "a"}, {"name": "b"})


@dataclass(frozen=True)
class Outcome:
    """What parsing a file came to."""

    accepted: list[tuple[int, dict[str, Any]]]
    rejects: list[Reject]

    @property
    def lines(self) -> list[int]:
        """The lines of all rows, accepted or rejected."""
        return sorted([line for line, _ in self.accepted] + [reject.line for reject in self.rejects])

    @property
    def reasons(self) -> dict[int, str]:
        """Why each line was rejected."""
        return {reject.line: reject.reason for reject in self.rejects}

    @property
    def values(self) -> list[dict[str, Any]]:
        """The accepted rows' values."""
        return [values for _, values in self.accepted]


def parse(data: bytes | Iterable[bytes], schema: Schema = USERS, name: str = "people.csv") -> Outcome:
    """Parse a file to its end."""
    outcome = Outcome([], [])
    for parsed in open_csv(name, [data] if isinstance(data, bytes) else data, schema):
        outcome.accepted.extend(tuple(json.loads(text, parse_float=Decimal)) for text in parsed.accepted)
        outcome.rejects.extend(parsed.rejects)
    return outcome


def csv_text(table: Iterable[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """The table as csv writes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    rows: list[str] = []
    for row in table:
        # With \r\n for an end, csv quotes cells that hold either, whatever the end is to be.
        writer.writerow(row)
        rows.append(text.getvalue().removesuffix("\r\n") + end)
        text.seek(0)
        text.truncate()
    return "".join(rows)


def cut(data: bytes, at: Iterable[int]) -> list[bytes]:
    """The data in pieces that end at these places (places beyond its end count for nothing)."""
    places = sorted({0, len(data), *(n for n in at if n < len(data))})
    return [data[start:end] for start, end in itertools.pairwise(places)]


@contextmanager
def limits(piece: int = source.PIECE_BYTES, row: int = whole_lines.MAX_CSV_ROW_BYTES) -> Iterator[None]:
    """Smaller limits, so that small files meet them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "PIECE_BYTES", piece)
        patch.setattr(whole_lines, "MAX_CSV_ROW_BYTES", row)
        yield


@dataclass(frozen=True)
class CsvRow:
    """A row as Python's csv module reads it from the whole text: the oracle."""

    line: int
    cells: list[str]
    size: int
    problem: str = ""

    @property
    def blank(self) -> bool:
        """Whether it is a blank line, which is no row to us."""
        return not self.problem and not "".join(self.cells).strip() and len(self.cells) < 2


MISQUOTED, UNTERMINATED = "in the middle of a field", "never closed"


def rows_by_csv(text: str, delimiter: str) -> list[CsvRow]:
    """All rows, those among them that strict CSV forbids."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[CsvRow] = []
    start = 0
    while start < len(lines):
        cells, problem = [], ""
        try:
            cells = next(reader)
        except csv.Error as error:
            problem = UNTERMINATED if "end of data" in str(error) else MISQUOTED
        size = len("".join(lines[start : reader.line_num]).encode("utf-8", "surrogateescape"))
        rows.append(CsvRow(start + 1, cells, size, problem))
        start = reader.line_num
    return rows


delimiters = st.sampled_from(DELIMITERS)
# Where pieces end: a few places, most of them where small files have their bytes.
cuts = st.lists(st.integers(1, 400), max_size=8)
# Text that csv has something to do with in every other character.
awkward_texts = st.text(st.sampled_from('ab ,;\t|"""\r\n\r\né\u2028😀'), max_size=60)
# Whatever a cell can hold; NUL and lone surrogates are no text (see test_text.py).
cells = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.text(st.sampled_from('ab,;|\t"\r\n é'), max_size=8),
)
