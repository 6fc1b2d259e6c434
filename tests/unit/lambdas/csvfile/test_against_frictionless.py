"""Our validator against frictionless, the reference implementation of Table Schema.

Where the two differ, frictionless_differences.py says so, and why; anything else is a failure.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import frictionless
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.schema import parse_schema
from lambdas.csvfile.columns import CellError, Column

from ....program import ROOT
from ...helpers.csv_files import USERS
from ...helpers.examples import examples
from .frictionless_differences import (
    BOOLEAN_PROPERTIES,
    COMMA,
    COMMAS,
    DATE_PATTERNS,
    DATETIME_PATTERNS,
    DIFFERENCES,
    GERMAN,
    NUMBER_PROPERTIES,
    UNIT,
    Difference,
    without_outer_blanks,
)

MISSING = ["", "NA", "-"]
REJECTED = object()


@dataclass(frozen=True)
class Case:
    """A field in Table Schema's words, and cells that are values of it or nearly so."""

    type: str
    format: str
    constraints: Mapping[str, Any]
    seeds: tuple[str, ...]
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of(self) -> str:
        return f"{self.type}/{self.format} {self.constraints.get('pattern', '')}".strip()

    @property
    def descriptor(self) -> dict[str, Any]:
        named = {"name": "c", "type": self.type, "format": self.format, "constraints": dict(self.constraints)}
        return {**named, **self.properties}


