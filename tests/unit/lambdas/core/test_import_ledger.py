"""The import ledger: entries that any call may repeat."""

import random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.import_entries import MAIL_COUNTERS

from ...helpers.cloud import IMPORT, IMPORTS, Cloud
from ...helpers.fakes import Killed, Lost, client_error, kill

ENTRY = {"key": "uploads/users.csv", "started_at": "2026-11-23T10:00:00.000Z", "size": 10}


def entry(cloud: Cloud) -> Any:
    return cloud.dynamodb.tables[IMPORTS][IMPORT, "import"]


def test_an_import_is_entered_as_being_read() -> None:
    cloud = Cloud()
    assert cloud.imports.begin(IMPORT, ENTRY) == {
        "import_id": IMPORT,
        "part": "import",
        "status": "reading",
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
        cloud.imports.finish(IMPORT, {"status": "done", "read": 3, "reason": None, "rejects": None})
    assert entry(cloud)["status"] == {"S": "done"}
    assert entry(cloud)["read"] == {"N": "3"}
    assert entry(cloud)["key"] == {"S": ENTRY["key"]}
    assert not {"reason", "rejects"} & set(entry(cloud))


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


@pytest.mark.parametrize("call", [0, 1])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_recording_that_is_killed_and_repeated_comes_to_the_same(call: int, moment: str) -> None:
    cloud = Cloud()
    getattr(cloud.calls, moment)[call] = kill
    with pytest.raises(Killed):
        record(cloud, created=[2], failed=[3])
    record(cloud, created=[2], failed=[3])
    assert cloud.lines() == {"created": [2], "failed": [3]}


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
        cloud.dynamodb.transact_write_items(TransactItems=[cloud.imports.count_mails(IMPORT, counts)])
    assert cloud.ended() == {"mailed": 400, "held": 200}
    assert {part for _, part in cloud.dynamodb.tables[IMPORTS]} <= {f"mail#{n}" for n in range(MAIL_COUNTERS)}
    assert len(cloud.dynamodb.tables[IMPORTS]) > 1
