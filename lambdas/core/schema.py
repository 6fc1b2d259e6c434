"""The schema of the rows: a documented subset of Frictionless Table Schema.

https://specs.frictionlessdata.io/table-schema/ has the words. What is outside the subset is an error
here, when the schema is read, so that nothing in a schema file is ever silently ignored.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..aws.limits import DYNAMODB_KEY_NAME_BYTES, PARTIQL_STATEMENT_CHARACTERS
from ..aws.rowrelay_error import RowrelayError
from .blanks import ALTERING, BLANKS
from .field import Field, parse_field, unknown_properties
from .reserved_columns import REPORT_COLUMNS, is_reserved

KEY_TYPES: Mapping[str, str] = {"string": "S", "integer": "N"}
# What a statement has room for besides the table's name (255) and the record's own three columns:
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementRequest.html
_NAMES_CHARACTERS = PARTIQL_STATEMENT_CHARACTERS - 400
_SCHEMA_PROPERTIES = frozenset(
    {"fields", "primaryKey", "missingValues", "$schema", "name", "title", "description"}
)
_NOT_COMPARED = str.maketrans("", "", f"{BLANKS}{ALTERING}_-.")


class SchemaError(RowrelayError, ValueError):
    """A schema that cannot be used; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("the schema cannot be used:\n" + "\n".join(f"  - {p}" for p in problems))


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

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The column that each name means, an alias too, as headers are compared."""
        return {header_name(name): f.name for f in self.fields for name in (f.name, *f.aliases)}

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that a header must have."""
        return tuple(f.name for f in self.fields if f.required or f.name == self.key)

    @property
    def key_type(self) -> str:
        """DynamoDB's type of the key: "S" or "N"."""
        return KEY_TYPES[next(f.type for f in self.fields if f.name == self.key)]


def header_name(name: str) -> str:
    """Returns a column's name as headers are compared.

    That is in any case, accents composed or not, and without blanks, `_`, `-`, `.` and what shows nothing.
    """
    return unicodedata.normalize("NFC", name.translate(_NOT_COMPARED)).casefold()


def read_document(data: bytes) -> dict[str, Any]:
    """Read the JSON of a schema file, which is not yet looked at as a schema.

    Raises:
        ValueError: it is no JSON object; says what it is instead.
    """
    try:
        document = json.loads(data)
    except RecursionError:  # thousands of brackets
        raise ValueError("JSON that is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"no JSON ({error})") from None
    if not isinstance(document, dict):
        raise ValueError("JSON that is no object")
    return document


def key_problem(name: str) -> str | None:
    """Returns why a column of this name cannot be the records' key; None if it can."""
    if is_reserved(name):
        return f"the name {name!r} is taken by the record or the report; rename it"
    if name != name.strip():
        return f"expected a name without outer blanks, got {name!r}"
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > DYNAMODB_KEY_NAME_BYTES:
        most = f"at most {DYNAMODB_KEY_NAME_BYTES} bytes (DynamoDB's limit)"
        return f"expected a name of {most}, got {size:,} bytes; shorten {name!r}"
    return None


def parse_schema(document: Mapping[str, Any]) -> Schema:
    """Read a Table Schema document.

    Raises:
        SchemaError: with every problem found, not just the first.
    """
    if not isinstance(document, Mapping):
        raise SchemaError([f"expected an object with fields and primaryKey, got {document!r}"])
    unknown = unknown_properties(document, _SCHEMA_PROPERTIES)
    problems = [f"property {name!r} is not supported" for name in unknown]
    entries = document.get("fields")
    if not isinstance(entries, list) or not entries:
        raise SchemaError([*problems, f"fields: expected a list of at least one field, got {entries!r}"])
    fields = [parse_field(entry, f"fields[{n}]", problems) for n, entry in enumerate(entries)]
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


def _primary_key(value: Any, fields: list[Field], problems: list[str]) -> str:
    names = value if isinstance(value, list) else [value]
    matches = [f for f in fields if [f.name] == names]
    if not matches:
        problems.append(f"primaryKey: expected the name of one field, got {value!r}")
        return ""
    key = matches[0]
    if key.type not in KEY_TYPES:
        problems.append(f"primaryKey: expected a string or integer field, got a {key.type}")
    if key.constraints.get("maxLength") == 0 and not key.required:
        problems.append("primaryKey: expected a field with a maxLength of at least 1, got 0")
    if not is_reserved(key.name) and (problem := key_problem(key.name)):
        problems.append(f"primaryKey: {problem}")
    return key.name


def _check_names(fields: list[Field], problems: list[str]) -> None:
    taken: dict[str, tuple[str, int]] = {}
    for n, field in enumerate(fields):
        if is_reserved(field.name):
            problems.append(f"field {field.name!r}: the name is taken by the record or the report; rename it")
        for name in filter(None, (field.name, *field.aliases)):
            if name != field.name and name.strip().casefold() in REPORT_COLUMNS:
                problems.append(f"field {field.name!r}: alias {name!r} is a column of the report")
            if not header_name(name):
                problems.append(f"field {field.name!r}: {name!r} is nothing but blanks, '_', '-' and '.'")
                continue
            what = f"the name {name!r}" if name == field.name else f"the name or alias {name!r}"
            whose, position = taken.setdefault(header_name(name), (name, n))
            if position != n:
                problems.append(
                    f"field {field.name!r}: {what} and {whose!r} of field {fields[position].name!r} are one"
                    " name (case, blanks, '_', '-' and '.' do not count)"
                )
