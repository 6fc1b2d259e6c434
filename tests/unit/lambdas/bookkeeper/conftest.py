"""An import and its bookkeeper in memory."""

import json
from typing import Any

import pytest

from lambdas.bookkeeper.bookkeeper import Bookkeeper, Looks
from lambdas.bookkeeper.open_imports import OpenImports
from lambdas.bookkeeper.publisher import Publisher
from lambdas.core import clock as clock_module
from lambdas.core.import_entries import IMPORT_PART

from ...helpers.clock import Clock
from ...helpers.cloud import IMPORT, IMPORTS, Cloud
from ...helpers.fakes_events import FakeEvents
from ...helpers.fakes_s3 import FakeS3

STUCK_SECONDS = 15 * 60
SUMMARY = "reports/uploads/users.csv/x/summary.json"


class Scenario:
    """An import of so many rows, its ledgers, and who looks at it; `at` is the time, which it may change."""

    def __init__(self, *, mails: bool = True) -> None:
        self.cloud = Cloud()
        self.s3, self.events = FakeS3(self.cloud.calls), FakeEvents(self.cloud.calls)
        clients: list[Any] = [self.cloud.dynamodb, self.s3]
        dynamodb, s3 = clients
        self.imports = OpenImports(dynamodb, IMPORTS)
        publisher = Publisher(s3, self.events, "bus")
        self.bookkeeper = Bookkeeper(self.imports, publisher, STUCK_SECONDS)
        if mails:
            self.say("mailing#notifier")
        self.begin()

    def begin(self, import_id: str = IMPORT) -> None:
        entry = {"bucket": "bucket", "key": "uploads/users.csv", "started_at": "2027-01-15T07:59:00.000Z"}
        self.cloud.imports.begin(import_id, entry)

    def say(self, part: str) -> None:
        """Let a component that shares the ledger say something of itself."""
        item = {"import_id": {"S": "_components"}, "part": {"S": part}}
        self.cloud.dynamodb.tables[IMPORTS]["_components", part] = item

    def read(self, accepted: int, chunks: int, rejected: int = 0, import_id: str = IMPORT) -> None:
        """Let the file be read."""
        counts = {"read": accepted + rejected, "accepted": accepted, "rejected": rejected, "chunks": chunks}
        reasons = [{"reason": "email: a value is required", "rows": rejected, "lines": [9]}] * bool(rejected)
        values = {"status": "done", **counts, "summary": SUMMARY, "uploaded_by": "AWS:me", "reasons": reasons}
        self.cloud.imports.finish(import_id, values, {**counts, "unknown_columns": ["é"]})

    def chunk(self, number: int, import_id: str = IMPORT, **lines: list[int]) -> None:
        """Let a chunk be written."""
        every: dict[str, list[int]] = {"created": [], "duplicates": [], "failed": [], **lines}
        self.cloud.imports.record_chunk(import_id, number, every)

    def end(self, **counts: int) -> None:
        """Let mails end so."""
        self.cloud.dynamodb.transact_write_items(
            TransactItems=self.cloud.imports.count_mails(IMPORT, counts, reopen=min(counts.values()) < 0)
        )

    def look(self) -> Looks:
        return self.bookkeeper.run(lambda: 60)

    @property
    def entry(self) -> Any:
        return self.cloud.dynamodb.tables[IMPORTS][IMPORT, IMPORT_PART]

    @property
    def settled(self) -> bool:
        return "settled_at" in self.entry

    @property
    def told(self) -> list[str]:
        """The ids of the events."""
        return [detail["id"] for detail in self.events.details]

    @property
    def summary(self) -> Any:
        return json.loads(self.s3.objects[SUMMARY])


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Scenario:
    """A scenario whose ledgers have the test's clock."""
    _set_clock(monkeypatch, clock)
    return Scenario()


@pytest.fixture
def without_mails(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Scenario:
    """The same where nothing mails."""
    _set_clock(monkeypatch, clock)
    return Scenario(mails=False)


def _set_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    class Now(clock_module.datetime):  # type: ignore[name-defined,misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(clock.now, tz)

    monkeypatch.setattr(clock_module, "datetime", Now)
