"""A large import is added up page by page: its items together fill a small function's memory."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

from lambdas.bookkeeper.decision import see
from lambdas.bookkeeper.entry import Entry
from lambdas.bookkeeper.open_imports import OpenImports
from lambdas.bookkeeper.sums import Sums

PAGES, CHUNKS_A_PAGE, ROWS_A_CHUNK = 100, 20, 100
# A page takes some 160 KB of it, all of them a hundred times as much.
MOST_BYTES = 1_000_000


class PagedLedger:
    """DynamoDB with an import whose first chunk has a row that failed, so that every page is to be read."""

    def get_paginator(self, _operation: str) -> "PagedLedger":
        return self

    def paginate(self, **_request: Any) -> Iterator[Any]:
        for page in range(PAGES):
            first = page * CHUNKS_A_PAGE + 1
            yield {"Items": [chunk(number) for number in range(first, first + CHUNKS_A_PAGE)]}


def chunk(number: int) -> dict[str, Any]:
    lines = [str(number * ROWS_A_CHUNK + n) for n in range(ROWS_A_CHUNK)]
    failed = {"failed": {"NS": [lines.pop()]}} if number == 1 else {}
    return {
        "part": {"S": f"chunk#{number:08d}"},
        "rows": {"N": str(ROWS_A_CHUNK)},
        "created": {"NS": lines},
        **failed,
    }


def test_no_more_than_a_page_is_kept_of_an_import() -> None:
    ledger: Any = PagedLedger()
    rows = str(PAGES * CHUNKS_A_PAGE * ROWS_A_CHUNK)
    counts = {name: {"N": rows} for name in ("read", "accepted")}
    entry = Entry({"import_id": {"S": "large"}, "part": {"S": "import"}, "status": {"S": "done"}, **counts})
    imports = OpenImports(ledger, "imports")

    tracemalloc.start()
    try:
        seen = see(entry, imports.items(entry), "2027-01-15T08:00:00.000Z", Sums())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (seen.books.created, seen.books.failed) == (int(rows) - 1, 1)
    assert seen.rows_ended
    assert most < MOST_BYTES
