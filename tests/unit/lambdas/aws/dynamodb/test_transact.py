"""Conditional writes in one transaction: an outcome for each."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.backoff import ATTEMPTS
from lambdas.aws.dynamodb.outcomes import ItemExists, ItemRefused, ItemWritten, Outcome, TableError
from lambdas.aws.dynamodb.transact import Operation, write_each

from ....helpers.clock import Clock
from ....helpers.fakes import Lost, Step, client_error
from ....helpers.fakes_dynamodb import FakeDynamoDB

pytestmark = pytest.mark.usefixtures("clock")
TABLE = "table"
COUNTER = "counters"


def database() -> Any:
    return FakeDynamoDB({TABLE: ("key",), COUNTER: ("key",)})


def put(key: str, text: str = "") -> Operation:
    return {
        "Put": {
            "TableName": TABLE,
            "Item": {"key": {"S": key}, "text": {"S": text}},
            "ConditionExpression": "attribute_not_exists(#key)",
            "ExpressionAttributeNames": {"#key": "key"},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def puts(count: int, text: str = "") -> list[Operation]:
    return [put(f"{n:03d}", text) for n in range(count)]


def count(which: Sequence[int]) -> list[Operation]:
    update = {
        "TableName": COUNTER,
        "Key": {"key": {"S": "written"}},
        "UpdateExpression": "ADD #n :n",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"N": str(len(which))}},
    }
    return [{"Update": update}]


def counted(dynamodb: FakeDynamoDB) -> int:
    return sum(int(item["n"]["N"]) for item in dynamodb.items(COUNTER))


def sizes(dynamodb: FakeDynamoDB) -> list[int]:
    return [len(request["TransactItems"]) for request in dynamodb.calls.named("transact_write_items")]


def cancelled(*codes: str, **told: Any) -> Step:
    reasons = [{"Code": code, **(told if code != "None" else {})} for code in codes]
    return client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})


def test_nothing_to_write_makes_no_call() -> None:
    dynamodb = database()
    assert write_each(dynamodb, []) == []
    assert not dynamodb.calls.made


def test_operations_travel_in_one_call() -> None:
    dynamodb = database()
    assert write_each(dynamodb, puts(100)) == [ItemWritten()] * 100
    assert sizes(dynamodb) == [100]
    assert len(dynamodb.items(TABLE)) == 100


def test_what_exists_is_told_with_its_item_and_the_rest_is_written() -> None:
    dynamodb = database()
    write_each(dynamodb, [put("001", "first")])
    outcomes = write_each(dynamodb, puts(3, "second"))
    there = ItemExists({"key": {"S": "001"}, "text": {"S": "first"}})
    assert outcomes == [ItemWritten(), there, ItemWritten()]
    assert sizes(dynamodb) == [1, 3, 2]


def test_when_all_exist_nothing_is_sent_again() -> None:
    dynamodb = database()
    write_each(dynamodb, puts(3))
    outcomes = write_each(dynamodb, puts(3))
    assert all(isinstance(outcome, ItemExists) for outcome in outcomes)
    assert sizes(dynamodb) == [3, 3]


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_what_passes_is_sent_again_after_a_pause(clock: Clock, code: str) -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", cancelled("None", code, "None"), cancelled(code, "None", "None"))
    assert write_each(dynamodb, puts(3)) == [ItemWritten()] * 3
    assert sizes(dynamodb) == [3, 3, 3]
    assert len(clock.sleeps) == 2


def test_a_transaction_that_is_in_progress_is_sent_again_after_a_pause(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", client_error("TransactionInProgressException"))
    assert write_each(dynamodb, puts(2)) == [ItemWritten()] * 2
    assert len(clock.sleeps) == 1


def test_conflicts_that_do_not_end_are_an_error_that_says_how_many_writes(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", *[cancelled("TransactionConflict", "None")] * 100)
    with pytest.raises(TableError, match=f"2 writes were put off {ATTEMPTS} times"):
        write_each(dynamodb, puts(2))
    assert len(clock.sleeps) == ATTEMPTS - 1
    assert not dynamodb.items(TABLE)


def test_progress_beside_a_conflict_needs_no_pause(clock: Clock) -> None:
    dynamodb = database()
    write_each(dynamodb, [put("000")])
    reasons = [
        {"Code": "ConditionalCheckFailed", "Item": {"key": {"S": "000"}}},
        {"Code": "TransactionConflict"},
    ]
    dynamodb.script(
        "transact_write_items",
        client_error("TransactionCanceledException", answer={"CancellationReasons": reasons}),
    )
    assert write_each(dynamodb, puts(2)) == [ItemExists({"key": {"S": "000"}}), ItemWritten()]
    assert not clock.sleeps


def test_an_operation_that_is_refused_is_taken_out_with_the_reason() -> None:
    dynamodb = database()
    refusal = cancelled("None", "ValidationError", "None", Message="Item size has exceeded 400 KB")
    dynamodb.script("transact_write_items", refusal)
    outcomes = write_each(dynamodb, puts(3))
    assert outcomes == [
        ItemWritten(),
        ItemRefused("ValidationError: Item size has exceeded 400 KB"),
        ItemWritten(),
    ]
    assert sizes(dynamodb) == [3, 2]


@pytest.mark.parametrize("bad", [0, 1, 41, 99])
def test_a_request_refused_as_a_whole_is_halved_until_the_fault_is_alone(bad: int) -> None:
    dynamodb = database()
    operations = puts(100)
    operations[bad] = put("")  # an empty key
    outcomes = write_each(dynamodb, operations)
    assert outcomes[:bad] + outcomes[bad + 1 :] == [ItemWritten()] * 99
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ItemRefused)]
    assert outcomes[bad] is refused
    assert "empty string" in refused.reason
    assert len(sizes(dynamodb)) <= 2 * 7 + 1  # a search, not a call for each


def test_operations_on_one_item_find_their_way_one_after_the_other() -> None:
    dynamodb = database()
    outcomes = write_each(dynamodb, [put("a", "first"), put("b"), put("a", "second")])
    assert outcomes == [ItemWritten(), ItemWritten(), ItemExists({"key": {"S": "a"}, "text": {"S": "first"}})]


def test_any_other_error_is_the_callers() -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", client_error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        write_each(dynamodb, puts(2))


def test_a_write_whose_answer_was_lost_is_found_by_the_next() -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", Lost(client_error("InternalServerError", status=500)))
    with pytest.raises(ClientError):
        write_each(dynamodb, puts(2, "mine"))
    outcomes = write_each(dynamodb, puts(2, "mine"))
    assert [outcome.item["text"]["S"] for outcome in outcomes if isinstance(outcome, ItemExists)] == [
        "mine"
    ] * 2


def test_companions_are_written_in_the_transaction_of_their_operations() -> None:
    dynamodb = database()
    write_each(dynamodb, [put("001")])
    outcomes: list[Outcome] = write_each(dynamodb, [*puts(3), put("")], companions=count)
    assert outcomes.count(ItemWritten()) == counted(dynamodb) == 2


def test_companions_that_conflict_delay_what_they_belong_to(clock: Clock) -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", cancelled("None", "None", "TransactionConflict"))
    assert write_each(dynamodb, puts(2), companions=count) == [ItemWritten()] * 2
    assert counted(dynamodb) == 2
    assert len(clock.sleeps) == 1


def test_a_refusal_of_a_companion_is_not_taken_for_one_of_an_operation() -> None:
    dynamodb = database()
    dynamodb.script("transact_write_items", *[cancelled("None", "None", "ValidationError")] * 100)
    with pytest.raises(TableError):
        write_each(dynamodb, puts(2), companions=count)
