"""Updates of items as they are known, many a call: an outcome for each."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, ItemWritten
from lambdas.aws.dynamodb.update import Update, update_each

from ....helpers.fakes import Lost, client_error
from ....helpers.fakes_dynamodb import FakeDynamoDB

pytestmark = pytest.mark.usefixtures("clock")
TABLE = "table"


def database(*items: Item) -> Any:
    dynamodb = FakeDynamoDB({TABLE: ("key",)})
    for item in items:
        dynamodb.put_item(TableName=TABLE, Item=item)
    dynamodb.calls.made.clear()
    return dynamodb


def item(key: str, state: str = "old", **more: Item) -> Item:
    return {"key": {"S": key}, "state": {"S": state}, **more}


def update(key: str, known: str = "old", *remove: str) -> Update:
    return Update({"key": {"S": key}}, {"state": {"S": known}}, {"state": {"S": "new"}}, remove)


def test_an_update_sets_and_removes_and_leaves_the_rest() -> None:
    dynamodb = database(item("a", due={"N": "1"}, list={"S": "x"}, text={"S": "kept"}))
    assert update_each(dynamodb, TABLE, [update("a", "old", "due", "list", "none")]) == [ItemWritten()]
    assert dynamodb.items(TABLE) == [item("a", "new", text={"S": "kept"})]


def test_the_statement_is_as_dynamodb_takes_it() -> None:
    assert update("a", "old", "due").statement("mails") == {
        "Statement": 'UPDATE "mails" SET "state"=? REMOVE "due" WHERE "key"=? AND "state"=?',
        "Parameters": [{"S": "new"}, {"S": "a"}, {"S": "old"}],
    }


def test_what_stands_otherwise_is_left_and_told() -> None:
    dynamodb = database(item("a"), item("b", "other"))
    outcomes = update_each(dynamodb, TABLE, [update("a"), update("b"), update("none")])
    assert outcomes == [ItemWritten(), ItemExists(item("b", "other")), ItemExists({})]
    assert dynamodb.items(TABLE) == [item("a", "new"), item("b", "other")]  # nothing comes to be


def test_no_updates_make_no_call() -> None:
    dynamodb = database()
    assert update_each(dynamodb, TABLE, []) == []
    assert not dynamodb.calls.made


def test_an_update_that_dynamodb_refuses_leaves_its_neighbours_alone() -> None:
    dynamodb = database(item("a"), item("b"))
    of_key = Update({"key": {"S": "a"}}, {}, {"key": {"S": "c"}})
    refused, written = update_each(dynamodb, TABLE, [of_key, update("b")])
    assert isinstance(refused, ItemRefused)
    assert written == ItemWritten()


def test_attributes_may_have_any_name() -> None:
    odd = {name: {"S": name} for name in ("d'Artagnan", "{?}", '"', 'a" SET "b', "größe", "state")}
    dynamodb = database({"key": {"S": "a"}, **odd})
    changed = {name: {"S": "new"} for name in odd}
    an_update = Update({"key": {"S": "a"}}, odd, changed)
    assert update_each(dynamodb, TABLE, [an_update]) == [ItemWritten()]
    assert dynamodb.items(TABLE) == [{"key": {"S": "a"}, **changed}]


def test_an_update_whose_answer_was_lost_finds_what_it_wrote() -> None:
    dynamodb = database(item("a"))
    dynamodb.script("batch_execute_statement", Lost(client_error("InternalServerError", status=500)))
    with pytest.raises(ClientError):
        update_each(dynamodb, TABLE, [update("a")])
    assert update_each(dynamodb, TABLE, [update("a")]) == [ItemExists(item("a", "new"))]


def test_an_update_costs_a_unit_where_a_transaction_takes_two() -> None:
    dynamodb = database(item("a"))
    dynamodb.units.clear()
    update_each(dynamodb, TABLE, [update("a")])
    assert dynamodb.units == {f"{TABLE} update": 1}
