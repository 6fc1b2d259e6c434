"""Imports a file that is more than it looks, and prints what came of it: for test_memory.py.

A process of its own, for its peak of memory is to be the import's alone.
"""

import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks.memory import peak_bytes

from ...helpers.imports import HEAD, person
from .million_rows import run

MB = 1_000_000
_ROW = HEAD + person(1)


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        return iter(lambda: self._data.read(size), b"")


def _filled(beginning: bytes, filling: bytes, members: int = 100) -> bytes:
    return gzip.compress(beginning) + gzip.compress(filling * (MB // len(filling))) * members


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "header of commas": lambda: gzip.compress(b"," * MB),
    "header of columns": lambda: gzip.compress(b",".join(b"c%d" % n for n in range(130_000))),
    "zeros": lambda: _filled(b"", b"\0"),
    "zeros after a row": lambda: _filled(_ROW, b"\0"),
    "an open quote": lambda: _filled(_ROW + b'"', b"x\n"),
    "blank lines": lambda: _filled(_ROW, b" " * 1_999 + b"\n"),
    "wide rows": lambda: _filled(_ROW, b"," * (MB // 2 - 1) + b"\n", 15),
}


def main() -> None:
    run("first.csv", _Body(_ROW))  # what a first import loads is not the bomb's
    data = BOMBS[sys.argv[1]]()
    before = peak_bytes()
    outcome = run("bomb.csv.gz", _Body(data))
    print(json.dumps({**outcome, "grown": peak_bytes() - before}))


if __name__ == "__main__":
    main()
