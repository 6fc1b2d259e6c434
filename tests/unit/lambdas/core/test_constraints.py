from typing import Any

import pytest

from lambdas.core.constraints import CONSTRAINTS
from lambdas.core.schema import parse_schema

from .documents import document, problems

NEW_YEAR = "2024-01-01T00:00:00Z"
GOOD_CONSTRAINTS: dict[str, Any] = {
    "required": True, "unique": False, "minLength": 1, "maxLength": 9.0, "pattern": "a+",
    "string": {"enum": ["a"]}, "integer": {"enum": [1], "minimum": 0, "maximum": "9"},
    "number": {"enum": [0.5], "minimum": -1.5, "maximum": 1e3}, "boolean": {"enum": [True]},
    "date": {"enum": ["2024-01-01"], "minimum": "2024-01-01", "maximum": "2024-12-31"},
    "datetime": {"enum": [NEW_YEAR], "minimum": NEW_YEAR, "maximum": NEW_YEAR},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in CONSTRAINTS.items() for name in names]
)
def test_every_constraint_is_taken(kind: str, name: str) -> None:
    value = GOOD_CONSTRAINTS[kind].get(name, GOOD_CONSTRAINTS.get(name))
    schema = parse_schema(document({"name": "x", "type": kind, "constraints": {name: value}}))
    assert schema.fields[1].constraints == {name: value}


@pytest.mark.parametrize(
    ("kind", "name", "value", "problem"),
    [
        ("string", "exclusiveMinimum", 1, " is not supported for type string; use one of required, unique"),
        ("string", "minimum", "a", " is not supported for type string"),
        ("integer", "minLength", 1, " is not supported for type integer"),
        ("boolean", "pattern", "t", " is not supported for type boolean"),
        ("string", "unique", True, " unique is supported on the primaryKey only"),
        ("string", "unique", "yes", ": expected true or false, got 'yes'"),
        ("string", "required", 1, ": expected true or false, got 1"),
        ("string", "pattern", "(", ": expected a regular expression, got '('"),
        ("string", "pattern", None, ": expected a regular expression, got None"),
        ("string", "pattern", "a{99999999999}", ": expected a regular expression"),
        ("string", "minLength", -1, ": expected a whole number, got -1"),
        ("string", "maxLength", 1.5, ": expected a whole number, got 1.5"),
        ("string", "maxLength", "9", ": expected a whole number, got '9'"),
        ("string", "maxLength", True, ": expected a whole number, got True"),
        ("string", "maxLength", float("inf"), ": expected a whole number, got inf"),
        ("string", "maxLength", float("nan"), ": expected a whole number, got nan"),
        ("string", "enum", [], ": expected a list of at least one value, each text, got []"),
        ("string", "enum", "abc", ": expected a list of at least one value"),
        ("string", "enum", ["a", None], ": expected a list of at least one value"),
        ("string", "enum", [1, 2], ": expected a list of at least one value"),
        ("integer", "enum", [1, "x"], ": expected a list of at least one value, each a whole number"),
        ("integer", "minimum", 1.5, ": expected a whole number of at most 38 digits, got 1.5"),
        ("integer", "minimum", True, ": expected a whole number of at most 38 digits, got True"),
        ("number", "maximum", float("nan"), ": expected a number of at most 38 digits, got nan"),
        ("number", "maximum", [1], ": expected a number of at most 38 digits, got [1]"),
        ("date", "maximum", "31.12.2024", ": expected a date as YYYY-MM-DD, got '31.12.2024'"),
    ],
)
def test_a_constraint_outside_of_the_subset_is_a_problem(
    kind: str, name: str, value: Any, problem: str
) -> None:
    (found,) = problems(document({"name": "x", "type": kind, "constraints": {name: value}}))
    assert found.startswith("field 'x': constraint ")
    assert name in found
    assert problem in found


