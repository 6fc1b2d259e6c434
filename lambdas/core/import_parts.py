"""Reading what the import ledger has of an import."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..aws.dynamodb.outcomes import Item
from .import_entries import IMPORT_ID, PART

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_parts(
    dynamodb: "DynamoDBClient", table: str, import_id: str, first: str = " ", *, consistent: bool = True
) -> Iterator[Item]:
    """Yields an import's items as DynamoDB has them, in the order of their parts.

    A page is read when it is asked for, and no other is kept: all items of a large import fill a small
    function's memory.

    Args:
        dynamodb: The client.
        table: The ledger.
        import_id: The import.
        first: The part to begin with; by default the first that there is.
        consistent: Whether to read what was written a moment ago, too, at twice the price.
    """
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=f"{IMPORT_ID} = :id AND {PART} >= :first",
        ExpressionAttributeValues={":id": {"S": import_id}, ":first": {"S": first}},
        ConsistentRead=consistent,
    )
    return (dict(item) for page in pages for item in page["Items"])
