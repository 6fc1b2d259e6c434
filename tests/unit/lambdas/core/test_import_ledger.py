"""The import ledger: entries that any call may repeat."""

import json
import random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.import_entries import MAIL_COUNTERS, SUMMARY_PART

from ...helpers.clock import Clock
from ...helpers.cloud import EXPIRE_DAYS, IMPORT, IMPORTS, Cloud
from ...helpers.fakes import Killed, Lost, client_error, kill

ENTRY = {"key": "uploads/users.csv", "started_at": "2026-11-23T10:00:00.000Z", "size": 10}


def entry(cloud: Cloud) -> Any:
    return cloud.dynamodb.tables[IMPORTS][IMPORT, "import"]


def expiry(clock: Clock) -> Any:
    """A year longer than the mails' own, for mails may be owed for so long."""
    return {"N": str(int(clock.now) + (EXPIRE_DAYS + 365) * 24 * 60 * 60)}


def test_an_import_is_entered_as_being_read() -> None:
    cloud = Cloud()
    assert cloud.imports.begin(IMPORT, ENTRY) == {
        "import_id": IMPORT,
        "part": "import",
        "status": "reading",
        "open": "open",
        **ENTRY,
    }
    assert entry(cloud)["status"] == {"S": "reading"}
    assert entry(cloud)["size"] == {"N": "10"}


def test_an_import_that_begins_again_keeps_its_first_entry() -> None:
    cloud = Cloud()
    first = cloud.imports.begin(IMPORT, ENTRY)
    again = cloud.imports.begin(IMPORT, {**ENTRY, "started_at": "2026-11-23T11:00:00.000Z"})
    assert again == first
    assert entry(cloud)["started_at"] == {"S": ENTRY["started_at"]}


def test_an_import_that_cannot_be_entered_is_an_error() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("put_item", client_error("ResourceNotFoundException"))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cloud.imports.begin(IMPORT, ENTRY)


def test_an_import_that_was_repeated_may_not_be_ended_early() -> None:
    cloud = Cloud()
    cloud.imports.begin(IMPORT, ENTRY)
    assert cloud.imports.end_early(IMPORT)
    assert cloud.imports.end_early(IMPORT)  # whose first answer was lost
    cloud = Cloud()
    cloud.imports.begin(IMPORT, ENTRY)
    cloud.imports.mark_repeated(IMPORT)
    cloud.imports.mark_repeated(IMPORT)
    assert not cloud.imports.end_early(IMPORT)


def test_finishing_adds_what_is_known_and_may_be_repeated() -> None:
    cloud = Cloud()
    cloud.imports.begin(IMPORT, ENTRY)
    for _ in range(2):
        cloud.imports.finish(IMPORT, {"status": "done", "read": 3, "reason": None, "rejects": None}, {})
    assert entry(cloud)["status"] == {"S": "done"}
    assert entry(cloud)["read"] == {"N": "3"}
    assert entry(cloud)["key"] == {"S": ENTRY["key"]}
    assert not {"reason", "rejects"} & set(entry(cloud))


def test_an_import_expires_only_once_it_was_read(clock: Clock) -> None:
    cloud = Cloud()
    cloud.imports.begin(IMPORT, ENTRY)
    cloud.imports.hand_over(IMPORT, 1, "checkpoint")
    cloud.imports.mark_repeated(IMPORT)
    assert "expires_at" not in entry(cloud)
    cloud.imports.finish(IMPORT, {"status": "done"}, {})
    assert entry(cloud)["expires_at"] == expiry(clock)


def test_chunks_and_counters_expire_so_long_after_their_last_change(clock: Clock) -> None:
    cloud = Cloud()
    for _ in range(2):
        record(cloud, created=[2])
        record(cloud, failed=[3])
        cloud.dynamodb.transact_write_items(TransactItems=cloud.imports.count_mails(IMPORT, {"mailed": 1}))
        written = cloud.calls.made[-1][1]["TransactItems"][0]["Update"]["Key"]["part"]["S"]
        for part in ("chunk#00000001", written):
            assert cloud.dynamodb.tables[IMPORTS][IMPORT, part]["expires_at"] == expiry(clock)
        clock.sleep(1000)


def record(cloud: Cloud, **lines: list[int]) -> None:
    cloud.imports.record_chunk(IMPORT, 1, {"created": [], "duplicates": [], "failed": [], **lines})


def test_an_outcome_without_lines_is_absent() -> None:
    cloud = Cloud()
    record(cloud, created=[2, 3])
    assert cloud.lines() == {"created": [2, 3]}
    assert len(cloud.calls.made) == 1


