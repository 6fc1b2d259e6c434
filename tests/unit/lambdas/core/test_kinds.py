"""What a field's format and properties may be; test_against_frictionless.py holds how cells are then read."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from lambdas.core.kinds import kind_of
from lambdas.core.schema import parse_schema
from lambdas.core.values import KINDS

from .documents import document, problems

DATE_FORMAT = "use default, or a pattern of %d, %m and %Y (or %y), each once, such as %d.%m.%Y"


@pytest.mark.parametrize(
    "form",
    [
        "any", "DD.MM.YYYY", "", "%d.%m", "%m/%Y", "%d.%m.%Y %Y", "%d.%m.%Y %y", "%d.%m.%Y %H:%M",
        "%d. %b %Y", "%A %d.%m.%Y", "%x", "%-d.%m.%Y", "%d.%m.%Y%", " %d.%m.%Y", "%d.%m.%Y ", "%d.%m.%Y%d",
        {}, None, 5,
    ],
)  # fmt: skip
def test_a_pattern_that_leaves_a_date_to_guess_is_a_problem(form: Any) -> None:
    (found,) = problems(document({"name": "x", "type": "date", "format": form}))
    assert found.startswith(f"field 'x': format {form!r} is not supported for type date; {DATE_FORMAT}")
    assert ("it guesses which number is the month" in found) == (form == "any")


@pytest.mark.parametrize("form", ["%d.%m.%Y %I:%M %p", "%H:%M", "%c", "any", "%d.%m.%Y %H:%H", "%d.%m.%Y %Z"])
def test_a_pattern_of_a_time_that_depends_on_a_locale_is_a_problem(form: str) -> None:
    (found,) = problems(document({"name": "x", "type": "datetime", "format": form}))
    assert f"{DATE_FORMAT}; it may have %H, %M, %S, %f, %z (the offset), each once" in found


@pytest.mark.parametrize(
    ("kind", "properties", "problem"),
    [
        ("string", {"decimalChar": ","}, "property 'decimalChar' is not supported"),
        ("integer", {"decimalChar": ","}, "property 'decimalChar' is not supported"),
        ("number", {"trueValues": ["x"]}, "property 'trueValues' is not supported"),
        ("number", {"floatNumber": True}, "property 'floatNumber' is not supported"),
        (
            "number",
            {"decimalChar": ""},
            "decimalChar: expected one character that is no letter, digit or sign",
        ),
        ("number", {"decimalChar": "e"}, "decimalChar: expected one character"),
        ("number", {"groupChar": ",,"}, "groupChar: expected one character that is no letter, digit or sign"),
        ("integer", {"groupChar": "-"}, "groupChar: expected one character"),
        ("number", {"groupChar": None}, "groupChar: expected one character"),
        (
            "number",
            {"groupChar": "."},
            "decimalChar and groupChar: expected two characters, got '.' for both",
        ),
        ("number", {"groupChar": ",", "decimalChar": ","}, "decimalChar and groupChar: expected two"),
        ("integer", {"bareNumber": "no"}, "bareNumber: expected true or false, got 'no'"),
        (
            "boolean",
            {"trueValues": []},
            "trueValues: expected a list of at least one text, without outer blanks",
        ),
        ("boolean", {"trueValues": "x"}, "trueValues: expected a list"),
        ("boolean", {"falseValues": [0]}, "falseValues: expected a list"),
        ("boolean", {"falseValues": [" no"]}, "falseValues: expected a list"),
        ("boolean", {"trueValues": ["0"]}, "trueValues and falseValues: expected no value in both, got 0"),
    ],
)
def test_a_property_that_cannot_be_used_is_a_problem(
    kind: str, properties: dict[str, Any], problem: str
) -> None:
    (found,) = problems(document({"name": "x", "type": kind, **properties}))
    assert found.startswith(f"field 'x': {problem}")


@pytest.mark.parametrize(
    ("kind", "form", "properties", "expected"),
    [
        ("date", "%d.%m.%Y", {}, "a date as DD.MM.YYYY"),
        ("date", "%y%m%d%%", {}, "a date as YYMMDD%"),
        ("datetime", "%d/%m/%Y %H:%M:%S.%f%z", {}, "a date and time as DD/MM/YYYY hh:mm:ss.ffffff+hh:mm"),
        ("boolean", "default", {"trueValues": ["ja"]}, "one of ja, false, False, FALSE, 0"),
        (
            "number",
            "default",
            {"decimalChar": ",", "groupChar": "\u00a0", "bareNumber": False},
            'a number of at most 38 digits, with "," before decimals and "\\u00a0" between thousands'
            " and a unit beside it",
        ),
    ],
)
def test_what_is_expected_is_told_as_people_write_it(
    kind: str, form: str, properties: dict[str, Any], expected: str
) -> None:
    field = {"name": "x", "type": kind, "format": form, **properties}
    assert parse_schema(document(field)).fields[1].kind.expected == expected


@pytest.mark.parametrize("properties", [{}, {"decimalChar": "."}, {"bareNumber": True}])
def test_defaults_that_are_named_are_read_as_fast_as_those_that_are_not(properties: dict[str, Any]) -> None:
    schema = parse_schema(document({"name": "x", "type": "number", **properties}))
    assert schema.fields[1].kind is KINDS["number", "default"]


def test_times_without_a_zone_are_utc_and_short_years_as_posix_has_them() -> None:
    read = kind_of("datetime", "%d.%m.%y %H:%M", {}).read
    assert read(["1.2.69 3:04", "1.2.68 3:04"]) == [
        datetime(1969, 2, 1, 3, 4, tzinfo=UTC),
        datetime(2068, 2, 1, 3, 4, tzinfo=UTC),
    ]
    assert kind_of("date", "%m/%d/%Y", {}).read(["2/1/2024"]) == [date(2024, 2, 1)]


def test_bounds_are_written_as_cells_are() -> None:
    field = {"name": "x", "type": "date", "format": "%d.%m.%Y"}
    schema = parse_schema(document({**field, "constraints": {"minimum": "31.12.2024"}}))
    assert schema.fields[1].constraints == {"minimum": "31.12.2024"}
    (found,) = problems(document({**field, "constraints": {"minimum": "2024-12-31"}}))
    assert "constraint minimum: expected a date as DD.MM.YYYY, got '2024-12-31'" in found