_EMAILS = (
    "a@b.co",
    "First.Last+tag@sub-domain.example.com",
    "x@xn--p1ai.xn--p1ai",
    "a'b@1.2.de",
    "a" * 60 + "@b.de",
)
_URIS = ("http://example.com/a?b=c#d", "mailto:a@b.co", "urn:x:y", "https://[::1]:80/%20")
_UUIDS = ("2bc1c94f-0deb-43e9-92a1-4775189ec9f8", "00000000-0000-0000-0000-00000000000F")
_INTEGERS = ("0", "1", "-5", "+7", "007", "10", "9" * 38)
_NUMBERS = (
    "0",
    "1.5",
    "-2.50",
    "1e3",
    ".5",
    "5.",
    "1E-10",
    "1e125",
    "3.14159265358979323846264338327950288419",
)
_BOOLEANS = ("true", "True", "TRUE", "1", "false", "False", "FALSE", "0", "yes", "tRUE")
_DATES = ("2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "2024-13-01")
_DATETIMES = (
    "2024-02-29T12:30:45Z", "2024-02-29T12:30:45", "2024-02-29T12:30:45.5+02:00",
    "2024-02-29T23:59:59.999999-23:59", "2023-12-31T23:30:00-01:00", "2024-01-01T00:00:00+01:99",
)  # fmt: skip
_TEXTS = ("a", "bc", "é", "😀", " a", "NA", "-", "null", "=1+1", "x" * 12)

_SEPARATED = (
    "1.234,50", "12,5", "1.234.567", ",5", "5,", "1.5", "1234", "-1.000,5e1", "1.2,3", "12.34.567",
    "1,234.50", "1,234", "12,34,567", "1,5", "1,234,5",
    "+1,234", "1,,234", "0,5.5", "1.5,0", "1\u202f234,5", "1 234,5",
    "1\u00a0234", "1.000,5", "12",
)  # fmt: skip
_UNITS = (
    "€ 12", "12 %", "-5 €", "€-5", "12", ".5", "-.5", "€ .5", "Rs.500", "(12)", "12-", "\u221212", "12½",
    "1e3", "12.50 USD", "$+5", "5 m²", "1 2", "- 5", "12.-", "x", "5.",
)  # fmt: skip
_WORDS = ("yes", "no", "ja", "Ja", "nein", "x y", "true", "false", "1", "YES")
_PATTERN_DATES = (
    "31.12.2025", "29.02.2023", "29.02.2024", "1.2.2025", "01.02.25", "1/2/25", "31/12/69", "31/12/68",
    "12/31/2025", "20251231", "2025111", "2025011", "1 2 2025", " 1  2\u00a02025", "1.\t2.2025", "2025-1-5",
    "2024年2月29日", "AM 1.2.2025", "\uff13\uff11.12.2025", "32.12.2025",
    "31.12.2025 00:00", "0001-01-01", "12/ 1/2025",
)  # fmt: skip
_PATTERN_TIMES = (
    "31.12.2025 23:59", "1.2.2025 1:2", "29.02.2024 24:00", "2025-12-31t10:00:00Z", "2025-12-31T10:00:60Z",
    "2025-12-31T10:00:00+0200", "2025-12-31T10:00:00-23:59", "2025-12-31T10:00:00+24:00",
    "2025-12-31T10:00:00z",
    "2025-12-31T10:00:00+02:00:30", "2025-12-31 10:00:00.5", "20251231100000", "2025123110000", "31.12.2025",
)  # fmt: skip
CASES = [
    Case("string", "default", {}, _TEXTS),
    Case("string", "default", {"required": True}, _TEXTS),
    Case("string", "default", {"minLength": 2, "maxLength": 4}, _TEXTS),
    Case("string", "default", {"pattern": "a|bc"}, _TEXTS),
    Case("string", "default", {"enum": ["a", "bc", "é", "NA"]}, _TEXTS),
    Case("string", "email", {}, _EMAILS),
    Case("string", "email", {"required": True, "maxLength": 20}, _EMAILS),
    Case("string", "uri", {}, _URIS),
    Case("string", "uuid", {}, _UUIDS),
    Case("integer", "default", {}, _INTEGERS),
    Case("integer", "default", {"minimum": -5, "maximum": "10", "required": True}, _INTEGERS),
    Case("integer", "default", {"enum": [1, "7", -5]}, _INTEGERS),
    Case("number", "default", {}, _NUMBERS),
    Case("number", "default", {"minimum": "-2.5", "maximum": 1.5}, _NUMBERS),
    Case("number", "default", {"enum": [1000, "0.50", 1.5]}, _NUMBERS),
    Case("boolean", "default", {"required": True}, _BOOLEANS),
    Case("boolean", "default", {"enum": [True]}, _BOOLEANS),
    Case("date", "default", {}, _DATES),
    Case("date", "default", {"minimum": "2024-01-01", "maximum": "2024-12-31"}, _DATES),
    Case("date", "default", {"enum": ["2024-02-29"]}, _DATES),
    Case("datetime", "default", {}, _DATETIMES),
    Case("datetime", "default", {"minimum": "2024-01-01T00:00:00Z"}, _DATETIMES),
    Case("datetime", "default", {"maximum": "2024-01-01T00:00:00+05:00", "required": True}, _DATETIMES),
    *(Case("number", "default", {}, _SEPARATED, properties) for properties in NUMBER_PROPERTIES),
    Case("number", "default", {"minimum": "-1,5", "maximum": 1e3}, _SEPARATED, COMMA),
    Case("number", "default", {"enum": ["1.000,5", 12, 12.5]}, _SEPARATED, GERMAN),
    Case("number", "default", {"enum": ["€ 5", 1.5]}, _UNITS, UNIT),
    Case("number", "default", {}, _UNITS, UNIT | COMMAS),
    Case("integer", "default", {"minimum": "€ 5"}, _UNITS, UNIT),
    Case("integer", "default", {}, _SEPARATED, COMMAS),
    Case("boolean", "default", {"enum": [True]}, _WORDS, BOOLEAN_PROPERTIES[0]),
    Case("boolean", "default", {"enum": ["nein"]}, _WORDS, BOOLEAN_PROPERTIES[1]),
    *(Case("date", pattern, {}, _PATTERN_DATES) for pattern in DATE_PATTERNS),
    Case("date", "%d.%m.%Y", {"minimum": "01.01.2024", "maximum": "31.12.2024"}, _PATTERN_DATES),
    Case("date", "%d/%m/%y", {"enum": ["1/2/24"]}, _PATTERN_DATES),
    *(Case("datetime", pattern, {}, _PATTERN_TIMES) for pattern in DATETIME_PATTERNS),
    Case("datetime", "%Y%m%d%H%M%S", {"minimum": "20240229000000"}, _PATTERN_TIMES),
]  # fmt: skip


# Rows with control characters are rejected before their cells are read.
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n")


@st.composite
def cells(draw: st.DrawFn, seeds: tuple[str, ...]) -> str:
    """Anything, or a seed with a few characters taken out and put in."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.text(_CHARACTERS, max_size=12))
    cell = draw(st.sampled_from((*seeds, *MISSING)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(cell)))
        put = draw(
            st.one_of(
                st.text(st.sampled_from('0159-+.:eETZ_ @%a\n"é٣'), max_size=2),
                st.text(_CHARACTERS, max_size=1),
            )
        )
        cell = cell[:at] + put + cell[at + draw(st.integers(0, 1)) :]
    return cell


def our_reading(case: Case) -> Callable[[str], Any]:
    schema = parse_schema(
        {"fields": [case.descriptor, {"name": "k"}], "primaryKey": "k", "missingValues": MISSING}
    )
    column = Column(schema.fields[0], schema.missing_values, is_key=False)

    def read(cell: str) -> Any:
        try:
            (text,) = column.encode([cell])
        except CellError:
            return REJECTED
        value = json.loads(text, parse_float=Decimal)
        # As it would be after the user's own module.
        assert column.encode_values(column.read([cell])) == [text]
        return datetime.fromisoformat(value) if case.type == "datetime" and value else value

    return read


def their_reading(case: Case) -> Callable[[str], Any]:
    field = frictionless.Field.from_descriptor({**case.descriptor, "missingValues": MISSING})

    def read(cell: str) -> Any:
        try:
            value, notes = field.read_cell(cell)
        except TypeError:
            # It cannot compare a time that names no zone with a bound that does; to both of us that is UTC.
            value, notes = field.read_cell(f"{cell}Z")
        if notes:
            return REJECTED
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        return value.isoformat() if isinstance(value, date) else value

    return read


def permitted(case: Case, cell: str, *, we_take_it: bool) -> bool:
    return any(
        (difference.of, difference.properties) == (case.of, case.properties)
        and difference.we_take_it == we_take_it
        and difference.applies(cell)
        for difference in DIFFERENCES
    )


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.of} {dict(case.constraints)} {dict(case.properties)}"
)
def test_we_read_cells_as_frictionless_does(case: Case) -> None:
    ours, theirs = our_reading(case), their_reading(case)

    @examples(60)
    @given(cells(case.seeds))
    def compare(cell: str) -> None:
        we, they = ours(cell), theirs(cell := without_outer_blanks(cell))
        if (we is REJECTED) == (they is REJECTED):
            assert we == they
        else:
            assert permitted(case, cell, we_take_it=we is not REJECTED), (cell, we, they)

    for seed in (*case.seeds, *MISSING):
        compare.hypothesis.inner_test(seed)  # type: ignore[attr-defined]
    compare()


@pytest.mark.parametrize(
    ("difference", "cell"), [(each, cell) for each in DIFFERENCES for cell in each.examples]
)
def test_every_difference_is_one(difference: Difference, cell: str) -> None:
    kind, form, pattern = re.fullmatch("(.*?)/(.*?)( a.*)?", difference.of).groups()  # type: ignore[union-attr]
    case = Case(kind, form, {"pattern": pattern.strip()} if pattern else {}, (), difference.properties)
    assert case.of == difference.of
    assert difference.applies(cell)
    assert (our_reading(case)(cell) is not REJECTED) == difference.we_take_it
    assert (their_reading(case)(cell) is REJECTED) == difference.we_take_it


@pytest.mark.parametrize("blank", [" ", "\t\n", "\u00a0", "\u200b", "\u3164\ufeff"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.of} {dict(case.constraints)}")
def test_a_cell_with_outer_blanks_is_the_cell_without(case: Case, blank: str) -> None:
    ours = our_reading(case)
    for cell in (*case.seeds, *MISSING):
        assert ours(blank + cell + blank) == ours(cell)


def test_the_project_s_schema_is_one_to_frictionless() -> None:
    document = json.loads((ROOT / "schemas" / "users.json").read_text(encoding="utf-8"))
    assert tuple(frictionless.Schema.from_descriptor(document).field_names) == USERS.columns
