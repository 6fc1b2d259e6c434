"""Inserting items that are not there, many a call, each with an outcome of its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..tries import FIXED_TRIES, Tries
from .outcomes import Item, Outcome
from .statements import Statement, execute_each, quoted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def insert_each(
    dynamodb: "DynamoDBClient", table: str, key: str, items: Sequence[Item], tries: Tries = FIXED_TRIES
) -> list[Outcome]:
    """Insert each item whose key is not there.

    Args:
        dynamodb: The client.
        table: The table's name.
        key: The attribute that is its whole primary key; of the items, no two have the same.
        items: The items.
        tries: How often what is put off is sent again. Default: a few times.

    Returns:
        What became of each, in the order of the items. An insertion whose answer was lost is sent again, and
        then finds its own item: ItemExists.

    Raises:
        TableError: DynamoDB kept putting off some, or may not write here; others may have been inserted.
    """
    keys = [{key: item[key]} for item in items]
    return execute_each(dynamodb, table, keys, [_statement(table, item) for item in items], tries)


def _statement(table: str, item: Item) -> Statement:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
    values = ",".join("'{}':?".format(name.replace("'", "''")) for name in item)
    return {
        "Statement": f"INSERT INTO {quoted(table)} VALUE {{{values}}}",
        "Parameters": list(item.values()),
    }
