"""The constraints that a field may have: which ones, by its type, and what their values must be."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .blanks import trimmed
from .values import Kind, read_one

_ALWAYS = ("required", "unique", "enum")
_BOUNDS = ("minimum", "maximum")
_LENGTHS = ("minLength", "maxLength")
CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "string": (*_ALWAYS, "pattern", *_LENGTHS),
    "integer": (*_ALWAYS, *_BOUNDS),
    "number": (*_ALWAYS, *_BOUNDS),
    "boolean": _ALWAYS,
    "date": (*_ALWAYS, *_BOUNDS),
    "datetime": (*_ALWAYS, *_BOUNDS),
}


def constraint_problem(field_type: str, kind: Kind, name: str, value: Any) -> str | None:
    """Check a constraint of a field.

    Args:
        field_type: The field's type, which is supported.
        kind: How its cells are read.
        name: The constraint's name.
        value: Its value, as it stands in the schema file.

    Returns:
        What is wrong with it; None if nothing is.
    """
    if name not in CONSTRAINTS[field_type]:
        supported = ", ".join(CONSTRAINTS[field_type])
        return f"constraint {name} is not supported for type {field_type}; use one of {supported}"
    expected, is_valid = _expected(field_type, kind, name)
    return None if is_valid(value) else f"constraint {name}: expected {expected}, got {value!r}"


def contradictions(kind: Kind, constraints: Mapping[str, Any]) -> list[str]:
    """Compare the constraints of a field, none of which has a problem by itself.

    Args:
        kind: How the field's cells are read.
        constraints: Its constraints, as they stand in the schema file.

    Returns:
        One sentence for each pair that no value can keep, and for each that rules out values of `enum`.
    """
    limits = {name: _limit(kind, name, constraints[name]) for name in _ALLOWS if name in constraints}
    return [*_apart(constraints, limits), *_never_taken(kind, constraints, limits)]


def _limit(kind: Kind, name: str, value: Any) -> Any:
    if name in _BOUNDS:
        return read_one(kind, value)
    return int(value) if name in _LENGTHS else re.compile(value)


def _apart(constraints: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[str]:
    for low, high in (_BOUNDS, _LENGTHS):
        if low in limits and high in limits and limits[low] > limits[high]:
            got = f"{constraints[low]!r} and {constraints[high]!r}"
            yield f"constraints {low} and {high}: expected a {low} of at most the {high}, got {got}"
    if constraints.get("required") and limits.get("maxLength") == 0:
        yield "constraints required and maxLength: expected a maxLength of at least 1, got 0"


def _never_taken(kind: Kind, constraints: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[str]:
    def told(expected: str, got: list[Any]) -> str:
        return f"constraint enum: expected values {expected}, got {', '.join(map(repr, got))}"

    values = constraints.get("enum", [])
    if kind.types == (str,) and (blank := [value for value in values if value != trimmed(value)]):
        yield told("without outer blanks, since cells are trimmed", blank)
    for name, limit in limits.items():
        if ruled_out := [each for each in values if not _ALLOWS[name](limit, read_one(kind, each))]:
            yield told(f"that {name} {constraints[name]!r} allows", ruled_out)


def _expected(field_type: str, kind: Kind, name: str) -> tuple[str, Callable[[Any], bool]]:
    def is_value(value: Any) -> bool:
        if field_type == "string" and not isinstance(value, str):
            return False
        try:
            read_one(kind, value)
        except ValueError:
            return False
        return True

    def is_list_of_values(values: Any) -> bool:
        return isinstance(values, list) and bool(values) and all(map(is_value, values))

    if name in _BOUNDS:
        return kind.expected, is_value
    if name == "enum":
        return f"a list of at least one value, each {kind.expected}", is_list_of_values
    return _EXPECTED[name]


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, OverflowError, RecursionError):
        return False
    return True


def _is_length(value: Any) -> bool:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return whole and not isinstance(value, bool) and value >= 0


# Whether a value keeps a constraint, by the constraint's own value.
_ALLOWS: Mapping[str, Callable[[Any, Any], bool]] = {
    "pattern": lambda pattern, value: pattern.fullmatch(value) is not None,
    "minLength": lambda least, value: len(value) >= least,
    "maxLength": lambda most, value: len(value) <= most,
    "minimum": operator.le,
    "maximum": operator.ge,
}
_EXPECTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "required": ("true or false", _is_boolean),
    "unique": ("true or false", _is_boolean),
    "pattern": ("a regular expression", _is_pattern),
    "minLength": ("a whole number", _is_length),
    "maxLength": ("a whole number", _is_length),
}
