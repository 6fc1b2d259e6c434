"""Memory stays constant whatever the file's size."""

import gc
import json
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest

from lambdas.csvfile.csv_file import open_csv
from lambdas.process_csv.reports import RejectsWriter

from ....program import ROOT
from ...helpers.csv_files import USERS
from .bomb import BOMBS
from .million_rows import ROWS

pytestmark = pytest.mark.slow
MB = 1_000_000
HEAD = b"email,first_name,last_name,notes\n"
# Notes are no column of the schema: they make the file large without making the test slow.
ROW = b"ann@example.com,Ann,Lee,%s\n" % (b"word " * 5_000)


def test_a_million_rows_are_imported_in_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.lambdas.process_csv.million_rows"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome.pop("bytes") > 70 * MB
    assert outcome.pop("peak") < 200 * MB
    accepted = ROWS // 100 * 99
    assert outcome == {
        "status": "done",
        "read": ROWS,
        "accepted": accepted,
        "rejected": ROWS - accepted,
        "chunks": accepted // 100,
        "messages": accepted // 100,
    }


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_little_memory(bomb: str) -> None:
    command = [sys.executable, "-m", "tests.unit.lambdas.process_csv.bomb", bomb]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["grown"] < 64 * MB


def repeated(piece: bytes, size: int) -> Iterator[bytes]:
    for _ in range(0, size, len(piece)):
        yield piece


def rows(size: int) -> Iterator[bytes]:
    yield HEAD
    yield from repeated(ROW, size)


def wide_row(size: int) -> Iterator[bytes]:
    """One line, and a row after it."""
    yield HEAD
    yield from repeated(b"x,y;z" * 20_000, size)
    yield b"\n" + ROW


def open_quote(size: int) -> Iterator[bytes]:
    yield HEAD + b'"'
    yield from repeated(ROW, size)


def blank_lines(size: int) -> Iterator[bytes]:
    yield from repeated(b"\r\n" * 50_000, size)
    yield HEAD + ROW


def utf16(size: int) -> Iterator[bytes]:
    for piece in rows(size // 2):
        yield (b"\xff\xfe" if piece == HEAD else b"") + piece.decode().encode("utf-16-le")


def gzipped(size: int) -> Iterator[bytes]:
    """One small piece that becomes as much as this."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    yield b"".join([*map(packer.compress, rows(size)), packer.flush()])


@pytest.mark.parametrize(
    ("make", "name", "size", "accepted", "rejected"),
    [
        (rows, "rows.csv", 100 * MB, 100 * MB // len(ROW) + 1, 0),
        (wide_row, "wide.csv", 20 * MB, 1, 1),
        (open_quote, "open.csv", 100 * MB, 0, 1),
        (blank_lines, "blank.csv", MB // 2, 1, 0),
        (utf16, "utf16.csv", 20 * MB, 10 * MB // len(ROW) + 1, 0),
        (gzipped, "bomb.csv.gz", 100 * MB, 100 * MB // len(ROW) + 1, 0),
    ],
)
def test_a_large_file_is_parsed_in_little_memory(
    make: Callable[[int], Iterator[bytes]], name: str, size: int, accepted: int, rejected: int
) -> None:
    gc.collect()  # else what tests before left behind is dropped, and logged, meanwhile
    tracemalloc.start()
    try:
        file = open_csv(name, make(size), USERS)
        writer = RejectsWriter(file.header, file.delimiter)
        counts = [0, 0]
        for parsed in file:
            writer.add(parsed.rejects)
            writer.take()
            counts[0] += len(parsed.accepted)
            counts[1] += len(parsed.rejects)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert counts == [accepted, rejected]
    assert peak < 20 * MB  # a row that could not be split is held whole, and written once more
