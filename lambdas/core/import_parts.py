"""Reading what the import ledger has of an import."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .import_entries import IMPORT_ID, PART

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_parts(
    dynamodb: "DynamoDBClient", table: str, import_id: str, first: str = " ", *, consistent: bool = True
) -> list[Mapping[str, Any]]:
    """Returns an import's items as DynamoDB has them, in the order of their parts.

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
    return [item for page in pages for item in page["Items"]]
