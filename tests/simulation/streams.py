"""A table's stream: shards in order, splits, batches that are repeated and halved, and records read again.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import itertools
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, overload

from tests.unit.helpers.fakes import Item

from . import faults
from .functions import Function, Functions
from .network import Network

HOUR = 60 * 60
_RETENTION = 24 * HOUR
_MOST_BACKOFF = 60


@dataclass
class Record:
    """A change of an item, and when it was made."""

    at: float
    event: dict[str, Any]


class Records(Protocol):
    """A shard's records: a list, or what makes them when they are read."""

    def append(self, record: Record, /) -> None: ...
    def __iter__(self) -> Iterator[Record]: ...
    @overload
    def __getitem__(self, number: int, /) -> Record: ...
    @overload
    def __getitem__(self, numbers: slice, /) -> list[Record]: ...


@dataclass
class Shard:
    """Records in their order; when it is split, what follows goes to its two children."""

    depth: int = 0
    records: Records = field(default_factory=list[Record])
    children: "tuple[Shard, Shard] | None" = None
    position: int = 0
    started: bool = True
    reading: bool = False

    def leaf(self, number: int) -> "Shard":
        """Where a key's records go now."""
        return self.children[number >> self.depth & 1].leaf(number) if self.children else self


class StreamMapping:
    """Gives a stream's records to a function, a shard at a time in order."""

    def __init__(
        self,
        network: Network,
        functions: Functions,
        function: Function,
        keys: Sequence[str],
        set_aside: Callable[[str], None],
        *,
        batch: int,
        record_age: float,
    ) -> None:
        self._network = network
        self._functions = functions
        self._function = function
        self._keys = keys
        self._set_aside = set_aside
        self._batch = batch
        self._record_age = record_age
        self._numbers = itertools.count(1)
        self.root = Shard()
        self.oldest = 0.0  # seconds that a record waited, at most
        self.lost = 0  # records that outlived the stream
        self.set_aside_count = 0

    def write(self, item: Item, before: Item | None) -> None:
        """Append what a write to the table did."""
        keys = {name: item[name] for name in self._keys}
        change: dict[str, Any] = {"Keys": keys, "NewImage": item, "SequenceNumber": str(next(self._numbers))}
        event = {
            "eventName": "MODIFY" if before else "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": change,
        }
        shard = self.root.leaf(zlib.crc32(json.dumps(keys).encode()))
        shard.records.append(Record(self._network.world.now, event))
        self._read_soon(shard)
        if shard.depth < 3 and self._network.faults.strike(faults.SPLIT):
            shard.children = (Shard(shard.depth + 1, started=False), Shard(shard.depth + 1, started=False))

    def read_from(self, records: Records) -> None:
        """Go on with these records, if there are more of them now."""
        self.root.records = records
        self._read_soon(self.root)

    def _read_soon(self, shard: Shard, seconds: float = 0.2) -> None:
        if shard.started and not shard.reading:
            shard.reading = True
            self._network.world.after(seconds, lambda: self._read(shard))

    def _read(self, shard: Shard) -> None:
        now = self._network.world.now
        batch = shard.records[shard.position : shard.position + self._batch]
        alive = [record for record in batch if record.at + _RETENTION > now]
        self.lost += len(batch) - len(alive)
        if alive:
            self._deliver(alive, 0, lambda: self._advance(shard, len(batch)))
        elif batch:
            self._advance(shard, len(batch))
        else:
            shard.reading = False
            for child in shard.children or ():
                if not child.started:
                    child.started = True
                    self._read_soon(child)

    def _advance(self, shard: Shard, count: int) -> None:
        self.oldest = max(self.oldest, self._network.world.now - shard.records[shard.position].at)
        shard.position += count
        if self._network.faults.strike(faults.REPLAY):
            shard.position = self._network.world.random.randint(0, shard.position)
        shard.reading = False
        self._read_soon(shard)

    def _deliver(self, batch: list[Record], attempt: int, then: Callable[[], None]) -> None:
        world = self._network.world

        def done(answer: Any, failure: str) -> None:
            if not failure and not (answer or {}).get("batchItemFailures"):
                then()
            elif world.now - batch[0].at > self._record_age:
                self._give_up(batch)
                then()
            elif len(batch) > 1:
                half = len(batch) // 2
                rest = lambda: self._deliver(batch[half:], attempt, then)  # noqa: E731
                self._deliver(batch[:half], attempt, rest)
            else:
                wait = min(2**attempt, _MOST_BACKOFF)
                world.after(wait, lambda: self._deliver(batch, attempt + 1, then))

        self._functions.run(self._function, {"Records": [record.event for record in batch]}, done)

    def _give_up(self, batch: list[Record]) -> None:
        """Say where the records are, as https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html has it."""
        self.set_aside_count += len(batch)
        numbers = [record.event["dynamodb"]["SequenceNumber"] for record in batch]
        info = {"startSequenceNumber": numbers[0], "endSequenceNumber": numbers[-1], "batchSize": len(batch)}
        self._set_aside(json.dumps({"DDBStreamBatchInfo": info}))