def test_the_same_chunk_again_changes_nothing() -> None:
    cloud = Cloud()
    for _ in range(3):
        record(cloud, created=[2, 3], duplicates=[4], failed=[5])
    assert cloud.lines() == {"created": [2, 3], "duplicates": [4], "failed": [5]}


def test_a_line_named_twice_counts_once() -> None:
    cloud = Cloud()
    record(cloud, created=[2, 2], failed=[3, 3])
    assert cloud.lines() == {"created": [2], "failed": [3]}


@pytest.mark.parametrize("better", ["created", "duplicates"])
def test_a_line_that_succeeds_later_is_failed_no_more(better: str) -> None:
    cloud = Cloud()
    record(cloud, failed=[2, 3])
    record(cloud, **{better: [2]})
    assert cloud.lines() == {better: [2], "failed": [3]}
    record(cloud, **{better: [3]})
    assert cloud.lines() == {better: [2, 3]}


@pytest.mark.parametrize("better", ["created", "duplicates"])
def test_a_line_that_succeeded_does_not_fail_later(better: str) -> None:
    """As when a chunk is written, its message is not deleted, and its last delivery falls into an outage."""
    cloud = Cloud()
    record(cloud, **{better: [2, 3]})
    record(cloud, failed=[2, 3, 4])
    assert cloud.lines() == {better: [2, 3], "failed": [4]}


def ending(delivery: dict[int, str], outcome: str) -> list[int]:
    return [line for line, of in delivery.items() if of == outcome]


OUTCOMES = st.sampled_from(["created", "failed"])


@given(st.lists(st.dictionaries(st.integers(2, 6), OUTCOMES, max_size=5), max_size=6), st.randoms())
def test_in_any_order_and_number_deliveries_come_to_the_same(
    deliveries: list[dict[int, str]], order: random.Random
) -> None:
    shuffled = deliveries * 2
    order.shuffle(shuffled)
    cloud = Cloud()
    for delivery in shuffled:
        record(cloud, created=ending(delivery, "created"), failed=ending(delivery, "failed"))
    created = {line for delivery in deliveries for line in ending(delivery, "created")}
    failed = {line for delivery in deliveries for line in ending(delivery, "failed")} - created
    expected = {"created": sorted(created), "failed": sorted(failed)}
    assert cloud.lines() == {name: of for name, of in expected.items() if of}


