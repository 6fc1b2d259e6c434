"""Imports, as they are read from the import ledger."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from lambdas.core.books import Books
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys
from operations.import_progress import LastError
from operations.import_reader import ImportReader, NewImportReader
from operations.imports import Import, UploadStatus

KEY = "uploads/1/a.csv"


class FakeTable:
    """The import ledger's table and its indexes: the requests that a reader makes, in pages of two items."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.stored = sorted(items, key=lambda item: (item["import_id"]["S"], item["part"]["S"]))
        self.index = [item for item in self.stored if "key" in item]
        self.open = [item for item in self.stored if "open" in item]
        self.read: list[str] = []  # the parts

    def query(self, **request: Any) -> Any:
        assert request["TableName"] == "imports"
        return self._of_key(request)

    def get_paginator(self, name: str) -> Any:
        return {"scan": FakeScan(self), "query": FakeQuery(self._page)}[name]

    def _page(self, request: Any) -> Any:
        if request.get("IndexName") != "by_open":
            return self._parts(request)
        assert request["KeyConditionExpression"] == "#open = :open"
        assert request["ExpressionAttributeValues"] == {":open": {"S": "open"}}
        return {"Items": [{name: item[name] for name in ("import_id", "part", "open")} for item in self.open]}

    def _of_key(self, request: Any) -> Any:
        """The index, by key: newest first, one item."""
        assert request["IndexName"] == "by_key"
        assert (request["KeyConditionExpression"], request["ScanIndexForward"]) == ("#key = :key", False)
        assert request["ExpressionAttributeNames"] == {"#key": "key"}
        found = [item for item in self.index if item["key"] == request["ExpressionAttributeValues"][":key"]]
        found.sort(key=lambda item: item["started_at"]["S"], reverse=True)
        return {"Items": found[: request["Limit"]]}

    def _parts(self, request: Any) -> Any:
        """The items of an import from a part on."""
        assert request["ConsistentRead"] is True
        assert request["KeyConditionExpression"] == "import_id = :id AND part >= :first"
        values = request["ExpressionAttributeValues"]
        found = [
            item
            for item in self.stored
            if item["import_id"] == values[":id"] and item["part"]["S"] >= values[":first"]["S"]
        ]
        start = request.get("ExclusiveStartKey", 0)
        page = found[start : start + 2]
        self.read += [item["part"]["S"] for item in page]
        more = {"LastEvaluatedKey": start + 2} if len(found) > start + 2 else {}
        return {"Items": page, **more}


class FakeScan:
    def __init__(self, table: FakeTable) -> None:
        self.table = table

    def paginate(self, **request: Any) -> Iterator[Any]:
        assert request == {"TableName": "imports", "IndexName": "by_key"}
        return pages(self.table.index)


class FakeQuery:
    def __init__(self, page_of: Callable[[Any], Any]) -> None:
        self.page_of = page_of

    def paginate(self, **request: Any) -> Iterator[Any]:
        assert request["TableName"] == "imports"
        page = self.page_of(request)
        yield page
        while start := page.get("LastEvaluatedKey"):
            page = self.page_of({**request, "ExclusiveStartKey": start})
            yield page


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


def test_once_all_rows_are_created_their_chunks_are_not_read_again() -> None:
    ledger, table = reader(*DONE)
    one = ledger.refresh(Import("a.csv", KEY))
    table.read.clear()
    assert ledger.refresh(one) == one
    assert table.read == ["import", "mail#0"]


def test_while_only_mails_are_to_come_that_it_is_stuck_is_seen() -> None:
    ledger, table = reader(*(dict(item) for item in DONE))
    one = ledger.refresh(Import("a.csv", KEY))
    [entered] = [item for item in table.stored if item["part"]["S"] == "import"]
    entered["stuck_since"] = {"S": "2026-01-02"}
    assert ledger.refresh(one).progress.stuck_since == "2026-01-02"
    entered["settled_at"] = {"S": "2026-01-03"}
    assert ledger.refresh(one).settled


def test_of_a_key_that_is_uploaded_again_only_a_new_import_counts() -> None:
    _, table = reader(entry("b", "2026-01-02", status="done"), entry("c", "2026-01-01", status="done"))
    services: Any = table
    before = NewImportReader(services, "imports", frozenset({"b"}))
    assert before.refresh(Import("a.csv", KEY)).status == UploadStatus.WAITING
    assert NewImportReader(services, "imports", frozenset({"c"})).refresh(Import("a.csv", KEY)).id == "b"


def test_lines_in_the_dead_letter_queue_have_failed() -> None:
    ledger, _ = reader(entry("one", status="done", read=2, accepted=2), part("one", "chunk#1", created=[2]))
    one = ledger.refresh(Import("a.csv", KEY), {3})
    assert (one.books.created, one.books.failed, one.all_created) == (1, 1, False)


