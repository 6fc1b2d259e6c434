"""Insertions, many a call: an outcome for each."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.dynamodb.insert import insert_each
from lambdas.aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, ItemWritten

from ....helpers.fakes import Lost, client_error
from ....helpers.fakes_dynamodb import FakeDynamoDB

pytestmark = pytest.mark.usefixtures("clock")
TABLE = "table"


def database() -> Any:
    return FakeDynamoDB({TABLE: ("key",)})


def item(key: str, text: str = "") -> Item:
    return {"key": {"S": key}, "text": {"S": text}}


def items(count: int, text: str = "") -> list[Item]:
    return [item(f"{n:03d}", text) for n in range(count)]


def sizes(dynamodb: FakeDynamoDB) -> list[int]:
    return [len(request["Statements"]) for request in dynamodb.calls.named("batch_execute_statement")]


def test_nothing_to_insert_makes_no_call() -> None:
    dynamodb = database()
    assert insert_each(dynamodb, TABLE, "key", []) == []
    assert not dynamodb.calls.made


def test_twenty_five_items_travel_in_one_call() -> None:
    dynamodb = database()
    assert insert_each(dynamodb, TABLE, "key", items(60)) == [ItemWritten()] * 60
    assert sizes(dynamodb) == [25, 25, 10]
    assert dynamodb.items(TABLE) == items(60)
    assert len(dynamodb.calls.made) == 3  # nothing is read


def test_what_exists_is_told_with_its_item_and_left_as_it_is() -> None:
    dynamodb = database()
    insert_each(dynamodb, TABLE, "key", [item("001", "first"), item("003", "third")])
    outcomes = insert_each(dynamodb, TABLE, "key", items(4, "second"))
    assert outcomes == [
        ItemWritten(),
        ItemExists(item("001", "first")),
        ItemWritten(),
        ItemExists(item("003", "third")),
    ]
    assert dynamodb.tables[TABLE][("001",)] == item("001", "first")


def test_what_was_deleted_before_it_was_read_did_exist() -> None:
    dynamodb = database()
    insert_each(dynamodb, TABLE, "key", items(1))
    dynamodb.calls.before[2] = dynamodb.tables[TABLE].clear
    assert insert_each(dynamodb, TABLE, "key", items(1)) == [ItemExists({})]


def test_an_item_whose_names_outgrow_a_statement_is_refused_alone() -> None:
    dynamodb = database()
    wide = item("wide") | {f"column {n} {'x' * 200}": {"S": ""} for n in range(40)}
    first, second = insert_each(dynamodb, TABLE, "key", [wide, item("narrow")])
    assert first == ItemRefused("its attributes' names take more than 8,192 characters together")
    assert second == ItemWritten()


def test_a_statement_may_be_as_long_as_dynamodb_takes() -> None:
    dynamodb = database()
    insert_each(dynamodb, TABLE, "key", [item("a")])
    (request,) = dynamodb.calls.named("batch_execute_statement")
    room = 8192 - len(request["Statements"][0]["Statement"]) - len(",'':?")
    longest, longer = (item(str(size)) | {"x" * size: {"S": ""}} for size in (room, room + 1))
    assert insert_each(dynamodb, TABLE, "key", [longest]) == [ItemWritten()]
    assert isinstance(insert_each(dynamodb, TABLE, "key", [longer])[0], ItemRefused)


def test_attributes_may_have_any_name() -> None:
    dynamodb = database()
    odd = item("a") | {name: {"S": name} for name in ("d'Artagnan", "''", "{?}", '"', "größe", "a b,'c':?")}
    assert insert_each(dynamodb, TABLE, "key", [odd]) == [ItemWritten()]
    assert dynamodb.items(TABLE) == [odd]


def test_equal_keys_that_look_different_are_one_item() -> None:
    dynamodb = database()
    one, other = ({"key": {"N": number}} for number in ("1.50", "1.5"))
    assert insert_each(dynamodb, TABLE, "key", [one, other]) == [ItemWritten(), ItemExists(one)]
    assert insert_each(dynamodb, TABLE, "key", [other, one]) == [ItemExists(one), ItemExists(one)]


def test_an_insertion_whose_answer_was_lost_is_found_by_the_next() -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", Lost(client_error("InternalServerError", status=500)))
    with pytest.raises(ClientError):
        insert_each(dynamodb, TABLE, "key", items(2, "mine"))
    mine = [ItemExists(one) for one in items(2, "mine")]
    assert insert_each(dynamodb, TABLE, "key", items(2, "mine")) == mine
