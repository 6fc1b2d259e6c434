"""What the bookkeeper costs, held against the units that its calls take."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lambdas.bookkeeper.bookkeeper import Bookkeeper
from lambdas.bookkeeper.open_imports import OpenImports
from lambdas.bookkeeper.publisher import Publisher
from lambdas.core.import_ledger import ImportLedger
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys
from operations.bookkeeper_cost import (
    LARGEST_ENTRY_KB,
    bookkeeper_dollars,
    idle_month_load,
    import_load,
    open_day_load,
)
from operations.cost import Plan

from ..helpers.cloud import EXPIRE_DAYS, IMPORT, IMPORTS, INDEXES, KEYS
from ..helpers.fakes_dynamodb import FakeDynamoDB
from ..helpers.fakes_events import FakeEvents
from ..helpers.fakes_s3 import FakeS3
from ..helpers.fakes_tables import size_of

MILLION = 1_000_000
MINUTES, CHUNKS_A_MINUTE, ROWS_A_CHUNK = 60, 5, 100
ROWS = MINUTES * CHUNKS_A_MINUTE * ROWS_A_CHUNK


class Metered(FakeDynamoDB):
    """Counts read units, as DynamoDB does."""

    def __init__(self) -> None:
        super().__init__(KEYS, indexes=INDEXES)
        self.reads = 0.0

    def _call(self, name: str, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        answer = super()._call(name, work, request)
        if name == "transact_get_items":
            self.reads += sum(2 * _units(size_of(each.get("Item", {}))) for each in answer["Responses"])
        elif name in ("get_item", "query"):
            size = sum(map(size_of, answer.get("Items", [answer.get("Item", {})])))
            self.reads += _units(size) * (1 if request.get("ConsistentRead") else 0.5)
        return answer


def _units(size: int) -> int:
    return max(1, math.ceil(size / 4096))


class Hour:
    """An import that takes an hour: each minute so many chunks are written, and the bookkeeper looks."""

    def __init__(self) -> None:
        self.dynamodb = Metered()
        clients: list[Any] = [self.dynamodb, FakeS3()]
        dynamodb, s3 = clients
        self.ledger = ImportLedger(dynamodb, IMPORTS, EXPIRE_DAYS)
        publisher = Publisher(s3, FakeEvents(), "bus")
        self.bookkeeper = Bookkeeper(OpenImports(dynamodb, IMPORTS), publisher, 900)
        self.written = 0

    def run(self, first_chunk: int = 1) -> None:
        self.ledger.begin(
            IMPORT, {"bucket": "b", "key": "uploads/a.csv", "started_at": "2027-01-15T07:59:00Z"}
        )
        chunks = MINUTES * CHUNKS_A_MINUTE
        values = {"read": ROWS, "accepted": ROWS, "rejected": 0, "chunks": chunks, "summary": "s"}
        self.ledger.finish(IMPORT, {"status": "done", **values}, values)
        for number in range(first_chunk, chunks + 1):
            start = MILLION + number * ROWS_A_CHUNK
            self.ledger.record_chunk(IMPORT, number, {"created": range(start, start + ROWS_A_CHUNK)})
            if number % CHUNKS_A_MINUTE == 0:
                self.look()

    def look(self) -> None:
        before = self._entry_writes
        looks = self.bookkeeper.run(lambda: 60)
        assert not looks.errors
        self.written += self._entry_writes - before

    @property
    def _entry_writes(self) -> int:
        units = self.dynamodb.units
        updates = len(self.dynamodb.calls.named("update_item"))
        return units[f"{IMPORTS} update"] + units[f"{IMPORTS} index"] + updates  # the other index's


def test_an_hour_takes_no_more_than_is_said() -> None:
    hour, load = Hour(), import_load(ROWS, MINUTES)
    hour.run()
    assert hour.dynamodb.tables[IMPORTS][IMPORT, "import"]["settled_at"]
    queries = 0.5 * MINUTES  # which a month with nothing open takes as well
    assert load.read_units / 3 < hour.dynamodb.reads - queries <= load.read_units
    assert load.write_units / 1.5 < hour.written <= load.write_units


@pytest.mark.slow
def test_a_look_that_cannot_sum_takes_no_more_than_is_said() -> None:
    hour = Hour()
    hour.run(first_chunk=2)
    before = hour.dynamodb.reads
    hour.look()
    assert 0.7 * open_day_load(ROWS).read_units < (hour.dynamodb.reads - before) * 1440
    assert (hour.dynamodb.reads - before - 0.5) * 1440 <= open_day_load(ROWS).read_units


def test_a_look_with_nothing_open_takes_what_is_said() -> None:
    hour = Hour()
    hour.look()
    assert hour.dynamodb.reads * 43_200 == idle_month_load().read_units
    assert hour.written == 0


def test_of_a_large_import_it_is_less_than_a_hundredth_without_mails() -> None:
    # What an import costs that owes no mail: of its rows, their writing alone.
    load = Plan(MILLION, mails_a_second=MILLION, mails_a_day=MILLION).load
    without_mails = (MILLION + MILLION / 100) * 0.625 / MILLION
    assert without_mails < sum(load.dollars().values())
    of_import, *_ = bookkeeper_dollars(MILLION).values()
    assert of_import < 0.01 * without_mails


def test_the_largest_entry_is_no_larger_than_is_said() -> None:
    hour = Hour()
    hour.run()
    kinds = [ReasonCount(f"{n:03}" + "x" * 500, MILLION, [MILLION] * 5) for n in range(200)]
    keys = RepeatedKeys(MILLION, [[MILLION, MILLION]] * 100, MILLION)
    found = Findings(kinds, keys, "ignored").short().as_json()
    path = "uploads/" + "k" * 300
    entry = {
        "status": "done",
        "key": path,
        "summary": path,
        "rejects": path,
        "uploaded_by": "u" * 100,
        **found,
    }
    hour.ledger.finish(IMPORT, entry, entry)
    size = size_of(hour.dynamodb.tables[IMPORTS][IMPORT, "import"])
    assert (LARGEST_ENTRY_KB - 2) * 1024 < size <= LARGEST_ENTRY_KB * 1024


def test_the_sums_are_small() -> None:
    of_import, of_day, of_largest, of_worst_day, of_month = bookkeeper_dollars(MILLION).values()
    assert of_import == pytest.approx(0.0006, abs=0.0002)
    assert of_day == pytest.approx(0.0027, abs=0.0002)
    assert of_largest == pytest.approx(0.0155, abs=0.001)
    assert of_worst_day == pytest.approx(0.30, abs=0.01)
    assert of_month == pytest.approx(0.0185, abs=0.001)