@pytest.mark.parametrize("call", [0, 1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_recording_that_is_killed_and_repeated_comes_to_the_same(call: int, moment: str) -> None:
    cloud = settled()
    record(cloud, failed=[2, 3])
    getattr(cloud.calls, moment)[len(cloud.calls.made) + call] = kill
    with pytest.raises(Killed):
        record(cloud, created=[2])
    record(cloud, created=[2])
    assert cloud.lines() == {"created": [2], "failed": [3]}
    assert "settled_at" not in entry(cloud)


def settled(**more: Any) -> Cloud:
    """A ledger whose import is settled, and published."""
    cloud = Cloud()
    cloud.imports.begin(IMPORT, ENTRY)
    item = {name: value for name, value in entry(cloud).items() if name != "open"}
    item |= {"settled_at": {"S": "2026"}, "sums": {"M": {}}, "progress_at": {"S": "2026"}, **more}
    cloud.dynamodb.put_item(TableName=IMPORTS, Item=item)
    return cloud


def found_open(cloud: Cloud) -> list[str]:
    query: Any = {
        "TableName": IMPORTS,
        "IndexName": "by_open",
        "KeyConditionExpression": "#open = :open",
        "ExpressionAttributeNames": {"#open": "open"},
        "ExpressionAttributeValues": {":open": {"S": "open"}},
    }
    return [item["import_id"]["S"] for item in cloud.dynamodb.query(**query)["Items"]]


@pytest.mark.parametrize("better", ["created", "duplicates"])
def test_a_failed_line_that_ends_otherwise_opens_the_books_first(better: str) -> None:
    cloud = settled()
    record(cloud, failed=[2, 3])
    assert found_open(cloud) == []
    calls = len(cloud.calls.made)
    cloud.calls.before[calls + 2] = lambda: opened.append("settled_at" not in entry(cloud))
    opened: list[bool] = []
    record(cloud, **{better: [2]})
    assert opened == [True]
    assert found_open(cloud) == [IMPORT]
    # Before the line is counted otherwise, lest a crash come after that; and before it is taken out.
    assert entry(cloud)["openings"] == {"N": "2"}
    assert not {"settled_at", "sums", "progress_at"} & set(entry(cloud))


@pytest.mark.parametrize("call", range(5))
def test_killed_once_a_failed_line_counts_otherwise_it_is_open(call: int) -> None:
    cloud = settled()
    record(cloud, failed=[2, 3])
    cloud.calls.after[len(cloud.calls.made) + call] = kill
    with pytest.raises(Killed):
        record(cloud, created=[2])
    counted = "created" in cloud.dynamodb.tables[IMPORTS][IMPORT, "chunk#00000001"]
    assert counted <= (found_open(cloud) == [IMPORT])


def test_a_line_that_was_not_failed_leaves_settled_books() -> None:
    cloud = settled()
    record(cloud, created=[2], failed=[3])
    record(cloud, created=[2], failed=[3])
    assert "settled_at" in entry(cloud)
    assert cloud.calls.named("update_item")[0]["Key"]["part"] == {"S": "chunk#00000001"}
    # Only a chunk that has failed lines is looked at before it is written.
    assert len(cloud.calls.named("update_item")) == 3


def test_lines_of_an_import_that_is_not_entered_open_nothing() -> None:
    cloud = Cloud()
    record(cloud, failed=[2])
    record(cloud, created=[2])
    assert cloud.lines() == {"created": [2]}
    assert set(cloud.dynamodb.tables[IMPORTS]) == {(IMPORT, "chunk#00000001")}


def test_a_chunk_has_as_many_rows_as_it_was_recorded_with() -> None:
    cloud = Cloud()
    record(cloud, created=[2, 3], failed=[4])
    record(cloud, created=[4])
    assert cloud.dynamodb.tables[IMPORTS][IMPORT, "chunk#00000001"]["rows"] == {"N": "3"}


def test_a_chunk_recorded_in_part_first_has_all_its_rows() -> None:
    """As when its last delivery dead-letters what is left of it, is killed, and that is sent again first."""
    cloud = settled()
    record(cloud, created=[4])
    record(cloud, created=[2, 3, 4])
    assert cloud.dynamodb.tables[IMPORTS][IMPORT, "chunk#00000001"]["rows"] == {"N": "3"}
    assert "settled_at" not in entry(cloud)


def test_an_import_that_was_read_is_open() -> None:
    cloud = settled()
    cloud.imports.finish(IMPORT, {"status": "done"}, {"unknown_columns": ["é"]})
    assert found_open(cloud) == [IMPORT]
    assert entry(cloud)["openings"] == {"N": "1"}
    assert "settled_at" in entry(cloud)  # its counts are the same
    kept = cloud.dynamodb.tables[IMPORTS][IMPORT, SUMMARY_PART]["json"]["S"]
    assert json.loads(kept) == {"unknown_columns": ["é"]}


def test_a_summary_that_does_not_fit_is_kept_as_far_as_the_entry_has_it() -> None:
    cloud = Cloud()
    summary = {"read": 1, "unknown_columns": ["é"], "ignored_columns": "é" * 200_000}
    cloud.imports.finish(IMPORT, {"read": 1, "ignored_columns": "é, …"}, summary)
    kept = cloud.dynamodb.tables[IMPORTS][IMPORT, SUMMARY_PART]["json"]["S"]
    assert json.loads(kept) == {"read": 1, "ignored_columns": "é, …"}


def test_mails_that_end_leave_settled_books_and_decisions_open_them() -> None:
    cloud = settled()
    cloud.dynamodb.transact_write_items(TransactItems=cloud.imports.count_mails(IMPORT, {"held": 1}))
    assert "settled_at" in entry(cloud)
    decided = cloud.imports.count_mails(IMPORT, {"held": -1}, reopen=True)
    cloud.dynamodb.transact_write_items(TransactItems=decided)
    assert "settled_at" not in entry(cloud)
    assert found_open(cloud) == [IMPORT]
    assert "sums" in entry(cloud)  # no row has changed


def test_recording_whose_answer_was_lost_may_be_repeated() -> None:
    cloud = Cloud()
    cloud.dynamodb.script("update_item", Lost(client_error("InternalServerError", status=500)))
    with pytest.raises(ClientError):
        record(cloud, created=[2])
    record(cloud, created=[2])
    assert cloud.lines() == {"created": [2]}


def test_mail_counters_add_up_over_ten_items() -> None:
    cloud = Cloud()
    for _ in range(200):
        counts = {"mailed": 2, "held": 1}
        cloud.dynamodb.transact_write_items(TransactItems=cloud.imports.count_mails(IMPORT, counts))
    assert cloud.ended() == {"mailed": 400, "held": 200}
    assert {part for _, part in cloud.dynamodb.tables[IMPORTS]} <= {f"mail#{n}" for n in range(MAIL_COUNTERS)}
    assert len(cloud.dynamodb.tables[IMPORTS]) > 1