def test_an_enum_is_held_to_the_field_s_format() -> None:
    (found,) = problems(document({"name": "x", "format": "email", "constraints": {"enum": ["a"]}}))
    assert "each an e-mail address, got ['a']" in found


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (
            {"type": "integer", "constraints": {"minimum": 5, "maximum": "3"}},
            ["s minimum and maximum: expected a minimum of at most the maximum, got 5 and '3'"],
        ),
        (
            {
                "type": "date",
                "format": "%d.%m.%Y",
                "constraints": {"minimum": "02.01.2024", "maximum": "01.02.2023"},
            },
            ["s minimum and maximum: expected a minimum of at most the maximum, got '02.01.2024' and "],
        ),
        (
            {"constraints": {"minLength": 9.0, "maxLength": 8}},
            ["s minLength and maxLength: expected a minLength of at most the maxLength, got 9.0 and 8"],
        ),
        (
            {"constraints": {"maxLength": 0, "required": True}},
            ["s required and maxLength: expected a maxLength of at least 1, got 0"],
        ),
        (
            {"constraints": {"enum": ["a", " b", "c\t", "\ufeffd", "\ufe0fe"]}},
            [
                " enum: expected values without outer blanks, since cells are trimmed, "
                "got ' b', 'c\\t', '\\ufeffd', '\ufe0fe'"
            ],
        ),
        (
            {"constraints": {"enum": ["a", "b", "bc"], "pattern": "[ab]"}},
            [" enum: expected values that pattern '[ab]' allows, got 'bc'"],
        ),
        (
            {"constraints": {"enum": ["a", "ab", "abc"], "minLength": 2, "maxLength": 2}},
            [
                " enum: expected values that minLength 2 allows, got 'a'",
                " enum: expected values that maxLength 2 allows, got 'abc'",
            ],
        ),
        (
            {"type": "number", "constraints": {"enum": [1, "1.50", 3], "minimum": 1.5, "maximum": 2}},
            [
                " enum: expected values that minimum 1.5 allows, got 1",
                " enum: expected values that maximum 2 allows, got 3",
            ],
        ),
        (
            {"constraints": {"minLength": 3, "maxLength": 2, "pattern": "x*", "enum": ["xx", "yyy"]}},
            [
                "s minLength and maxLength: ",
                " enum: expected values that pattern 'x*' allows, got 'yyy'",
                " enum: expected values that minLength 3 allows, got 'xx'",
                " enum: expected values that maxLength 2 allows, got 'yyy'",
            ],
        ),
    ],
)
def test_constraints_that_contradict_each_other_are_a_problem(field: dict[str, Any], told: list[str]) -> None:
    found = problems(document({"name": "x", **field}))
    assert len(found) == len(told)
    for problem, start in zip(found, told, strict=True):
        assert problem.startswith(f"field 'x': constraint{start}")


@pytest.mark.parametrize(
    "field",
    [
        {"type": "integer", "constraints": {"minimum": "3", "maximum": 3, "enum": [" 3 "]}},
        {
            "type": "date",
            "format": "%d.%m.%Y",
            "constraints": {"minimum": "02.01.2023", "maximum": "01.02.2023"},
        },
        {"type": "datetime", "constraints": {"minimum": "2024-01-01T01:00:00+02:00", "maximum": NEW_YEAR}},
        {"constraints": {"minLength": 2, "maxLength": 2.0, "pattern": "a|b.", "enum": ["bb", "b\u00e9"]}},
        {"constraints": {"maxLength": 0, "required": False}},
        {"constraints": {"enum": ["", "a b", "\u2800".join("ab")]}},
    ],
)
def test_constraints_that_agree_are_taken(field: dict[str, Any]) -> None:
    assert parse_schema(document({"name": "x", **field})).fields[1].constraints == field["constraints"]


def test_what_is_wrong_by_itself_is_told_before_what_it_contradicts() -> None:
    constraints = {"minLength": 5, "maxLength": "4", "enum": ["a"]}
    (found,) = problems(document({"name": "x", "constraints": constraints}))
    assert "constraint maxLength: expected a whole number, got '4'" in found
