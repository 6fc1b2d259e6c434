"""The schema of the rows: a documented subset of Frictionless Table Schema.

https://specs.frictionlessdata.io/table-schema/ has the words. What is outside the subset is an error
here, when the schema is read, so that nothing in a schema file is ever silently ignored.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..aws.limits import PARTIQL_STATEMENT_CHARACTERS
from ..aws.rowrelay_error import RowrelayError
from .constraints import constraint_problem
from .reserved_columns import RESERVED
from .values import KINDS, Kind

TYPES = tuple(dict.fromkeys(kind for kind, _ in KINDS))
KEY_TYPES: Mapping[str, str] = {"string": "S", "integer": "N"}
# What a statement has room for besides the table's name (255) and the record's own three columns:
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementRequest.html
_NAMES_CHARACTERS = PARTIQL_STATEMENT_CHARACTERS - 400
_SCHEMA_PROPERTIES = frozenset(
    {"fields", "primaryKey", "missingValues", "$schema", "name", "title", "description"}
)
_FIELD_PROPERTIES = frozenset({"name", "type", "format", "constraints", "title", "description", "example"})


class SchemaError(RowrelayError, ValueError):
    """A schema that cannot be used; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("the schema cannot be used:\n" + "\n".join(f"  - {p}" for p in problems))


@dataclass(frozen=True)
class Field:
    """One column: Table Schema's name, type, format, and its constraints as they stand in the file."""

    name: str
    type: str
    format: str
    constraints: Mapping[str, Any]

    @property
    def kind(self) -> Kind:
        """How its cells are read and written."""
        return KINDS[self.type, self.format]

    @property
    def required(self) -> bool:
        """Whether a row without a value here is rejected."""
        return bool(self.constraints.get("required", False))


@dataclass(frozen=True)
class Schema:
    """The columns of a file, in the schema's order, and the one that is the record's key."""

    fields: tuple[Field, ...]
    key: str
    missing_values: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(field.name for field in self.fields)

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that a header must have."""
        return tuple(f.name for f in self.fields if f.required or f.name == self.key)

    @property
    def key_type(self) -> str:
        """DynamoDB's type of the key: "S" or "N"."""
        return KEY_TYPES[next(f.type for f in self.fields if f.name == self.key)]


def header_name(name: str) -> str:
    """Returns a column's name as headers are compared: trimmed, in any case, accents composed or not."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def parse_schema(document: Mapping[str, Any]) -> Schema:
    """Read a Table Schema document.

    Raises:
        SchemaError: with every problem found, not just the first.
    """
    if not isinstance(document, Mapping):
        raise SchemaError([f"expected an object with fields and primaryKey, got {document!r}"])
    problems = [f"property {name!r} is not supported" for name in _unknown(document, _SCHEMA_PROPERTIES)]
    entries = document.get("fields")
    if not isinstance(entries, list) or not entries:
        raise SchemaError([*problems, f"fields: expected a list of at least one field, got {entries!r}"])
    fields = [_field(entry, f"fields[{n}]", problems) for n, entry in enumerate(entries)]
    key = _primary_key(document.get("primaryKey"), fields, problems)
    missing = document.get("missingValues", [""])
    if not isinstance(missing, list) or not all(isinstance(value, str) for value in missing):
        problems.append(f"missingValues: expected a list of strings, got {missing!r}")
    _check_names(fields, problems)
    # In a statement each name stands in quotes, doubled where it has some, and with a colon, a mark, a comma.
    if sum(len(field.name) + field.name.count("'") + 5 for field in fields) > _NAMES_CHARACTERS:
        problems.append(
            f"fields: expected names that take at most {_NAMES_CHARACTERS:,} characters together (five more"
            " for each), since a record is inserted by one statement"
        )
    problems += [
        f"field {f.name!r}: constraint unique is supported on the primaryKey only"
        for f in fields
        if f.constraints.get("unique") is True and f.name != key
    ]
    if problems:
        raise SchemaError(problems)
    return Schema(tuple(fields), key, frozenset(missing))


def _unknown(document: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    return sorted(set(document) - set(known))


def _field(entry: Any, where: str, problems: list[str]) -> Field:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        problems.append(f"{where}: expected an object with a name, got {entry!r}")
        return Field("", "string", "default", {})
    where = f"field {entry['name']!r}"
    problems += [
        f"{where}: property {name!r} is not supported" for name in _unknown(entry, _FIELD_PROPERTIES)
    ]
    kind, form = entry.get("type", "string"), entry.get("format", "default")
    if kind not in TYPES:
        problems.append(f"{where}: type {kind!r} is not supported; use one of {', '.join(TYPES)}")
        return Field(entry["name"], "string", "default", {})
    if not isinstance(form, str) or (kind, form) not in KINDS:
        expected = ", ".join(name for one, name in KINDS if one == kind)
        problems.append(f"{where}: format {form!r} is not supported for type {kind}; use one of {expected}")
        form = "default"
    constraints = entry.get("constraints", {})
    if not isinstance(constraints, Mapping):
        problems.append(f"{where}: constraints: expected an object, got {constraints!r}")
        constraints = {}
    for name, value in constraints.items():
        if problem := constraint_problem(kind, form, name, value):
            problems.append(f"{where}: {problem}")
    return Field(entry["name"], kind, form, dict(constraints))


def _primary_key(value: Any, fields: list[Field], problems: list[str]) -> str:
    names = value if isinstance(value, list) else [value]
    matches = [f for f in fields if [f.name] == names]
    if not matches:
        problems.append(f"primaryKey: expected the name of one field, got {value!r}")
        return ""
    if matches[0].type not in KEY_TYPES:
        problems.append(f"primaryKey: expected a string or integer field, got a {matches[0].type}")
    return matches[0].name


def _check_names(fields: list[Field], problems: list[str]) -> None:
    seen: set[str] = set()
    for field in fields:
        name = header_name(field.name)
        if name in RESERVED:
            problems.append(f"field {field.name!r}: the name is taken by the record or the report; rename it")
        if name and name in seen:
            problems.append(
                f"field {field.name!r}: the name stands twice (case and outer spaces do not count)"
            )
        seen.add(name)
