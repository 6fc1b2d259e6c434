"""Insertions, many a call: an outcome for each."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.backoff import ATTEMPTS
from lambdas.aws.dynamodb.insert import insert_each
from lambdas.aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, ItemWritten, TableError

from ....helpers.clock import Clock
from ....helpers.fakes import Lost, client_error, invalid
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


@pytest.mark.parametrize(
    "code",
    [
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    ],
)
def test_what_is_put_off_and_nothing_else_is_sent_again_after_a_pause(code: str, clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off(code, 0, 7))
    assert insert_each(dynamodb, TABLE, "key", items(30)) == [ItemWritten()] * 30
    assert sizes(dynamodb) == [25, 2, 5]
    assert len(clock.sleeps) == 1


def test_what_is_put_off_for_ever_is_an_error_that_says_how_many(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off("ThrottlingError", 1))
    dynamodb.script("batch_execute_statement", *[dynamodb.put_off("ThrottlingError", 0)] * 9)
    with pytest.raises(TableError, match=f"1 insertions were put off {ATTEMPTS} times"):
        insert_each(dynamodb, TABLE, "key", items(2))
    assert len(clock.sleeps) == ATTEMPTS - 1


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_an_item_that_is_refused_leaves_its_neighbours_alone(code: str) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off(code, 1))
    outcomes = insert_each(dynamodb, TABLE, "key", items(3))
    assert outcomes == [ItemWritten(), ItemRefused(f"{code}: …"), ItemWritten()]


@pytest.mark.parametrize("code", ["AccessDenied", "ResourceNotFound", "SomethingNew"])
def test_what_is_no_items_fault_is_an_error(code: str) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off(code, 1))
    with pytest.raises(TableError, match=f"DynamoDB refused to insert: {code}"):
        insert_each(dynamodb, TABLE, "key", items(3))


@pytest.mark.parametrize("bad", [0, 13, 24])
def test_a_request_refused_as_a_whole_is_halved_until_the_fault_is_alone(bad: int) -> None:
    dynamodb = database()

    def refuse(request: Any) -> Any:
        statements = request["Statements"]
        if any(one["Parameters"][0] == {"S": f"{bad:03d}"} for one in statements):
            raise invalid("cannot be read")
        return dynamodb.put_off("")(request)

    dynamodb.script("batch_execute_statement", *[refuse] * 20)
    outcomes = insert_each(dynamodb, TABLE, "key", items(25))
    assert outcomes[:bad] + outcomes[bad + 1 :] == [ItemWritten()] * 24
    assert outcomes[bad] == ItemRefused("cannot be read")
    assert len(sizes(dynamodb)) <= 2 * 5 + 1  # a search, not a call for each


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


def test_any_other_error_is_the_callers() -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", client_error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        insert_each(dynamodb, TABLE, "key", items(2))


def test_an_insertion_whose_answer_was_lost_is_found_by_the_next() -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", Lost(client_error("InternalServerError", status=500)))
    with pytest.raises(ClientError):
        insert_each(dynamodb, TABLE, "key", items(2, "mine"))
    mine = [ItemExists(one) for one in items(2, "mine")]
    assert insert_each(dynamodb, TABLE, "key", items(2, "mine")) == mine
