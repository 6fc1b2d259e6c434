"""A new table takes 4,000 units a second: functions that write side by side take all of it, and do not storm.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from collections.abc import Callable
from typing import Any

import pytest

from components.defaults import (
    INSERT_RECORDS_BATCH,
    INSERT_RECORDS_CONCURRENCY,
    INSERT_RECORDS_TIMEOUT,
    ROWS_PER_CHUNK,
)
from lambdas.aws.tries import AdaptivePause, AdaptiveTries
from lambdas.core.chunk import Chunk
from lambdas.insert_records import handler
from lambdas.insert_records.inserter import Inserter
from lambdas.insert_records.writer import Write, put_always, put_if_absent

from .substitutes import AS_DEPLOYED, Stage, substituted
from .world import Process, World

UNITS_A_SECOND = 4_000
CALL_SECONDS, RECORD_SECONDS = 0.012, 0.005
INVOCATIONS = 10  # of each function, one after the other
SECONDS = INSERT_RECORDS_TIMEOUT - handler.RESERVE_SECONDS  # that there are for writing
ROWS = INSERT_RECORDS_BATCH * ROWS_PER_CHUNK
_MOST_STEPS = 2_000_000


class NewTable:
    """Takes so many writes a second, and of a call as many as there is room for; keeps no item."""

    def __init__(self, world: World, units: float) -> None:
        self.written = self.put_off = 0
        self._world = world
        self._units = units
        self._room = units  # a second's
        self._at = 0.0

    def batch_execute_statement(self, Statements: list[Any]) -> Any:
        taken = self._taken(len(Statements))
        put_off = {"Error": {"Code": "ProvisionedThroughputExceeded"}}
        return {"Responses": [{} if n < taken else put_off for n in range(len(Statements))]}

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> Any:
        [(table, requests)] = RequestItems.items()
        rest = requests[self._taken(len(requests)) :]
        return {"UnprocessedItems": {table: rest} if rest else {}}

    def _taken(self, asked: int) -> int:
        self._world.sleep(CALL_SECONDS)
        self._room = min(self._units, self._room + (self._world.now - self._at) * self._units)
        self._at = self._world.now
        taken = min(asked, int(self._room))
        self._room -= taken
        self.written += taken
        self.put_off += asked - taken
        return taken


class Ledger:
    """Takes what became of a chunk."""

    def __init__(self, world: World) -> None:
        self._world = world

    def record_chunk(self, *_: object) -> None:
        self._world.sleep(RECORD_SECONDS)


class Run:
    """So many functions that write a thousand rows an invocation, each in a process of its own."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        functions: int,
        write: Callable[[Any, str], Write],
        units: float = UNITS_A_SECOND,
    ) -> None:
        self.world = Stage.world = World(0, most_steps=_MOST_STEPS)
        self.table = NewTable(self.world, units)
        self.longest = 0.0
        self.failed = 0
        self.errors: list[BaseException | None] = []
        Stage.settings = {"MAX_RECEIVE_COUNT": "5"}
        services: Any = Ledger(self.world)
        inserter = Inserter(services, services, write(self.table, "users"), lambda _: [], "email", "", False)
        with substituted(AS_DEPLOYED):
            monkeypatch.setattr(handler, "inserter", lambda: inserter)
            for n in range(functions):
                self.world.spawn(Process(str(n)), lambda n=n: self._function(n), self._ended)  # type: ignore[misc]
            self.world.run()
        assert self.errors == [None] * functions

    @property
    def rows_a_second(self) -> float:
        return self.table.written / self.world.now

    def _ended(self, _result: object, error: BaseException | None) -> None:
        self.errors.append(error)

    def _function(self, number: int) -> None:
        pause = AdaptivePause()
        for invocation in range(INVOCATIONS):
            began = self.world.now
            tries = AdaptiveTries(pause, lambda began=began: began + SECONDS - self.world.now)  # type: ignore[misc]
            outcomes = handler.write_all(messages(number * INVOCATIONS + invocation), tries)
            self.failed += sum(not outcome.done for outcome in outcomes)
            self.longest = max(self.longest, self.world.now - began)


def messages(invocation: int) -> list[Any]:
    lines = range(2, 2 + ROWS_PER_CHUNK)
    rows = [[(line, {"email": f"{line}@example.com"}) for line in lines]] * INSERT_RECORDS_BATCH
    numbers = range(invocation * INSERT_RECORDS_BATCH, (invocation + 1) * INSERT_RECORDS_BATCH)
    attributes = {"ApproximateReceiveCount": "1"}
    return [
        {"messageId": str(n), "body": Chunk("a" * 20, n + 1, of).dump(), "attributes": attributes}
        for n, of in zip(numbers, rows, strict=True)
    ]


WRITES: list[Callable[[Any, str], Write]] = [
    lambda dynamodb, table: put_if_absent(dynamodb, table, "email"),
    put_always,
]


@pytest.mark.parametrize("write", WRITES, ids=["skip", "replace"])
@pytest.mark.parametrize("functions", [1, INSERT_RECORDS_CONCURRENCY, 16])
def test_all_that_it_takes_is_written_and_little_is_asked_in_vain(
    monkeypatch: pytest.MonkeyPatch, functions: int, write: Callable[[Any, str], Write]
) -> None:
    run = Run(monkeypatch, functions, write)
    assert run.table.written == functions * INVOCATIONS * ROWS
    assert run.failed == 0
    assert run.rows_a_second > 0.9 * UNITS_A_SECOND
    assert run.table.put_off < 0.3 * run.table.written
    # A second's writes of each at the most, besides those of the others: far from the function's time.
    assert run.longest < 30


def test_a_warm_table_makes_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, 1, WRITES[0], units=1_000_000)
    calls = ROWS_PER_CHUNK / 25 * CALL_SECONDS
    assert run.longest == pytest.approx(calls + RECORD_SECONDS)
    assert run.rows_a_second == pytest.approx(ROWS / run.longest)
    assert run.rows_a_second > 5_000


def test_a_table_that_takes_next_to_nothing_gives_messages_back_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handler, "import_errors", lambda _: Errors())
    run = Run(monkeypatch, 1, WRITES[0], units=2)
    assert run.failed > INVOCATIONS
    assert run.longest < SECONDS + 3  # a pause, and a call


class Errors:
    """Takes notes of errors."""

    def note(self, *_: object) -> None:
        pass
