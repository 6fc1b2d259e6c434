"""A field of the schema, compiled: the cells of a column in, their values or their JSON out."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence, Set
from types import NoneType
from typing import Any

from ..aws.limits import DYNAMODB_PARTITION_KEY_BYTES
from ..aws.rowrelay_error import RowrelayError
from ..core.blanks import NO_WIDTH, trimmed
from ..core.field import Field
from ..core.schema import Schema
from ..core.values import read_one
from .hints import hint
from .text import all_trimmed, is_text
from .visible import shown_name

NULL = "null"
_NOT_SEEN = dict.fromkeys(map(ord, NO_WIDTH))
_ANY_CASE = ("email", "uuid")  # formats whose values are the same in either case
_REPEATED = 2  # from how many times each on, on average, the cells of a column count as repeating
_UTF8_BYTES_MAX = 4  # of a character

Check = tuple[str, Callable[[Sequence[Any]], bool]]


class CellError(RowrelayError, ValueError):
    """A cell breaks the schema.

    `kind` says what was expected, in the same words for all; `or_` what else could be done, `got` what it is.
    """

    def __init__(self, kind: str, got: str = "", or_: str = "") -> None:
        self.kind = kind
        super().__init__(f"{kind}{or_}, got {got}" if got else kind)


class Column:
    """One column's validator; cells are trimmed before anything else."""

    def __init__(self, field: Field, missing_values: frozenset[str], *, is_key: bool) -> None:
        self.name = field.name
        self._field = field
        self._kind = field.kind
        # DynamoDB takes no empty key, whatever the schema says.
        self._missing: Set[str] = {*map(trimmed, missing_values), *([""] if is_key else [])}
        self._required = field.required or is_key
        self._normalise = key_normaliser(field.format) if is_key else None
        self._checks = _checks(field)
        if is_key and field.type == "string":
            self._checks.append(_KEY_SIZE)

    def encode(self, cells: Sequence[str]) -> list[str]:
        """Returns the cells as JSON texts, `null` where a value is missing.

        Raises:
            CellError: any cell breaks the schema; which one is certain only if there is just one.
        """
        return self._each(cells, self._missing, self._encode, NULL)

    def read(self, cells: Sequence[str]) -> list[Any]:
        """Returns the cells as values, None where one is missing.

        Raises:
            CellError: as `encode` does.
        """
        return self._each(cells, self._missing, self._read, None)

    def encode_values(self, values: Sequence[Any]) -> list[str]:
        """Returns values as `encode` returns cells; None is missing, and so is a text that stands for it.

        Raises:
            CellError: any value is of another type than the field's, or breaks the schema.
        """
        types = {*map(type, values)} - {NoneType}
        if others := types.difference(self._kind.types):
            expected = " or ".join(each.__name__ for each in self._kind.types)
            got = ", ".join(sorted(each.__name__ for each in others))
            raise CellError(f"{self.name}: expected {expected}, or None; got {got}")
        if self._kind.types == (str,):
            if not is_text("".join(filter(None, values))):
                raise CellError(f"{self.name}: expected text that UTF-8 can have, without control characters")
            texts, missing = [value for value in values if value is not None], self._missing
        else:
            texts, missing = self._texts(values), frozenset()
        if len(texts) < len(values):
            self._check_missing()
        encoded = iter(self._each(texts, missing, self._encode_json, NULL))
        return [NULL if value is None else next(encoded) for value in values]

    def _texts(self, values: Sequence[Any]) -> list[str]:
        try:
            return [self._kind.dump(value).strip('"') for value in values if value is not None]
        except ValueError:  # thousands of digits
            raise CellError(f"{self.name}: expected {self._kind.expected}") from None

    def _each(
        self,
        cells: Sequence[str],
        missing: Set[str],
        work: Callable[[Sequence[str]], list[Any]],
        nothing: Any,
    ) -> list[Any]:
        """Returns what `work` makes of the cells, `nothing` where a value is missing."""
        # What stands in a column more than once, such as a plan or a date, is read once; keys hardly do.
        distinct = [] if self._normalise else list(set(cells))
        if self._normalise or len(distinct) > len(cells) // _REPEATED:
            return self._made(cells, missing, work, nothing)
        made = dict(zip(distinct, self._made(distinct, missing, work, nothing), strict=True))
        return list(map(made.__getitem__, cells))

    def _made(
        self,
        cells: Sequence[str],
        missing: Set[str],
        work: Callable[[Sequence[str]], list[Any]],
        nothing: Any,
    ) -> list[Any]:
        texts = all_trimmed(cells)
        if self._normalise:
            texts = self._normalise(texts)
        if missing.isdisjoint(texts):
            return work(texts) if texts else []
        self._check_missing()
        present = [text for text in texts if text not in missing]
        made = iter(work(present) if present else [])
        return [nothing if text in missing else next(made) for text in texts]

    def _check_missing(self) -> None:
        if self._required:
            raise CellError(f"{self.name}: a value is required", "none")

    def _encode(self, texts: Sequence[str]) -> list[str]:
        return list(map(self._kind.dump, self._read(texts)))

    def _encode_json(self, texts: Sequence[str]) -> list[str]:
        try:
            values = self._kind.read_json(texts)
        except ValueError:
            raise self._error(self._kind.expected, texts) from None
        return list(map(self._kind.dump, self._checked(values, texts)))

    def _read(self, texts: Sequence[str]) -> list[Any]:
        try:
            values = self._kind.read(texts)
        except ValueError:
            # Which of several it is, is not known yet.
            setting = hint(self._field, texts[0]) if len(texts) == 1 else ""
            or_ = f", or {setting} in the schema" if setting else ""
            raise self._error(self._kind.expected, texts, or_) from None
        return self._checked(values, texts)

    def _checked(self, values: list[Any], texts: Sequence[str]) -> list[Any]:
        for expected, holds in self._checks:
            if not holds(values):
                raise self._error(expected, texts)
        return values

    def _error(self, expected: str, texts: Sequence[str], or_: str = "") -> CellError:
        return CellError(f"{self.name}: expected {expected}", f'"{shown_name(texts[0])}"', or_)


def columns_of(schema: Schema, positions: Mapping[str, int]) -> list[tuple[int, Column]]:
    """Returns those of the schema's columns that have a position, each with it, in the schema's order."""
    return [
        (positions[field.name], Column(field, schema.missing_values, is_key=field.name == schema.key))
        for field in schema.fields
        if field.name in positions
    ]


def key_normaliser(field_format: str) -> Callable[[list[str]], list[str]]:
    """Returns what makes trimmed cells of a text field of this format the keys that they are."""
    # A text's, which people do not see; addresses and UUIDs with such characters are none.
    dropped = _NOT_SEEN if field_format == "default" else {}

    def normalise(cells: list[str]) -> list[str]:
        if not "".join(cells).isascii():  # what is ASCII is NFC already
            cells = [unicodedata.normalize("NFC", cell.translate(dropped)) for cell in cells]
        return list(map(str.lower, cells)) if field_format in _ANY_CASE else cells

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
