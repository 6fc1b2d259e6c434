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

from lambdas.core.blanks import BLANKS
from lambdas.core.schema import Schema, parse_schema
from lambdas.csvfile import decode as source
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import DELIMITERS
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.transform import TransformRow
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


def parse(
    data: bytes | Iterable[bytes],
    schema: Schema = USERS,
    name: str = "people.csv",
    transform_row: TransformRow | None = None,
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
    size: int | None = None,
) -> Outcome:
    """Parse a file to its end."""
    outcome = Outcome([], [])
    pieces = [data] if isinstance(data, bytes) else data
    for parsed in open_csv(name, pieces, schema, transform_row, options=options, size=size):
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
def limits(piece: int) -> Iterator[None]:
    """Smaller pieces, so that small files have many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "PIECE_BYTES", piece)
        yield


@dataclass(frozen=True)
class CsvRow:
    """A row as Python's csv module reads it from the whole text: the oracle."""

    line: int
    cells: list[str]
    text: str
    problem: str = ""

    @property
    def size(self) -> int:
        """How many bytes it has, without its line end."""
        return len(self.text.encode("utf-8", "surrogateescape"))

    @property
    def blank(self) -> bool:
        """Whether it is a blank line, or one of nothing but delimiters and blanks, which is no row to us."""
        return not self.problem and not "".join(self.cells).strip(BLANKS)


MISQUOTED, UNTERMINATED = "in the middle of a field", "never closed"


def rows_by_csv(text: str, delimiter: str) -> list[CsvRow]:
    """All rows, those among them that strict CSV forbids."""
    lines = list(io.StringIO(text, newline=""))
    given = io.StringIO(without_field_blanks(text, delimiter), newline="")
    reader = csv.reader(given, delimiter=delimiter, strict=True)
    rows: list[CsvRow] = []
    start = 0
    while start < len(lines):
        cells, problem = [], ""
        try:
            cells = next(reader)
        except csv.Error as error:
            problem = UNTERMINATED if "end of data" in str(error) else MISQUOTED
        row = "".join(lines[start : reader.line_num]).removesuffix("\n").removesuffix("\r")
        rows.append(CsvRow(start + 1, cells, row, problem))
        start = reader.line_num
    return rows


def without_field_blanks(text: str, delimiter: str, *, in_quotes: bool = False) -> str:
    """The text without the blanks between a quote and a delimiter or line end, a character at a time."""
    blanks = set(BLANKS) - {*"\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85", delimiter}
    ends = {*"\r\n", delimiter}
    made, held, state = "", "", "quoted" if in_quotes else "start"
    for character in text:
        if state in ("start", "closed") and character in blanks:
            held += character
            continue
        closes_or_opens = (character == '"' and state == "start") or (character in ends and state == "closed")
        if state == "closed" and character == '"' and not held:
            state = "quoted"
        elif state == "quoted":
            state = "closed" if character == '"' else "quoted"
        elif character in "\r\n" or (character == delimiter and state != "lost"):
            state = "start"
        elif state == "start":
            state = "quoted" if character == '"' else "plain"
        elif state == "closed":
            state = "lost"  # csv gives up this line
        made += character if closes_or_opens else held + character
        held = ""
    return made + held * (state == "start")


delimiters = st.sampled_from(DELIMITERS)
# Where pieces end: a few places, most of them where small files have their bytes.
cuts = st.lists(st.integers(1, 400), max_size=8)
# Text that csv has something to do with in every other character.
awkward_texts = st.text(st.sampled_from('ab ,;\t|"""\r\n\r\né\u2028😀\u200b'), max_size=60)
# Whatever a cell can hold; NUL and lone surrogates are no text (see test_text.py).
cells = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.text(st.sampled_from('ab,;|\t"\r\n é'), max_size=8),
)
