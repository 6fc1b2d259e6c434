"""The constraints that a field may have: which ones, by its type, and what their values must be."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .values import Kind, read_one

_ALWAYS = ("required", "unique", "enum")
_BOUNDS = ("minimum", "maximum")
CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "string": (*_ALWAYS, "pattern", "minLength", "maxLength"),
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


_EXPECTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "required": ("true or false", _is_boolean),
    "unique": ("true or false", _is_boolean),
    "pattern": ("a regular expression", _is_pattern),
    "minLength": ("a whole number", _is_length),
    "maxLength": ("a whole number", _is_length),
}
