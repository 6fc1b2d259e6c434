"""One handler's work over clients that answer at once, in a process of its own; prints figures as JSON.

python -m benchmarks.one_handler {process_csv,transform_rows} BYTES {plain,gzip,quoted,rejects} [waits]
python -m benchmarks.one_handler {csv_reader,dict_reader,…} BYTES {plain,gzip,quoted,rejects}, of `peers.py`
python -m benchmarks.one_handler {insert_records,send_email} ROWS [waits]

With `waits` the clients answer as soon as AWS does.
"""

import gzip
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from unittest.mock import patch

from components.defaults import INSERT_RECORDS_BATCH, STREAM_BATCH
from lambdas.aws.tries import AdaptivePause, AdaptiveTries
from lambdas.csvfile.transform import TransformRow
from lambdas.insert_records import handler as insert_records_handler

from .memory import peak_bytes
from .peers import PEERS, read_all
from .rows import HEADER, lines, lines_with_rejects, people, quoted_lines
from .stub_client import (
    ROWS_PER_CHUNK,
    StubClient,
    chunks_of,
    deliver,
    import_file,
    inserter_over,
    mails_of,
)

_TIME_ENOUGH = 900.0
_BLOCK_ROWS = 15_000  # a megabyte
_MESSAGES_AN_INVOCATION = INSERT_RECORDS_BATCH
# As the components' defaults are; process_csv reads a file in one.
ROWS_AN_INVOCATION = {
    "insert_records": _MESSAGES_AN_INVOCATION * ROWS_PER_CHUNK,
    "send_email": STREAM_BATCH,
}

# The forms of a file.
_LINES = {"plain": lines, "gzip": lines, "quoted": quoted_lines, "rejects": lines_with_rejects}

Work = tuple[int, Callable[[], None]]  # how many rows, and what is to be measured


class Repeated(io.RawIOBase):
    """A file of the header and then a block of rows again and again: about so many bytes, made as read."""

    def __init__(self, size: int, form: str) -> None:
        block = b"".join(_LINES[form](_BLOCK_ROWS))
        self._times = max(1, round(size / len(block)))
        self.rows = self._times * _BLOCK_ROWS
        # A gzip file may have several members.
        self._head, self._block = map(gzip.compress, (HEADER, block)) if form == "gzip" else (HEADER, block)
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


def peer(name: str, size: int, form: str) -> Work:
    """Read a file with what else there is to read one with."""
    file = Repeated(size, form)
    data: Any = gzip.GzipFile(fileobj=file) if form == "gzip" else io.BufferedReader(file, 256 * 1024)
    return file.rows, lambda: read_all(PEERS[name], data)


def process_csv(size: int, form: str, waits: str = "") -> Work:
    """Import a file: parse, validate, normalise, pack, send."""
    return _import(size, form, waits)


def transform_rows(size: int, form: str, waits: str = "") -> Work:
    """The same, with a module of the user's that changes a column of each row."""
    return _import(size, form, waits, _transform_row)


def _transform_row(row: dict[str, Any]) -> dict[str, Any]:
    row["company"] = row["company"].upper()
    return row


def _import(size: int, form: str, waits: str, transform_row: TransformRow | None = None) -> Work:
    file = Repeated(size, form)
    client = StubClient(record=False, waits=bool(waits))
    name = f"people.csv{'.gz' * (form == 'gzip')}"

    def work() -> None:
        summary = import_file(name, file, client, transform_row)
        assert summary["read"] == file.rows, summary

    return file.rows, work


def insert_records(rows: int, waits: str = "") -> Work:
    """Write the chunks of so many rows, a message each."""
    messages = [{"body": chunk} for chunk in chunks_of(people(rows))]
    inserter = inserter_over(StubClient(record=False, waits=bool(waits)))
    tries = AdaptiveTries(AdaptivePause(), lambda: _TIME_ENOUGH)

    def insert_all() -> None:
        with patch.object(insert_records_handler, "inserter", lambda: inserter):
            for some in _by(_MESSAGES_AN_INVOCATION, messages):
                outcomes = insert_records_handler.write_all(some, tries)
                assert all(outcome.done for outcome in outcomes)

    return rows, insert_all


def send_email(rows: int, waits: str = "") -> Work:
    """Claim, send and record the mails of so many rows."""
    mails = [mail for chunk in chunks_of(people(rows)) for mail in mails_of(chunk)]
    client = StubClient(record=False, waits=bool(waits))

    def deliver_all() -> None:
        for batch in _by(ROWS_AN_INVOCATION["send_email"], mails):
            deliver(client, batch)

    return rows, deliver_all


def _by(count: int, all_of_them: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(all_of_them), count):
        yield all_of_them[start : start + count]


WORKS: Mapping[str, Callable[..., Work]] = {
    **{each.__name__: each for each in (process_csv, transform_rows, insert_records, send_email)},
    **{name: partial(peer, name) for name in PEERS},
}


def main(arguments: Sequence[str]) -> None:
    """Do the work that the command line names."""
    name, size, *more = arguments
    rows, work = WORKS[name](int(size), *more)
    computed, started = time.process_time(), time.perf_counter()
    work()
    elapsed, computed = time.perf_counter() - started, time.process_time() - computed
    figures = {"rows": rows, "seconds": computed, "elapsed": elapsed, "peak_bytes": peak_bytes()}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
