"""What must hold when books are settled, and at the end: once, not too early, and told of."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lambdas.core.books import Books, books_of
from lambdas.core.import_entries import CREATED, FAILED
from lambdas.core.mail import mail_of_record
from lambdas.core.mail_entries import ENDS, entries_in
from tests.unit.helpers.fakes import Item

if TYPE_CHECKING:
    from .pipeline import Pipeline

_SETTLED = ("settled_at", "revision", "settlement")


class SettlementWatch:
    """Adds to `wrong` what is settled wrongly; `tables` are the real ones, read without a call."""

    def __init__(self, tables: Any) -> None:
        self._tables = tables
        self.wrong: list[str] = []
        self.settled: Callable[[], None] = lambda: None  # called whenever books are settled

    def written(self, item: Item, before: Item | None) -> None:
        """An item of the import ledger was written."""
        if item["part"]["S"] == "import":
            self.wrong += [f"{item['import_id']['S']} {what}" for what in self._faults(item, before or {})]
            if "settled_at" in item and "settled_at" not in (before or {}):
                self.settled()

    def _faults(self, item: Item, before: Item) -> Iterator[str]:
        if "settled_at" not in item or "settled_at" in before:
            if any(name in item and item[name] != before.get(name) for name in _SETTLED):
                yield "is settled while it is settled"
            return
        if _number(item, "revision") != _number(before, "revision") + 1:
            yield f"is settled for the {_number(item, 'revision')}th time, after {before.get('revision')}"
        yield from self._faults_of_books(item)

    def _faults_of_books(self, item: Item) -> Iterator[str]:
        items = [i for i in self._tables.items("imports") if i["import_id"] == item["import_id"]]
        books, settled = books_of(items), item["settlement"]["M"]
        if not books.balanced:
            yield f"is settled, and its books do not balance: {books}"
        if any(_number(settled, name) != count for name, count in asdict(books).items()):
            yield f"is settled with {settled}, and its books are {books}"
        created, failed = (_lines(items, name) for name in (CREATED, FAILED))
        entries = entries_in(self._tables.items("mails"))
        for record in self._tables.items("users"):
            mail = mail_of_record({"email": record["email"]}, record, ["email"])
            # What another delivery wrote after it was given up waits in the dead-letter queue.
            if mail.import_id != item["import_id"]["S"] or str(mail.line) in failed - created:
                continue
            if str(mail.line) not in created:
                yield f"is settled, and does not know that line {mail.line} was written"
            elif mail.mail_id not in entries or entries[mail.mail_id].state not in ENDS:
                yield f"is settled, and the mail of line {mail.line} is owed"


def faults_of_settlements(
    pipeline: "Pipeline", import_id: str, entry: dict[str, Any], books: Books
) -> Iterator[str]:
    """What balances is settled, and nothing else; each time was told of, and the last is in the summary."""
    if not entry:  # it was never begun, and waits among the ingest failures
        return
    ready = entry.get("status", "reading") != "reading" and books.balanced
    if ready != ("settled_at" in entry) or ready == ("open" in entry):
        yield f"is {'' if ready else 'not '}balanced: {books}, and its entry {entry}"
    events = [each for each in pipeline.events.details if each["import"] == import_id]
    told = {each["revision"]: each["counts"] for each in events}
    if sorted(told) != list(range(1, int(entry.get("revision", 0)) + 1)):
        yield f"is settled {entry.get('revision')} times, and told of are {sorted(told)}"
    elif "settled_at" in entry:
        counts, revision = asdict(books), int(entry["revision"])
        summary = json.loads(pipeline.objects.objects[entry["summary"]])
        if told[revision] != counts or not {**counts, "revision": revision}.items() <= summary.items():
            yield f"settled are {counts}, told of {told[revision]}, and the summary is {summary}"


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {}).get("N", 0))


def _lines(items: list[Item], name: str) -> set[str]:
    return {line for item in items for line in item.get(name, {}).get("NS", ())}
