"""Writing one item under a condition."""

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.dynamodb.conditional import write_if
from lambdas.aws.dynamodb.outcomes import Item
from tests.unit.helpers.fakes import client_error
from tests.unit.helpers.fakes_dynamodb import FakeDynamoDB

KEY = {"id": {"S": "a"}}
REQUEST = {
    "TableName": "t",
    "Key": KEY,
    "UpdateExpression": "SET n = :n",
    "ConditionExpression": "attribute_not_exists(n)",
    "ExpressionAttributeValues": {":n": {"N": "1"}},
}


def written(fake: FakeDynamoDB, **more: str) -> tuple[bool, Item]:
    return write_if(fake.update_item, **REQUEST, **more)


def table() -> FakeDynamoDB:
    return FakeDynamoDB({"t": ("id",)})


def test_whether_the_condition_held() -> None:
    fake = table()
    assert written(fake) == (True, {})
    assert written(fake) == (False, {})


def test_the_item_is_what_the_request_asks_for() -> None:
    fake = table()
    item = {**KEY, "n": {"N": "1"}}
    assert written(fake, ReturnValues="ALL_NEW") == (True, item)
    assert written(fake, ReturnValues="ALL_NEW") == (False, {})
    assert written(fake, ReturnValuesOnConditionCheckFailure="ALL_OLD") == (False, item)


def test_another_error_is_the_callers() -> None:
    fake = table()
    fake.script("update_item", client_error("ThrottlingException"))
    with pytest.raises(ClientError, match="ThrottlingException"):
        written(fake)
