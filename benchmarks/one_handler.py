"""One handler's work over clients that answer at once, in a process of its own; prints figures as JSON.

python -m benchmarks.one_handler {process_csv,transform_rows,csv_reader} BYTES {plain,gzip}
python -m benchmarks.one_handler {insert_records,send_email} ROWS
"""

import collections
import csv
import gzip
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from lambdas.csvfile.transform import TransformRow

from .memory import peak_bytes
from .rows import HEADER, lines, people
from .stub_client import StubClient, chunks_of, deliver, import_file, inserter_over, mails_of

_BLOCK_ROWS = 15_000  # a megabyte


class Repeated(io.RawIOBase):
    """A file of the header and then a block of rows again and again: about so many bytes, made as read."""

    def __init__(self, size: int, *, gzipped: bool) -> None:
        block = b"".join(lines(_BLOCK_ROWS))
        self._times = max(1, round(size / len(block)))
        self.rows = self._times * _BLOCK_ROWS
        # A gzip file may have several members.
        self._head, self._block = map(gzip.compress, (HEADER, block)) if gzipped else (HEADER, block)
        self._rest = memoryview(self._head)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Put the next bytes into the buffer; returns how many."""
        if not self._rest and self._times:
            self._times -= 1
            self._rest = memoryview(self._block)
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def csv_reader(size: int, form: str) -> tuple[int, float]:
    """Read a file with the csv module, and do nothing with its rows: what every import must do."""
    file = Repeated(size, gzipped=form == "gzip")
    data: Any = gzip.GzipFile(fileobj=file) if form == "gzip" else io.BufferedReader(file, 256 * 1024)

    def read() -> None:
        collections.deque(csv.reader(io.TextIOWrapper(data, "utf-8", newline="")), maxlen=0)

    return file.rows, _seconds(read)


def process_csv(size: int, form: str) -> tuple[int, float]:
    """Import a file: parse, validate, normalise, pack, send."""
    return _import(size, form)


def transform_rows(size: int, form: str) -> tuple[int, float]:
    """The same, with a module of the user's that changes a column of each row."""
    return _import(size, form, _transform_row)


def _transform_row(row: dict[str, Any]) -> dict[str, Any]:
    row["company"] = row["company"].upper()
    return row


def _import(size: int, form: str, transform_row: TransformRow | None = None) -> tuple[int, float]:
    file = Repeated(size, gzipped=form == "gzip")
    summary: dict[str, Any] = {}
    client = StubClient(record=False)
    name = f"people.csv{'.gz' * (form == 'gzip')}"
    seconds = _seconds(lambda: summary.update(import_file(name, file, client, transform_row)))
    assert summary["accepted"] == file.rows, summary
    return file.rows, seconds


def insert_records(rows: int) -> tuple[int, float]:
    """Write the chunks of so many rows."""
    chunks = chunks_of(people(rows))
    inserter = inserter_over(StubClient(record=False))
    return rows, _seconds(lambda: [inserter.insert(chunk) for chunk in chunks])


def send_email(rows: int) -> tuple[int, float]:
    """Claim, send and record the mails of so many rows."""
    batches = [mails_of(chunk) for chunk in chunks_of(people(rows))]
    client = StubClient(record=False)

    def deliver_all() -> None:
        for mails in batches:
            deliver(client, mails)

    return rows, _seconds(deliver_all)


def _seconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main(arguments: Sequence[str]) -> None:
    """Do the work that the command line names."""
    works: dict[str, Any] = {
        each.__name__: each for each in (csv_reader, process_csv, transform_rows, insert_records, send_email)
    }
    name, size, *form = arguments
    rows, seconds = works[name](int(size), *form)
    print(json.dumps({"rows": rows, "seconds": seconds, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main(sys.argv[1:])
