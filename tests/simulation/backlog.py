"""More mails than a daily quota allows for weeks: everyone is mailed once, and nothing else waits for them.

The functions `send_email` and `mail_round` work as deployed. Their records come straight from here, as the
table's stream would have them; what reading a file and writing its rows leave in the import ledger stands
there from the start.
"""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

from lambdas.core.books import books_of
from lambdas.core.import_entries import CREATED, ImportStatus
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail, from_stream
from lambdas.core.mail_entries import Entry, entries_in, receipt_id
from lambdas.core.reserved_columns import RECORD_IMPORT_ID, RECORD_IMPORT_LINE

from . import faults
from .books import faults_of_entry, faults_of_lists
from .faults import Faults
from .pipeline import COLUMNS, EXPIRE_DAYS, FAILURES, IMPORTS, Pipeline
from .streams import HOUR, Record
from .substitutes import AS_DEPLOYED, substituted
from .tables import MAILS
from .world import START, Process, World

DAY = 24 * 60 * 60
QUOTA_DAYS = 80  # that a backlog takes at its quota, unless another is given
RATE = 14  # SES's first one outside the sandbox
_STREAM_BATCH = 1_000  # as deployed
_OTHERS_SHARE = 0.05  # of a day's quota: an import that comes when the backlog is half worked off
_BULK_SECONDS = 0.35
_MOST_STEPS = 10**10
_LONGEST_PAUSE = 3 * DAY  # after which nothing will leave any more
_MOST_SHOWN = 20  # of what is wrong
_OTHER, _LARGE = "f" * 20, "0" * 20  # imports' ids

Told = Callable[[int], None]


@dataclass(frozen=True)
class Plan:
    """What is to be worked off.

    Attributes:
        mails: How many mails there are.
        quota: The account's daily quota.
        rate: Its mails a second.
        shut: Whether the day's quota is used up when the first mail comes.
        refused: The share of mails that SES refuses for now, each time.
        every_minute: Whether there is a round each minute; else in most of those in which nothing can leave
            there is none.
    """

    mails: int
    quota: int
    rate: int = RATE
    shut: bool = False
    refused: float = 0.0
    every_minute: bool = True

    @property
    def imports(self) -> Mapping[str, int]:
        """The mails of each import, by its id."""
        return {_LARGE: self.mails, _OTHER: max(1, round(_OTHERS_SHARE * self.quota))}

    @property
    def count(self) -> int:
        """All mails."""
        return sum(self.imports.values())


@dataclass(frozen=True)
class Backlog:
    """What became of it.

    Attributes:
        wrong: The promises that do not hold; in words.
        mailed: Mails that left.
        refusals: How often SES refused one for now.
        units: The write units of mails from their insertion to their end, by what consumed them.
        round_units: Those of the rounds: lease, door, list of imports.
        days: How long it took.
        stream_hours: Until the stream's last record was seen to.
        other_hours: How long the last mail of the other import waited, which came in the middle.
        rounds: Invocations of `mail_round`.
        invocations: Those of both functions.
        calls: SES's calls, by action.
        megabytes: The most memory that the process had.
        seconds: How long the simulation took.
        processor_seconds: Of them, how long it had a processor.
    """

    wrong: list[str]
    mailed: int
    refusals: int
    units: Mapping[str, int]
    round_units: Mapping[str, int]
    days: float
    stream_hours: float
    other_hours: float
    rounds: int
    invocations: int
    calls: Mapping[str, int]
    megabytes: int
    seconds: float
    processor_seconds: float

    @property
    def units_a_mail(self) -> float:
        """Write units a mail."""
        return sum(self.units.values()) / self.mailed


@dataclass
class Insertions:
    """A shard's records, made when they are read: the rows of imports, one import after another."""

    imports: list[tuple[str, int, float]] = field(default_factory=list)  # id, rows, when

    def __iter__(self) -> Iterator[Record]:
        return self._from(0, sum(rows for _, rows, _ in self.imports))

    def append(self, record: Record, /) -> None:
        raise AssertionError(f"nothing else is written: {record}")

    def __getitem__(self, at: int | slice, /) -> Any:
        if isinstance(at, int):
            return next(self._from(at, at + 1))
        return list(self._from(at.start, at.stop))

    def _from(self, start: int, stop: int) -> Iterator[Record]:
        before = 0
        for import_id, rows, when in self.imports:
            for n in range(max(start - before, 0), min(stop - before, rows)):
                yield Record(when, _insertion(import_id, n))
            before += rows


def work_off(plan: Plan, told: Told = lambda _: None) -> Backlog:
    """Import so many users at such a quota; `told` hears now and then how many mails have left."""
    started, used = time.monotonic(), time.process_time()
    with substituted(AS_DEPLOYED):
        run = _Run(plan, told)
        run.world.run()
        return run.result(lambda: (time.monotonic() - started, time.process_time() - used))


