"""The constraints that a field may have: which ones, by its type, and what their values must be."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .values import read_one

if TYPE_CHECKING:
    from .schema import Field

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


def constraint_problem(field: "Field", name: str, value: Any) -> str | None:
    """What is wrong with a constraint of this name and value on this field, if anything is."""
    where = f"field {field.name!r}: constraint {name}"
    if name not in CONSTRAINTS[field.type]:
        supported = ", ".join(CONSTRAINTS[field.type])
        return f"{where} is not supported for type {field.type}; use one of {supported}"
    expected, is_valid = _expected(field, name)
    return None if is_valid(value) else f"{where}: expected {expected}, got {value!r}"


def _expected(field: "Field", name: str) -> tuple[str, Callable[[Any], bool]]:
    if name in _BOUNDS:
        return field.kind.expected, lambda value: _is_value(field, value)
    if name == "enum":
        return (
            f"a list of at least one value, each {field.kind.expected}",
            lambda values: (
                isinstance(values, list) and bool(values) and all(_is_value(field, v) for v in values)
            ),
        )
    return _EXPECTED[name]


def _is_value(field: "Field", value: Any) -> bool:
    if field.type == "string" and not isinstance(value, str):
        return False
    try:
        read_one(field.kind, value)
    except ValueError:
        return False
    return True


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
