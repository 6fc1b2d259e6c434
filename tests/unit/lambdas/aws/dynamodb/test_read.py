"""Reading items by key, many a call."""

from typing import Any

import pytest

from lambdas.aws.backoff import ATTEMPTS
from lambdas.aws.dynamodb.outcomes import Item, TableError
from lambdas.aws.dynamodb.read import read_each

from ....helpers.clock import Clock
from ....helpers.fakes_dynamodb import FakeDynamoDB

pytestmark = pytest.mark.usefixtures("clock")
TABLE = "table"


def database(*items: Item) -> Any:
    dynamodb = FakeDynamoDB({TABLE: ("key",)})
    for item in items:
        dynamodb.put_item(TableName=TABLE, Item=item)
    dynamodb.calls.made.clear()
    return dynamodb


def item(key: str) -> Item:
    return {"key": {"S": key}, "text": {"S": f"text of {key}"}}


def key(name: str) -> Item:
    return {"key": {"S": name}}


def unprocessed(request: Any) -> Any:
    """All but the first key are put off."""
    ((table, asked),) = request["RequestItems"].items()
    left = {table: {**asked, "Keys": asked["Keys"][1:]}} if len(asked["Keys"]) > 1 else {}
    return {"Responses": {table: [item(asked["Keys"][0]["key"]["S"])]}, "UnprocessedKeys": left}


def test_nothing_to_read_makes_no_call() -> None:
    dynamodb = database()
    assert read_each(dynamodb, TABLE, []) == []
    assert not dynamodb.calls.made


def test_items_come_in_the_order_of_their_keys_empty_where_there_is_none() -> None:
    dynamodb = database(item("a"), item("b"))
    assert read_each(dynamodb, TABLE, [key("b"), key("none"), key("a")]) == [item("b"), {}, item("a")]


def test_a_hundred_keys_travel_in_one_call_and_are_read_consistently() -> None:
    dynamodb = database(*(item(str(n)) for n in range(150)))
    assert read_each(dynamodb, TABLE, [key(str(n)) for n in range(150)]) == [item(str(n)) for n in range(150)]
    asked = [request["RequestItems"][TABLE] for request in dynamodb.calls.named("batch_get_item")]
    assert [len(one["Keys"]) for one in asked] == [100, 50]
    assert all(one["ConsistentRead"] for one in asked)


def test_equal_keys_are_read_once() -> None:
    number = {"key": {"N": "1.5"}}
    dynamodb = database(number)
    keys = [{"key": {"N": "1.50"}}, {"key": {"N": "1.5"}}, {"key": {"N": "15E-1"}}]
    assert read_each(dynamodb, TABLE, keys) == [number] * 3


def test_what_is_put_off_is_asked_for_again_after_a_pause(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("batch_get_item", *[unprocessed] * 3)
    assert read_each(dynamodb, TABLE, [key(name) for name in "abc"]) == [item(name) for name in "abc"]
    assert len(clock.sleeps) == 2


def test_what_is_put_off_for_ever_is_an_error_that_says_how_many(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("batch_get_item", *[unprocessed] * ATTEMPTS)
    with pytest.raises(TableError, match=f"6 reads were put off {ATTEMPTS} times"):
        read_each(dynamodb, TABLE, [key(str(n)) for n in range(12)])
    assert len(clock.sleeps) == ATTEMPTS - 1
