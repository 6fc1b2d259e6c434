"""A field of the schema: one column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .constraints import constraint_problem, contradictions
from .kinds import PROPERTIES, TYPES, format_problem, kind_of, property_problems
from .values import Kind

ALIASES = "rowrelay:aliases"
_PROPERTIES = ("name", "type", "format", "constraints", "title", "description", "example", ALIASES)


@dataclass(frozen=True)
class Field:
    """One column: Table Schema's name, type, format, and its constraints as they stand in the file.

    `aliases` are other names that the column goes by in files; `properties` those that Table Schema has for
    the type, such as decimalChar.
    """

    name: str
    type: str = "string"
    format: str = "default"
    constraints: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def kind(self) -> Kind:
        """How its cells are read and written."""
        return kind_of(self.type, self.format, self.properties)

    @property
    def required(self) -> bool:
        """Whether a row without a value here is rejected."""
        return bool(self.constraints.get("required", False))


def unknown_properties(document: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """Returns the properties of an object that are none of those known."""
    return sorted(set(document) - set(known))


def parse_field(entry: Any, where: str, problems: list[str]) -> Field:
    """Read an entry of a schema's fields.

    Args:
        entry: The entry.
        where: What to call it, until its name is known.
        problems: Takes one sentence for each thing that is wrong.

    Returns:
        The field; with what is wrong left out.
    """
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        problems.append(f"{where}: expected an object with a name, got {entry!r}")
        return Field("")
    name, kind = entry["name"], entry.get("type", "string")
    supported = kind in TYPES
    own = PROPERTIES.get(kind, ()) if supported else ()
    found = [
        f"property {name!r} is not supported" for name in unknown_properties(entry, (*_PROPERTIES, *own))
    ]
    aliases = _aliases(entry.get(ALIASES, []), found)
    if not supported:
        found.append(f"type {kind!r} is not supported; use one of {', '.join(TYPES)}")
        made = Field(name, aliases=aliases)
    else:
        form = _format(kind, entry.get("format", "default"), found)
        properties = _properties(kind, {one: entry[one] for one in own if one in entry}, found)
        constraints = _constraints(kind, kind_of(kind, form, properties), entry.get("constraints", {}), found)
        made = Field(name, kind, form, constraints, aliases, properties)
    problems += [f"field {name!r}: {problem}" for problem in found]
    return made


def _aliases(value: Any, problems: list[str]) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(alias, str) and alias.strip() for alias in value):
        return tuple(value)
    problems.append(f"{ALIASES}: expected a list of names, got {value!r}")
    return ()


def _format(kind: str, value: Any, problems: list[str]) -> str:
    if expected := format_problem(kind, value):
        problems.append(f"format {value!r} is not supported for type {kind}; use {expected}")
        return "default"
    return str(value)


def _properties(kind: str, values: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    found = property_problems(kind, values)
    problems += found
    return {} if found else values


def _constraints(field_type: str, kind: Kind, value: Any, problems: list[str]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        problems.append(f"constraints: expected an object, got {value!r}")
        return {}
    found = [constraint_problem(field_type, kind, name, one) for name, one in value.items()]
    problems += list(filter(None, found)) or contradictions(kind, value)
    return dict(value)
