"""Reading items by key, many a call."""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..backoff import ATTEMPTS, pause
from ..limits import DYNAMODB_BATCH_GET_ITEMS
from .outcomes import Item, TableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_each(dynamodb: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    """Read items, strongly consistently.

    Returns:
        The items of these keys, in their order; an empty one where there is none, or can be none.

    Raises:
        TableError: DynamoDB kept putting off some.
    """
    distinct = {_identity(key): key for key in keys}
    asked = list(distinct.values())
    found: dict[Hashable, Item] = {}
    for start in range(0, len(asked), DYNAMODB_BATCH_GET_ITEMS):
        for item in _read(dynamodb, table, asked[start : start + DYNAMODB_BATCH_GET_ITEMS]):
            found[_identity({name: item[name] for name in asked[0]})] = item
    return [found.get(_identity(key), {}) for key in keys]


def value_identity(value: Item) -> Hashable:
    """Returns what is the same for equal values of a key, since DynamoDB writes a number its own way."""
    return Decimal(value["N"]) if "N" in value else repr(value)


def _identity(key: Item) -> Hashable:
    return tuple((name, value_identity(value)) for name, value in key.items())


def _read(dynamodb: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    try:
        return _read_all(dynamodb, table, keys)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
    # One key is none that DynamoDB takes, so nothing stands there; and the call does not say which.
    half = len(keys) // 2
    return _read(dynamodb, table, keys[:half]) + _read(dynamodb, table, keys[half:]) if half else []


def _read_all(dynamodb: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    items: list[Item] = []
    asked: Any = {table: {"Keys": keys, "ConsistentRead": True}}
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(attempt)
        answer: Any = dynamodb.batch_get_item(RequestItems=asked)
        items += answer["Responses"].get(table, [])
        asked = answer.get("UnprocessedKeys")
        if not asked:
            return items
    raise TableError(f"{len(asked[table]['Keys'])} reads were put off {ATTEMPTS} times")