def test_what_was_found_in_a_file_is_known_from_its_entry() -> None:
    found = Findings([ReasonCount("why", 2, [4, 9])], RepeatedKeys(1, [[5, 2]], 7), "Labels")
    stored = {name: TypeSerializer().serialize(value) for name, value in found.as_json().items()}
    ledger, _ = reader({**DONE[0], **stored}, *DONE[1:])
    one = ledger.refresh(Import("a.csv", KEY))
    assert one.findings == found
    assert found.as_json().items() <= json.loads(json.dumps(one.as_json())).items()
    earlier, _ = reader(*DONE)
    assert earlier.refresh(Import("a.csv", KEY)).findings == Findings()


def settled(import_id: str, **counts: int) -> dict[str, Any]:
    """The entry of an import that is settled with these counts, and closed."""
    settlement = {"settled_at": "2026-01-02", **asdict(Books(**counts))}
    settled_at = {"settled_at": {"S": "2026-01-02"}, "revision": {"N": "1"}}
    return {
        **entry(import_id, status="done"),
        **settled_at,
        "settlement": TypeSerializer().serialize(settlement),
    }


def opened(item: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**item, **entry("", open="open", **values), "import_id": item["import_id"]}


def test_all_imports_come_newest_first_with_their_counts() -> None:
    days = (entry(f"i{day}", f"2026-01-0{day}", status="done") for day in (2, 4, 1, 3))
    ledger, _ = reader(*days, *DONE)
    found = ledger.all({})
    assert [one.id for one in found] == ["i4", "i3", "i2", "i1", "one"]
    assert [ledger.refresh(one) for one in found] == found
    one = next(one for one in found if one.id == "one")
    assert (one.file, one.key, one.books.created, one.books.mailed) == (KEY, KEY, 2, 1)


def test_of_what_is_settled_the_entry_alone_is_read() -> None:
    counts = {"read": 2, "accepted": 2, "created": 2, "mailed": 2}
    chunks = [part(f"s{n}", "chunk#00000001", created=[2, 3]) for n in range(1_000)]
    entries = [settled(f"s{n}", **counts) for n in range(1_000)]
    ledger, table = reader(*entries, *chunks, opened(DONE[0], read=4, accepted=3, rejected=1), *DONE[1:])
    found = ledger.all({"s1": {2}})
    assert len(found) == 1_001
    assert table.read == ["chunk#00000001", "chunk#00000002", "import", "mail#0"]
    assert {one.books for one in found if one.settled} == {Books(**counts)}
    assert [one.id for one in found if not one.balanced] == ["one"]


def test_what_one_index_says_is_open_is_read_whatever_the_other_says() -> None:
    ledger, table = reader(settled("a"), settled("b"))
    table.open = [{**settled("a"), "open": {"S": "open"}}]  # opened, which by_key does not know yet
    ledger.all({})
    assert table.read == ["import"]
    table.open, table.read = [], []
    table.index = [entry("b", status="reading")]  # settled, which by_key does not know yet
    assert [(one.id, one.settled) for one in ledger.all({})] == [("b", True)]
    table.open = [opened(entry("c", status="reading"))]  # begun, which by_key does not know yet
    table.stored += table.open
    assert {one.id for one in ledger.all({})} == {"b", "c"}


LOOKED = {"created": 2, "duplicates": 1, "mailed": 1, "read": 4, "accepted": 3, "rejected": 1}
WORDS = {"progress_at": "2026-01-03", "stuck_since": "2026-01-04"}


def looked_at(**counts: int) -> dict[str, Any]:
    """The entry of DONE, after the bookkeeper saw these counts."""
    seen = TypeSerializer().serialize(asdict(Books(**counts)))
    return {**opened(DONE[0], read=4, accepted=3, rejected=1, **WORDS), "counts": seen}


@pytest.mark.parametrize(
    ("counts", "since", "stuck_since"),
    [(LOOKED, "2026-01-03", "2026-01-04"), ({**LOOKED, "created": 1}, None, None)],
)
def test_the_bookkeepers_words_hold_until_an_import_moves(
    counts: dict[str, int], since: str | None, stuck_since: str | None
) -> None:
    error = part("one", "error#insert_records", at="2026-01-05", **{"class": "ClientError"})
    ledger, _ = reader(looked_at(**counts), *DONE[1:], error)
    for dead_lines in (set[int](), {5, 6}):
        progress = ledger.all({"one": dead_lines})[0].progress
        assert (progress.since, progress.stuck_since) == (since, stuck_since)
        assert progress.errors == (LastError("insert_records", "ClientError", "2026-01-05"),)


def test_of_all_imports_those_with_dead_lines_are_read_with_them() -> None:
    ledger, _ = reader(entry("a", status="done", read=1, accepted=1), *DONE)
    assert [one.books.failed for one in ledger.all({"a": {2}, "unknown": {3}})] == [1, 0]


def test_parts_without_their_imports_entry_are_nobodys() -> None:
    assert reader(part("gone", "mail#0", mailed=1))[0].all({}) == []
    assert reader(part("gone", "import", openings=1), part("gone", "mail#0", mailed=1))[0].all({}) == []
