"""An import's items in the import ledger."""

from typing import Any

import pytest

from lambdas.core.import_entries import MAIL_PARTS
from lambdas.core.import_parts import read_parts

from ...helpers.cloud import IMPORT, IMPORTS, Cloud


@pytest.fixture
def cloud() -> Cloud:
    cloud = Cloud()
    cloud.imports.begin(IMPORT, {"key": "uploads/a.csv"})
    cloud.imports.begin("another", {"key": "uploads/a.csv"})
    for number in range(1, 6):
        cloud.imports.record_chunk(IMPORT, number, {"created": [number]})
    counted = cloud.imports.count_mails(IMPORT, {"mailed": 1})
    cloud.dynamodb.transact_write_items(TransactItems=counted)
    return cloud


def parts(cloud: Cloud, *of: str, **more: Any) -> list[str]:
    dynamodb: Any = cloud.dynamodb
    return [item["part"]["S"] for item in read_parts(dynamodb, IMPORTS, IMPORT, *of, **more)]


def test_an_imports_items_come_in_the_order_of_their_parts(cloud: Cloud) -> None:
    *chunks, entry, counter = parts(cloud)
    assert chunks == [f"chunk#{number:08d}" for number in range(1, 6)]
    assert entry == "import"
    assert counter.startswith("mail#")


def test_they_may_be_read_from_a_part_on(cloud: Cloud) -> None:
    assert all(part.startswith("mail#") for part in parts(cloud, MAIL_PARTS))
    assert parts(cloud, "chunk#00000004")[:2] == ["chunk#00000004", "chunk#00000005"]


def test_all_pages_are_read(cloud: Cloud) -> None:
    query = cloud.dynamodb.query

    def two(**request: Any) -> Any:
        return query(**request, Limit=2)

    cloud.dynamodb.query = two  # type: ignore[method-assign]
    assert len(parts(cloud)) == 7
    assert len(cloud.calls.named("query")) == 4


@pytest.mark.parametrize("consistent", [True, False])
def test_consistency_is_asked_for_as_it_is_wanted(cloud: Cloud, consistent: bool) -> None:
    parts(cloud, consistent=consistent)
    assert cloud.calls.named("query")[0]["ConsistentRead"] is consistent


def test_an_import_that_is_not_there_has_no_parts() -> None:
    assert parts(Cloud()) == []
