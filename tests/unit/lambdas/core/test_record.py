"""Rows to records: one item for each key."""

from decimal import Decimal
from typing import Any

import pytest

from lambdas.core.chunk import Chunk
from lambdas.core.record import records_of

from ...helpers.cloud import IMPORT

NOW = "2026-11-23T10:00:00.000Z"


def records(*rows: tuple[int, dict[str, Any]], last_wins: bool = False) -> Any:
    return records_of(Chunk(IMPORT, 1, list(rows)), "email", NOW, last_wins=last_wins)


def test_a_record_is_the_row_typed_with_where_it_comes_from_and_when() -> None:
    row = {"email": "a", "age": 42, "height": Decimal("1.80"), "member": True, "tags": ["x"]}
    (record,) = records((7, row)).records
    assert record.line == 7
    assert record.item == {
        "email": {"S": "a"},
        "age": {"N": "42"},
        "height": {"N": "1.80"},
        "member": {"BOOL": True},
        "tags": {"L": [{"S": "x"}]},
        "import_id": {"S": IMPORT},
        "import_line": {"N": "7"},
        "created_at": {"S": NOW},
    }


def test_a_column_without_a_value_is_absent() -> None:
    (record,) = records((2, {"email": "a", "name": None})).records
    assert "name" not in record.item


def test_a_row_cannot_pass_itself_off_as_anothers() -> None:
    (record,) = records((2, {"email": "a", "import_id": "x", "import_line": 9})).records
    assert record.item["import_id"] == {"S": IMPORT}
    assert record.item["import_line"] == {"N": "2"}


def test_of_a_key_that_stands_twice_the_first_row_is_kept() -> None:
    made = records((2, {"email": "a", "n": 1}), (3, {"email": "b"}), (4, {"email": "a", "n": 2}))
    assert [record.line for record in made.records] == [2, 3]
    assert made.repeated == {4: 2}


def test_of_a_key_that_stands_thrice_the_last_row_is_kept_if_it_wins() -> None:
    rows = [(line, {"email": email}) for line, email in ((2, "a"), (3, "b"), (4, "a"), (5, "a"))]
    made = records(*rows, last_wins=True)
    assert sorted(record.line for record in made.records) == [3, 5]
    assert made.repeated == {2: 5, 4: 5}


def test_equal_numbers_are_one_key_however_they_are_written() -> None:
    made = records((2, {"email": Decimal("1.50")}), (3, {"email": Decimal("1.5")}))
    assert [record.line for record in made.records] == [2]
    assert made.repeated == {3: 2}


def test_keys_of_different_types_are_different_keys() -> None:
    made = records((2, {"email": "1"}), (3, {"email": 1}))
    assert len(made.records) == 2


@pytest.mark.parametrize("row", [{"name": "Ann"}, {"email": None}, {}])
def test_a_row_without_a_key_is_unusable(row: dict[str, Any]) -> None:
    made = records((2, row), (3, {"email": "b"}))
    assert made.unusable == {2: "the row has no value for the key email"}
    assert [record.line for record in made.records] == [3]


@pytest.mark.parametrize("value", [float("nan"), 10**39, {"deep": [float("inf")]}])
def test_a_value_that_dynamodb_cannot_keep_makes_its_row_alone_unusable(value: Any) -> None:
    made = records((2, {"email": "a", "value": value}), (3, {"email": "b"}))
    assert list(made.unusable) == [2]
    assert made.unusable[2].startswith("a value that DynamoDB cannot keep: ")
    assert [record.line for record in made.records] == [3]


def test_an_unusable_row_does_not_stand_for_its_key() -> None:
    made = records((2, {"email": "a", "value": float("nan")}), (3, {"email": "a"}))
    assert [record.line for record in made.records] == [3]
    assert not made.repeated
