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
