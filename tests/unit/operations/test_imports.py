"""Imports, as they are read from the import ledger, and what several come to."""

from collections.abc import Iterator
from typing import Any

import pytest

from operations.books import Books
from operations.imports import Import, ImportReader, UploadStatus, succeeded, total

KEY = "uploads/1/a.csv"


class FakeTable:
    """The import ledger's table and its index: the requests that a reader makes, in pages of two items."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.stored = sorted(items, key=lambda item: (item["import_id"]["S"], item["part"]["S"]))
        self.index = [item for item in self.stored if "key" in item]
        self.read: list[str] = []  # the parts

    def query(self, **request: Any) -> Any:
        """The index, by key: newest first, one item."""
        assert (request["TableName"], request["IndexName"]) == ("imports", "by_key")
        assert (request["KeyConditionExpression"], request["ScanIndexForward"]) == ("#key = :key", False)
        assert request["ExpressionAttributeNames"] == {"#key": "key"}
        found = [item for item in self.index if item["key"] == request["ExpressionAttributeValues"][":key"]]
        found.sort(key=lambda item: item["started_at"]["S"], reverse=True)
        return {"Items": found[: request["Limit"]]}

    def get_paginator(self, name: str) -> Any:
        return self if name == "query" else FakeScan(self.index)

    def paginate(self, **request: Any) -> Iterator[Any]:
        """The items of an import from a part on."""
        assert (request["TableName"], request["ConsistentRead"]) == ("imports", True)
        assert request["KeyConditionExpression"] == "import_id = :id AND part >= :first"
        values = request["ExpressionAttributeValues"]
        found = [
            item
            for item in self.stored
            if item["import_id"] == values[":id"] and item["part"]["S"] >= values[":first"]["S"]
        ]
        self.read += [item["part"]["S"] for item in found]
        return pages(found)


class FakeScan:
    def __init__(self, index: list[dict[str, Any]]) -> None:
        self.index = index

    def paginate(self, **request: Any) -> Iterator[Any]:
        assert request == {"TableName": "imports", "IndexName": "by_key"}
        return pages(self.index)


def pages(items: list[dict[str, Any]]) -> Iterator[Any]:
    return ({"Items": items[start : start + 2]} for start in range(0, len(items), 2))


def part(import_id: str, name: str, **values: str | int | list[int]) -> dict[str, Any]:
    """An item of the ledger."""
    item: dict[str, Any] = {"import_id": {"S": import_id}, "part": {"S": name}}
    for attribute, value in values.items():
        if isinstance(value, list):
            item[attribute] = {"NS": [str(line) for line in value]}
        else:
            item[attribute] = {"S": value} if isinstance(value, str) else {"N": str(value)}
    return item


def entry(import_id: str, started_at: str = "2026-01-01", **values: str | int) -> dict[str, Any]:
    return part(import_id, "import", key=KEY, started_at=started_at, **values)


def reader(*items: dict[str, Any]) -> tuple[ImportReader, FakeTable]:
    table: Any = FakeTable(*items)
    return ImportReader(table, "imports"), table


DONE = (
    entry("one", status="done", read=4, accepted=3, rejected=1, rejects="reports/rejects.csv"),
    part("one", "chunk#00000001", created=[2, 3]),
    part("one", "chunk#00000002", duplicates=[5]),
    part("one", "mail#0", mailed=1),
)


def test_an_upload_that_the_ledger_does_not_know_waits() -> None:
    ledger, _ = reader()
    one = ledger.refresh(Import("a.csv", KEY))
    assert one == Import("a.csv", KEY)
    assert (one.status, one.ended) == (UploadStatus.WAITING, False)


def test_an_upload_is_found_by_its_key_with_all_its_rows() -> None:
    ledger, _ = reader(*DONE)
    one = ledger.refresh(Import("a.csv", KEY))
    assert (one.file, one.id, one.status, one.rejects) == ("a.csv", "one", "done", "reports/rejects.csv")
    assert one.books == Books(read=4, accepted=3, rejected=1, created=2, duplicates=1, mailed=1)
    assert (one.ended, one.all_created, one.balanced) == (True, True, False)  # a mail is to come


def test_of_a_key_that_was_uploaded_again_the_newest_import_counts() -> None:
    ledger, _ = reader(entry("b", "2026-01-02", status="reading"), entry("c", "2026-01-01", status="done"))
    assert ledger.refresh(Import("a.csv", KEY)).id == "b"
    assert ledger.refresh(Import("a.csv", KEY, "c")).status == "done"


def test_once_all_rows_are_created_only_the_mails_are_read() -> None:
    ledger, table = reader(*DONE)
    one = ledger.refresh(Import("a.csv", KEY))
    table.read.clear()
    assert ledger.refresh(one) == one
    assert table.read == ["mail#0"]


def test_lines_in_the_dead_letter_queue_have_failed() -> None:
    ledger, _ = reader(entry("one", status="done", read=2, accepted=2), part("one", "chunk#1", created=[2]))
    one = ledger.refresh(Import("a.csv", KEY), {3})
    assert (one.books.created, one.books.failed, one.all_created) == (1, 1, False)


def test_the_newest_imports_come_first_and_no_more_than_asked_for() -> None:
    ledger, _ = reader(*(entry(f"i{day}", f"2026-01-0{day}", status="done") for day in (2, 5, 1, 4, 3)))
    assert [one.id for one in ledger.newest(3, {"i4": {2}})] == ["i5", "i4", "i3"]
    assert [one.books.failed for one in ledger.newest(3, {"i4": {2}})] == [0, 1, 0]


def done(**counts: int) -> Import:
    return Import("a.csv", "uploads/1/a.csv", "id", status="done", books=Books(**counts))


def test_totals_add_up() -> None:
    assert total([done(read=2, rejected=2), done(read=3, rejected=3)]) == Books(read=5, rejected=5)


@pytest.mark.parametrize(
    ("one", "fine"),
    [
        (done(read=1, rejected=1), True),
        (done(read=1, accepted=1, created=1, undeliverable=1), True),
        (done(read=1, accepted=1, failed=1), False),
        (done(read=1, accepted=1, created=1, held=1), False),
        (done(read=1, accepted=1), False),
        (Import("a", "k", status="rejected", reason="no header"), True),
        (Import("a", "k", status="failed"), False),
        (Import("a", "k", status="reading"), False),
        (Import("a", "k"), False),
    ],
)
def test_only_failed_held_or_missing_rows_are_a_failure(one: Import, fine: bool) -> None:
    assert succeeded([done(), one]) is fine
