"""A field of the schema, compiled: the cells of a column in, their JSON out."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from ..aws.limits import DYNAMODB_PARTITION_KEY_BYTES
from ..aws.rowrelay_error import RowrelayError
from ..core.schema import Field
from ..core.values import read_one

NULL = "null"
_SHOWN_CHARACTERS = 60
_REPEATED = 2  # from how many times each on, on average, the cells of a column count as repeating
_UTF8_BYTES_MAX = 4  # of a character

Check = tuple[str, Callable[[Sequence[Any]], bool]]


class CellError(RowrelayError, ValueError):
    """A cell breaks the schema."""


class Column:
    """One column's validator."""

    def __init__(self, field: Field, missing_values: frozenset[str], *, is_key: bool) -> None:
        self._field = field
        self._kind = field.kind
        # DynamoDB takes no empty key, whatever the schema says.
        self._missing = missing_values | {""} if is_key else missing_values
        self._required = field.required or is_key
        self._normalise = _key_normaliser(field) if is_key else None
        self._checks = _checks(field)
        if is_key and field.type == "string":
            self._checks.append(_KEY_SIZE)

    def encode(self, cells: Sequence[str]) -> list[str]:
        """Returns the cells as JSON texts, `null` where a value is missing.

        Raises:
            CellError: any cell breaks the schema; which one is certain only if there is just one.
        """
        if self._normalise:
            cells = self._normalise(cells)
        distinct = set(cells)
        if self._missing.isdisjoint(distinct):
            if len(distinct) > len(cells) // _REPEATED:
                return self._encode(cells)
            missing = set[str]()
        elif self._required:
            raise CellError(f"{self._field.name}: a value is required, got none")
        else:
            missing = distinct & self._missing
        # What stands in a column more than once, such as a plan or a date, is read once.
        present = list(distinct - missing)
        encoded = dict(zip(present, self._encode(present) if present else [], strict=True))
        encoded |= dict.fromkeys(missing, NULL)
        return [encoded[cell] for cell in cells]

    def _encode(self, texts: Sequence[str]) -> list[str]:
        try:
            values = self._kind.read(texts)
        except ValueError:
            raise self._error(self._kind.expected, texts) from None
        for expected, holds in self._checks:
            if not holds(values):
                raise self._error(expected, texts)
        return list(map(self._kind.dump, values))

    def _error(self, expected: str, texts: Sequence[str]) -> CellError:
        shown = texts[0] if len(texts[0]) <= _SHOWN_CHARACTERS else texts[0][:_SHOWN_CHARACTERS] + "…"
        return CellError(f'{self._field.name}: expected {expected}, got "{shown}"')


def _key_normaliser(field: Field) -> Callable[[Sequence[str]], list[str]]:
    def normalise(cells: Sequence[str]) -> list[str]:
        stripped = list(map(str.strip, cells))
        if not "".join(stripped).isascii():  # what is ASCII is NFC already
            stripped = [unicodedata.normalize("NFC", cell) for cell in stripped]
        return list(map(str.lower, stripped)) if field.format == "email" else stripped

    return normalise


def _checks(field: Field) -> list[Check]:
    rules = field.constraints
    checks: list[Check] = []
    if "enum" in rules:
        allowed = {read_one(field.kind, value) for value in rules["enum"]}
        checks.append((f"one of {', '.join(map(str, rules['enum']))}", allowed.issuperset))
    if "pattern" in rules:
        matches = re.compile(rules["pattern"]).fullmatch
        checks.append((f"a match of {rules['pattern']}", lambda values: all(map(matches, values))))
    if "minLength" in rules:
        shortest = int(rules["minLength"])
        checks.append((f"at least {shortest} characters", lambda values: min(map(len, values)) >= shortest))
    if "maxLength" in rules:
        longest = int(rules["maxLength"])
        checks.append((f"at most {longest} characters", lambda values: max(map(len, values)) <= longest))
    if "minimum" in rules:
        least = read_one(field.kind, rules["minimum"])
        checks.append((f"{rules['minimum']} or more", lambda values: bool(min(values) >= least)))
    if "maximum" in rules:
        most = read_one(field.kind, rules["maximum"])
        checks.append((f"{rules['maximum']} or less", lambda values: bool(max(values) <= most)))
    return checks


_KEY_SIZE: Check = (
    f"a key of at most {DYNAMODB_PARTITION_KEY_BYTES:,} bytes",
    lambda values: (
        max(map(len, values)) * _UTF8_BYTES_MAX <= DYNAMODB_PARTITION_KEY_BYTES
        or max(len(value.encode("utf-8", "surrogatepass")) for value in values)
        <= DYNAMODB_PARTITION_KEY_BYTES
    ),
)
