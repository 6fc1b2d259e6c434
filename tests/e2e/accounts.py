"""Where every uploaded row ended, found in the places themselves, and held against the books."""

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from operations.imports import Import

from .pipeline import HEADER, Pipeline, until

SCHEDULE_SECONDS = 90  # within which the emulator begins a round by itself, and that ends
_BAD, _REPEATED = 17, 10  # every so manieth row
_GOOD = 400


@dataclass(frozen=True)
class Uploaded:
    """A file of so many rows: some are bad, some repeat the address of a row before."""

    tag: str
    rows: int

    @cached_property
    def lines(self) -> dict[int, str | None]:
        """By line, the row's address; None if it is a bad row."""
        return {n + 2: self._address(n) for n in range(self.rows)}

    @cached_property
    def addresses(self) -> set[str]:
        """Who is to have an account."""
        return {address for address in self.lines.values() if address}

    @property
    def data(self) -> bytes:
        """The file."""
        return HEADER + "".join(f"{address or 'bad'},Ada,,,,\n" for address in self.lines.values()).encode()

    def _address(self, n: int) -> str | None:
        if n % _BAD == _BAD - 1:
            return None
        return f"{self.tag}{n // 2 if n % _REPEATED == _REPEATED - 1 else n}@example.com"


class MostlyBad(Uploaded):
    """Many rows to read and report, few to write and mail: it takes long, and little of the emulator."""

    def _address(self, n: int) -> str | None:
        return None if n % _GOOD else super()._address(n)


@dataclass(frozen=True)
class Accounts:
    """An import's rows, counted without its books."""

    pipeline: Pipeline
    one: Import
    uploaded: Uploaded

    def check(self) -> None:
        """Every row is in one place, nobody was mailed twice, no reason is missing, and the books agree."""
        until(lambda: not self.pipeline.watch.queues.waiting("queue_url"))
        # What a killed function left in a list, though it has ended, a round takes out.
        until(lambda: not self.pipeline.owed(), SCHEDULE_SECONDS)
        books, lines = self.one.books, self.uploaded.lines
        bad = {line for line, address in lines.items() if not address}
        assert self.rejects == bad
        created, failed = self.created, self.failed
        assert not created.keys() & failed
        assert all(lines[line] == address for line, address in created.items())
        duplicates = {line: lines[line] for line in lines.keys() - bad - created.keys() - failed}
        assert set(duplicates.values()) <= set(created.values())
        assert (books.read, books.accepted, books.rejected) == (len(lines), len(lines) - len(bad), len(bad))
        assert (books.created, books.duplicates, books.failed) == (len(created), len(duplicates), len(failed))
        self._check_mails(created)

    def _check_mails(self, created: dict[int, str]) -> None:
        books, sent, apart = self.one.books, self.mails, self.set_apart
        assert max(sent.values(), default=0) <= 1
        assert {line for line, address in created.items() if sent[address]} >= created.keys() - apart.keys()
        states = Counter(apart.values())
        assert (books.undeliverable, books.held) == (states["undeliverable"], states["held"])
        assert books.mailed == len(created.keys() - apart.keys())
        assert not any(sent[created[line]] for line, state in apart.items() if state == "undeliverable")
        assert self.one.balanced

    @cached_property
    def created(self) -> dict[int, str]:
        """By line, the addresses of the import's records."""
        mine = [item for item in self.pipeline.items("table") if item["import_id"] == self.one.id]
        return {int(item["import_line"]): str(item["email"]) for item in mine}

    @cached_property
    def failed(self) -> set[int]:
        """The lines in the dead-letter queue; each says why."""
        messages = list(self.pipeline.watch.queues.messages("dead_letter_queue_url"))
        assert all(message.reason for message in messages)
        chunks = [json.loads(message.body) for message in messages]
        return {line for chunk in chunks if chunk["import"] == self.one.id for line, _ in chunk["rows"]}

    @cached_property
    def rejects(self) -> set[int]:
        """The lines in the rejects report."""
        text = self.pipeline.report(self.one, "rejects").decode("utf-8-sig")
        return {int(reject["_line"]) for reject in csv.DictReader(io.StringIO(text, newline=""))}

    @cached_property
    def mails(self) -> Counter[str]:
        """By address, the mails that SES took."""
        return Counter(mail["To"][0] for mail in self.pipeline.mails())

    @cached_property
    def set_apart(self) -> dict[int, str]:
        """By line, the mails that wait for a decision, and as what; each says why."""
        entries = self.pipeline.set_apart(str(self.one.id))
        assert all(entry["reason"] and entry["outbox"] == entry["state"] for entry in entries)
        return {int(entry["line"]): str(entry["state"]) for entry in entries}
