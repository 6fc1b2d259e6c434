"""Reading items by key, many a call."""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .limits import DYNAMODB_BATCH_GET_ITEMS
from .outcomes import Item, TableError
from .retries import pause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 10


def read_each(dynamodb: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    """The items that stand under these keys, in their order; empty where none does.

    The reads are strongly consistent.

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


def _identity(key: Item) -> Hashable:
    """What is the same for equal keys: DynamoDB writes a number its own way."""
    values = [(name, *of.items()) for name, of in key.items()]
    return tuple((name, kind, Decimal(of) if kind == "N" else of) for name, (kind, of) in values)


def _read(dynamodb: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    items: list[Item] = []
    asked: Any = {table: {"Keys": keys, "ConsistentRead": True}}
    for attempt in range(_ATTEMPTS):
        if attempt:
            pause(attempt)
        answer: Any = dynamodb.batch_get_item(RequestItems=asked)
        items += answer["Responses"].get(table, [])
        asked = answer.get("UnprocessedKeys")
        if not asked:
            return items
    raise TableError(f"{len(asked[table]['Keys'])} reads were put off {_ATTEMPTS} times")
