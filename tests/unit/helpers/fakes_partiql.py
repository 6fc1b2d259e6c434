"""PartiQL's insertions and updates by parameters, the only statements that the handlers use.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from .fakes import Item, invalid

_KEY = r"'((?:[^']|'')*)':\?"
_INSERT = re.compile(rf"""INSERT INTO "([\w.-]+)" VALUE \{{({_KEY}(?:,{_KEY})*)\}}""")
_NAME = r'"((?:[^"]|"")+)"'
_SET, _REMOVE = rf"SET {_NAME}=\?", rf"REMOVE {_NAME}"
_WHERE = rf"{_NAME}=\?"
_UPDATE = re.compile(rf'UPDATE "([\w.-]+)"((?: {_SET}| {_REMOVE})+) WHERE ({_WHERE}(?: AND {_WHERE})*)')


@dataclass(frozen=True)
class Insertion:
    """An item that is inserted where none stands."""

    table: str
    item: Item

    def key_source(self) -> Item:
        """Where the key's values are."""
        return self.item


@dataclass(frozen=True)
class Update:
    """What is set, what is removed, and what must stand there, the key included."""

    table: str
    sets: Item
    removes: tuple[str, ...]
    where: Item

    def key_source(self) -> Item:
        """Where the key's values are."""
        return self.where


def read(statement: Mapping[str, Any]) -> Insertion | Update:
    """What a statement of a batch says.

    Raises:
        ClientError: DynamoDB would not carry out this one.
    """
    parsed = _parsed(statement["Statement"])
    values = statement.get("Parameters", [])
    if len(values) != parsed.values:
        raise invalid("Number of parameters in request and statement don't match.")
    if parsed.overlap:
        raise invalid("Two document paths overlap with each other")
    sets = dict(zip(parsed.sets, values, strict=False))
    if parsed.where is None:
        return Insertion(parsed.table, sets)
    where = dict(zip(parsed.where, values[len(sets) :], strict=True))
    return Update(parsed.table, sets, parsed.removes, where)


@dataclass(frozen=True)
class _Parsed:
    """A statement's names; `where` is None in an insertion."""

    table: str
    sets: tuple[str, ...]
    removes: tuple[str, ...] = ()
    where: tuple[str, ...] | None = None

    @cached_property
    def values(self) -> int:
        """How many parameters it takes."""
        return len(self.sets) + len(self.where or ())

    @cached_property
    def overlap(self) -> bool:
        """Whether a name stands twice where it may not."""
        changed, where = (*self.sets, *self.removes), self.where or ()
        return self.where is not None and (len(set(changed)) < len(changed) or len(set(where)) < len(where))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> _Parsed:
    if parsed := _INSERT.fullmatch(text):
        return _Parsed(parsed[1], _unquoted(_KEY, parsed[2], "'"))
    parsed = _UPDATE.fullmatch(text)
    assert parsed, f"expected an insertion or an update by parameters, got {text}"
    sets, removes = (_unquoted(clause, parsed[2], '"') for clause in (f" {_SET}", f" {_REMOVE}"))
    return _Parsed(parsed[1], sets, removes, _unquoted(_WHERE, parsed[5], '"'))


def _unquoted(pattern: str, text: str, quote: str) -> tuple[str, ...]:
    return tuple(name.replace(quote * 2, quote) for name in re.findall(pattern, text))
