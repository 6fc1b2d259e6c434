"""A table of the fake DynamoDB: its items, its secondary indexes, and what a write to it consumes.

Items are kept as bytes, so that millions of them fit into memory.
"""

import marshal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

from sortedcontainers import SortedList

from .fakes import Item, invalid
from .fakes_expressions import number

Key = tuple[str, ...]
# An index's keys with their types, the hash key first, as {"outbox": "S", "due": "N"}.
IndexKeys = Mapping[str, str]
Entry = tuple[Any, str]  # a range key's value, and the item's key
# What is done later, in the order of the writes; at once, unless the index lags behind.
Later = Callable[[Callable[[], None]], None]
_SEPARATOR = "\0"
_UNIT_BYTES = 1024
_NO_REFERENCES = 2  # the last version of marshal's format that has none


class Write(NamedTuple):
    """An item that is to stand in a table, and what stands there."""

    table: str
    key: str
    before: Item | None
    item: Item
    data: bytes


def size_of(item: Item) -> int:
    """An item's bytes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + size_of_value(value) for name, value in item.items())


def size_of_value(value: Item) -> int:
    """A value's bytes."""
    ((kind, of),) = value.items()
    if kind == "S":
        return len(of.encode())
    if kind == "N":
        return len(of.strip("-0.").replace(".", "")) // 2 + 2
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + size_of_value(each) for name, each in of.items())
    if kind == "L":
        return 3 + sum(1 + size_of_value(each) for each in of)
    if kind in ("NS", "SS"):
        return sum(size_of_value({kind[0]: each}) for each in of)
    return 1 if kind in ("BOOL", "NULL") else len(of)


def packed(item: Item) -> bytes:
    """An item as it is kept; never shorter than DynamoDB counts it, for no text is kept just once."""
    return marshal.dumps({str(name): _plain(value) for name, value in item.items()}, _NO_REFERENCES)


def unpacked(data: bytes) -> Item:
    """A packed item, a new one each time."""
    item: Item = marshal.loads(data)
    return item


@lru_cache(maxsize=256)
def _size_of_packed(data: bytes) -> int:
    return size_of(unpacked(data))


def _units(data: bytes) -> int:
    """The write units that a packed item consumes, one at least."""
    return 1 if len(data) <= _UNIT_BYTES else ceil(_size_of_packed(data) / _UNIT_BYTES)


def _plain(value: Item) -> Item:
    """A value whose text is plain, and no enumeration's."""
    text = value.get("S", "")
    return value if type(text) is str else {"S": str(text)}


class Order:
    """A table's items by the value of one attribute, in the order of another's, as far as they have both."""

    def __init__(self, name: str, keys: IndexKeys) -> None:
        self.name = name
        (self.hash, self.hash_type), (self.range, self.range_type) = keys.items()
        self._lists: dict[str, Any] = {}

    def entry(self, item: Item | None, key: str) -> tuple[str, Entry] | None:
        """Where an item stands; nowhere, if it lacks one of the attributes.

        Raises:
            ClientError: One is there, and cannot be a key.
        """
        if not item or (self.hash not in item and self.range not in item):
            return None
        for name, kind in ((self.hash, self.hash_type), (self.range, self.range_type)):
            if name in item and not item[name].get(kind):
                raise invalid(
                    f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
                    f"Expected: {kind} Actual: {'/'.join(item[name])} IndexName: {self.name}"
                )
        if self.hash not in item or self.range not in item:
            return None
        return item[self.hash][self.hash_type], (self.value(item[self.range]), key)

    def value(self, of: Item) -> Any:
        """A range key's value, to be compared."""
        return number(of["N"]) if self.range_type == "N" else of["S"]

    def keys_of(self, hash_value: str, entry: Entry) -> Item:
        """The two attributes of an entry."""
        return {self.hash: {self.hash_type: hash_value}, self.range: self.range_item(entry)}

    def range_item(self, entry: Entry) -> Item:
        """The range key of an entry."""
        return {self.range_type: str(entry[0])}

    def list(self, hash_value: str) -> Any:
        """The entries of a hash key, a SortedList."""
        return self._lists.get(hash_value, _NONE)

    def lists(self) -> Iterator[tuple[str, Any]]:
        """Each hash key with its entries."""
        return iter(self._lists.items())

    def move(self, old: tuple[str, Entry] | None, new: tuple[str, Entry] | None) -> None:
        """Put an item's entry elsewhere."""
        if old:
            entries = self._lists[old[0]]
            entries.remove(old[1])
            if not entries:
                del self._lists[old[0]]
        if new:
            self._lists.setdefault(new[0], SortedList()).add(new[1])


