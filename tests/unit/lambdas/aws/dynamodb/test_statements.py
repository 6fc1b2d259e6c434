"""Statements that write, many a call: an outcome for each."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.backoff import ATTEMPTS
from lambdas.aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, ItemWritten, Outcome, TableError
from lambdas.aws.dynamodb.statements import Statement, execute_each, quoted

from ....helpers.clock import Clock
from ....helpers.fakes import client_error, invalid
from ....helpers.fakes_dynamodb import FakeDynamoDB

pytestmark = pytest.mark.usefixtures("clock")
TABLE = "table"


def database() -> Any:
    return FakeDynamoDB({TABLE: ("key",)})


def key(n: int) -> Item:
    return {"key": {"S": f"{n:03d}"}}


def insertion(n: int) -> Statement:
    values = [{"S": f"{n:03d}"}, {"S": f"text {n}"}]
    return {"Statement": "INSERT INTO \"table\" VALUE {'key':?,'text':?}", "Parameters": values}


def update(n: int, known: str) -> Statement:
    values = [{"S": "new"}, {"S": f"{n:03d}"}, {"S": known}]
    return {
        "Statement": 'UPDATE "table" SET "text"=? WHERE "key"=? AND "text"=?',
        "Parameters": values,
    }


def execute(dynamodb: Any, statements: Sequence[Statement]) -> list[Outcome]:
    return execute_each(dynamodb, TABLE, [key(n) for n in range(len(statements))], statements)


def insert(dynamodb: Any, count: int) -> list[Outcome]:
    return execute(dynamodb, [insertion(n) for n in range(count)])


def sizes(dynamodb: FakeDynamoDB) -> list[int]:
    return [len(request["Statements"]) for request in dynamodb.calls.named("batch_execute_statement")]


def test_no_statements_make_no_call() -> None:
    dynamodb = database()
    assert execute(dynamodb, []) == []
    assert not dynamodb.calls.made


def test_twenty_five_statements_travel_in_one_call_and_nothing_is_read() -> None:
    dynamodb = database()
    assert insert(dynamodb, 60) == [ItemWritten()] * 60
    assert sizes(dynamodb) == [25, 25, 10]
    assert len(dynamodb.calls.made) == 3


def test_what_stands_otherwise_is_told_with_its_item_in_one_read() -> None:
    dynamodb = database()
    insert(dynamodb, 2)
    outcomes = execute(dynamodb, [update(0, "text 0"), update(1, "another text"), update(2, "text 2")])
    there = ItemExists({**key(1), "text": {"S": "text 1"}})
    assert outcomes == [ItemWritten(), there, ItemExists({})]
    assert len(dynamodb.calls.named("batch_get_item")) == 1


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
    assert insert(dynamodb, 30) == [ItemWritten()] * 30
    assert sizes(dynamodb) == [25, 2, 5]
    assert len(clock.sleeps) == 1


def test_what_is_put_off_for_ever_is_an_error_that_says_how_many(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off("ThrottlingError", 1))
    dynamodb.script("batch_execute_statement", *[dynamodb.put_off("ThrottlingError", 0)] * 9)
    with pytest.raises(TableError, match=f"1 writes were put off {ATTEMPTS} times"):
        insert(dynamodb, 2)
    assert len(clock.sleeps) == ATTEMPTS - 1


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_an_item_that_is_refused_leaves_its_neighbours_alone(code: str) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off(code, 1))
    assert insert(dynamodb, 3) == [ItemWritten(), ItemRefused(f"{code}: …"), ItemWritten()]


@pytest.mark.parametrize("code", ["AccessDenied", "ResourceNotFound", "SomethingNew"])
def test_what_is_no_items_fault_is_an_error_with_its_code(code: str) -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", dynamodb.put_off(code, 1))
    with pytest.raises(TableError, match=f"DynamoDB refused to write: {code}") as raised:
        insert(dynamodb, 3)
    assert raised.value.code == code


@pytest.mark.parametrize("bad", [0, 13, 24])
def test_a_request_refused_as_a_whole_is_halved_until_the_fault_is_alone(bad: int) -> None:
    dynamodb = database()

    def refuse(request: Any) -> Any:
        statements = request["Statements"]
        if any(one["Parameters"][0] == {"S": f"{bad:03d}"} for one in statements):
            raise invalid("cannot be read")
        return dynamodb.put_off("")(request)

    dynamodb.script("batch_execute_statement", *[refuse] * 20)
    outcomes = insert(dynamodb, 25)
    assert outcomes[:bad] + outcomes[bad + 1 :] == [ItemWritten()] * 24
    assert outcomes[bad] == ItemRefused("cannot be read")
    assert len(sizes(dynamodb)) <= 2 * 5 + 1  # a search, not a call for each


def test_any_other_error_is_the_callers() -> None:
    dynamodb = database()
    dynamodb.script("batch_execute_statement", client_error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        insert(dynamodb, 2)


def test_a_statement_that_is_too_long_is_not_sent_with_the_others() -> None:
    dynamodb = database()
    longer = {**insertion(1), "Statement": "x" * 8193}
    outcomes = execute(dynamodb, [insertion(0), longer, insertion(2)])
    reason = "its attributes' names take more than 8,192 characters together"
    assert outcomes == [ItemWritten(), ItemRefused(reason), ItemWritten()]
    assert sizes(dynamodb) == [2]


def test_a_name_is_quoted() -> None:
    assert quoted('a"b') == '"a""b"'
