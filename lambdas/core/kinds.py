"""How a field's cells are read, by its type, format, and the properties that the type has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .blanks import BLANKS
from .date_patterns import PATTERN_TYPES, pattern_kind, pattern_problem
from .number_formats import DECIMAL_CHAR, number_kind
from .values import FALSE_VALUES, KINDS, TRUE_VALUES, Kind

TYPES = tuple(dict.fromkeys(kind for kind, _ in KINDS))
# What a field of a type may have besides a format and constraints.
PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "integer": ("groupChar", "bareNumber"),
    "number": ("decimalChar", "groupChar", "bareNumber"),
    "boolean": ("trueValues", "falseValues"),
}


def kind_of(field_type: str, form: str, properties: Mapping[str, Any]) -> Kind:
    """Returns how the cells of a field are read and written; there is no problem with what it is given."""
    if field_type in PATTERN_TYPES and form != "default":
        return pattern_kind(field_type, form)
    if not properties:
        return KINDS[field_type, form]
    if field_type == "boolean":
        return _boolean_kind(*_words(properties))
    decimal, group = properties.get("decimalChar", DECIMAL_CHAR), properties.get("groupChar", "")
    bare = properties.get("bareNumber", True)
    if (decimal, group, bare) == (DECIMAL_CHAR, "", True):
        return KINDS[field_type, form]
    return number_kind(field_type, decimal, group, bare=bare)


def format_problem(field_type: str, form: Any) -> str | None:
    """Returns what a field's format must be, if it is none of its type's; otherwise None."""
    if isinstance(form, str) and (field_type, form) in KINDS:
        return None
    if field_type in PATTERN_TYPES:
        return pattern_problem(field_type, form if isinstance(form, str) else "")
    return f"one of {', '.join(name for one, name in KINDS if one == field_type)}"


def property_problems(field_type: str, properties: Mapping[str, Any]) -> list[str]:
    """Returns what is wrong with the properties of a field, all of which are of its type."""
    problems = []
    for name, value in properties.items():
        expected, holds = _EXPECTED[name]
        if not holds(value):
            problems.append(f"{name}: expected {expected}, got {value!r}")
    if problems:
        return problems
    if field_type == "boolean" and (both := set.intersection(*map(set, _words(properties)))):
        return [f"trueValues and falseValues: expected no value in both, got {', '.join(sorted(both))}"]
    if field_type == "number" and properties.get("decimalChar", DECIMAL_CHAR) == properties.get("groupChar"):
        got = properties["groupChar"]
        return [f"decimalChar and groupChar: expected two characters, got {got!r} for both"]
    return []


def _words(properties: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(properties.get("trueValues", TRUE_VALUES)),
        tuple(properties.get("falseValues", FALSE_VALUES)),
    )


def _boolean_kind(true: tuple[str, ...], false: tuple[str, ...]) -> Kind:
    values = {**dict.fromkeys(true, True), **dict.fromkeys(false, False)}

    def read(texts: Sequence[str]) -> list[Any]:
        try:
            return [values[text.strip()] for text in texts]
        except KeyError as error:
            raise ValueError(error.args[0]) from error

    return replace(KINDS["boolean", "default"], expected=f"one of {', '.join(values)}", read=read)


def _is_separator(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and not value.isalnum() and value not in "+-"


def _is_words(value: Any) -> bool:
    words = isinstance(value, list) and bool(value)
    return words and all(isinstance(word, str) and word == word.strip(BLANKS) for word in value)


_SEPARATOR = ("one character that is no letter, digit or sign", _is_separator)
_WORDS = ("a list of at least one text, without outer blanks", _is_words)
_EXPECTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "decimalChar": _SEPARATOR,
    "groupChar": _SEPARATOR,
    "bareNumber": ("true or false", lambda value: isinstance(value, bool)),
    "trueValues": _WORDS,
    "falseValues": _WORDS,
}