class _Run:
    """A plan's run."""

    def __init__(self, plan: Plan, told: Told) -> None:
        self.plan = plan
        self.world = world = World(0, most_steps=_MOST_STEPS)
        drawn_faults = Faults(Random(0), {faults.RECIPIENT: plan.refused})
        self.pipeline = pipeline = Pipeline(
            world,
            drawn_faults,
            daily_quota=plan.quota,
            rate=plan.rate,
            bulk_seconds=_BULK_SECONDS,
            stream_batch=_STREAM_BATCH,
        )
        pipeline.schedule.every_minute = plan.every_minute
        self._told = told
        self._records = Insertions()
        self._last_mailed, self._last_at = 0, 0.0
        self._other_at = plan.mails / plan.quota / 2 * DAY
        if plan.shut:
            pipeline.mail.book(plan.quota)
        self._upload(_LARGE)
        world.after(self._other_at, lambda: self._upload(_OTHER))
        world.after(0, self._tell)

    def result(self, seconds: Callable[[], tuple[float, float]]) -> Backlog:
        pipeline, wrong = self.pipeline, list(islice(self._faults(), _MOST_SHOWN))
        taken, used = seconds()
        mails, rounds = Counter[str](), Counter[str]()
        for (item, what), units in pipeline.tables.units_of.items():
            (mails if item in (MAILS, "receipt", IMPORTS) else rounds)[f"{item}: {what}"] += units
        return Backlog(
            wrong=wrong,
            mailed=len(pipeline.mail.sent),
            refusals=pipeline.faults.injected[faults.RECIPIENT],
            units=mails,
            round_units=rounds,
            days=self.world.now / DAY,
            stream_hours=pipeline.stream.oldest / HOUR,
            other_hours=self._other_hours(),
            rounds=pipeline.functions.counts["mail_round"],
            invocations=pipeline.functions.counts.total(),
            calls=pipeline.mail.calls,
            megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            seconds=taken,
            processor_seconds=used,
        )

    def _upload(self, import_id: str) -> None:
        """Let an import's rows be inserted."""
        rows = self.plan.imports[import_id]

        def enter() -> None:
            self._enter(import_id, rows)
            self._records.imports.append((import_id, rows, self.world.now))
            self.pipeline.stream.read_from(self._records)

        self.world.spawn(Process("import"), enter)

    def _enter(self, import_id: str, rows: int) -> None:
        """Write the import's books, as process_csv and insert_records do; their units are not the mails'."""
        ledger = ImportLedger(self.pipeline.tables, IMPORTS, EXPIRE_DAYS)  # type: ignore[arg-type]
        before = self.pipeline.tables.units_of.copy()
        ledger.begin(import_id, {})
        for number, start in enumerate(range(0, rows, _STREAM_BATCH)):
            lines = range(start + 2, min(start + _STREAM_BATCH, rows) + 2)
            ledger.record_chunk(import_id, number, {CREATED: lines})
        counts = {"read": rows, "accepted": rows, "rejected": 0}
        ledger.finish(import_id, {"status": ImportStatus.DONE, **counts}, {})
        self.pipeline.tables.units_of = before

    def _tell(self) -> None:
        mailed = len(self.pipeline.mail.sent)
        self._told(mailed)
        if mailed > self._last_mailed:
            self._last_mailed, self._last_at = mailed, self.world.now
        assert self.world.now - self._last_at < _LONGEST_PAUSE, f"nothing leaves after {mailed:,} mails"
        if mailed < self.plan.count:
            self.world.after(HOUR, self._tell)

    def _faults(self) -> Iterator[str]:
        """Every promise that does not hold, as `books.py` has them, of one mail after another."""
        pipeline, sent = self.pipeline, self.pipeline.mail.sent
        for import_id, rows in self.plan.imports.items():
            books = books_of(i for i in pipeline.tables.items(IMPORTS) if i["import_id"]["S"] == import_id)
            if not books.balanced or books.mailed != rows:
                yield f"import {import_id} of {rows:,} rows: {books}"
            for n in range(rows):
                mail = _mail(import_id, n)
                entry, left = self._entry(mail.mail_id), sent[mail.columns["email"]]
                if entry is None or left != 1:
                    yield f"line {mail.line} of import {import_id}: {entry}, left {left} times"
                else:
                    yield from (
                        f"line {mail.line} of {import_id} {what}" for what in faults_of_entry(entry, left)
                    )
        if len(sent) != self.plan.count:
            yield f"mails to {len(sent):,} addresses, not {self.plan.count:,}"
        yield from faults_of_lists(pipeline)
        given_up = pipeline.bodies(FAILURES)
        if pipeline.stream.lost or given_up:
            yield f"the stream lost {pipeline.stream.lost:,} records, and gave up {len(given_up)} batches"

    def _other_hours(self) -> float:
        ids = [_mail(_OTHER, n).mail_id for n in range(self.plan.imports[_OTHER])]
        last = max(entry.changed_at for each in ids if (entry := self._entry(each)))
        return (last - START - self._other_at) / HOUR

    def _entry(self, mail_id: str) -> Entry | None:
        """What the ledger has of a mail, its receipt read with it."""
        table = self.pipeline.tables.tables[MAILS]
        item = table.read(mail_id) or {}
        receipt = table.read(receipt_id(item["claim"]["S"])) if item else None
        return entries_in(filter(None, (item, receipt))).get(mail_id)


def _mail(import_id: str, n: int) -> Mail:
    mail = from_stream(_insertion(import_id, n), COLUMNS)
    assert mail
    return mail


def _insertion(import_id: str, n: int) -> dict[str, Any]:
    """What the stream says of a row that was inserted."""
    email = {"S": f"person{n}@{import_id[0]}.example.com"}
    image = {
        "email": email,
        "name": {"S": f"Person {n}"},
        RECORD_IMPORT_ID: {"S": import_id},
        RECORD_IMPORT_LINE: {"N": str(n + 2)},
    }
    change = {"Keys": {"email": email}, "NewImage": image, "SequenceNumber": str(n)}
    return {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}