_NONE = SortedList()


class Table(MutableMapping[Key, Item]):
    """Items by the values of their key attributes; each that is read is a copy."""

    def __init__(self, keys: Key, indexes: Mapping[str, IndexKeys], later: Later) -> None:
        self.keys_names = keys
        self.own = Order("", dict.fromkeys(keys, "S")) if len(keys) > 1 else None
        self.indexes = {name: Order(name, of) for name, of in indexes.items()}
        self._later = later
        self._waiting: deque[tuple[Order, Any, Any]] = deque()
        self._data: dict[str, bytes] = {}

    def __getitem__(self, key: Key) -> Item:
        item = self.read(_SEPARATOR.join(key))
        if item is None:
            raise KeyError(key)
        return item

    def __setitem__(self, key: Key, item: Item) -> None:
        joined = _SEPARATOR.join(key)
        self.store(joined, self.read(joined), item, packed(item))

    def __delitem__(self, key: Key) -> None:
        joined = _SEPARATOR.join(key)
        self._reorder(joined, self[key], None)
        del self._data[joined]

    def __iter__(self) -> Iterator[Key]:
        return (tuple(key.split(_SEPARATOR)) for key in self._data)

    def __len__(self) -> int:
        return len(self._data)

    def key(self, values: Sequence[str]) -> str:
        """A key as it is kept."""
        return _SEPARATOR.join(values)

    def key_item(self, key: str) -> Item:
        """The attributes of a key."""
        if len(self.keys_names) == 1:
            return {self.keys_names[0]: {"S": key}}
        return {
            name: {"S": value} for name, value in zip(self.keys_names, key.split(_SEPARATOR), strict=True)
        }

    def read(self, key: str) -> Item | None:
        """The item of a key, as it is kept."""
        data = self._data.get(key)
        return None if data is None else unpacked(data)

    def read_sized(self, key: str) -> tuple[Item, int]:
        """The item of a key, and its bytes as DynamoDB counts them."""
        data = self._data[key]
        return unpacked(data), _size_of_packed(data)

    def items_in(self, index: str) -> list[Item]:
        """The items of an index that has all their attributes."""
        entries = [entry for _, of_one in self.indexes[index].lists() for entry in of_one]
        return [item for _, key in entries if (item := self.read(key))]

    def check(self, item: Item) -> None:
        """See to it that an item fits into the indexes.

        Raises:
            ClientError: It does not.
        """
        for index in self.indexes.values():
            index.entry(item, "")

    def units(self, write: Write) -> int:
        """What a write consumes of the table: by the larger of both items, a write unit for each KB begun.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
        """
        return max(_units(write.data), _units(self._data.get(write.key, b"")))

    def units_of_refusal(self, key: str) -> int:
        """What a write consumes whose condition does not hold: by the item that stands there, at least one.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
        """
        return _units(self._data.get(key, b""))

    def store(self, key: str, before: Item | None, item: Item, data: bytes) -> int:
        """Let an item stand; returns the write units that its indexes consume."""
        self._data[key] = data
        return self._reorder(key, before, item)

    def _reorder(self, key: str, before: Item | None, item: Item | None) -> int:
        """One write unit to put an entry in, one to take it out, none if it stays.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
        """
        if self.own and (before is None or item is None):
            self.own.move(self.own.entry(before, key), self.own.entry(item, key))
        units = 0
        for index in self.indexes.values():
            old, new = index.entry(before, key), index.entry(item, key)
            if old != new:
                units += (old is not None) + (new is not None)
                self._waiting.append((index, old, new))
                self._later(self._move_next)
        return units

    def _move_next(self) -> None:
        index, old, new = self._waiting.popleft()
        index.move(old, new)
