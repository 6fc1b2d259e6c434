"""The queue's mapping invokes it with rows: they are put into the table."""

import json
import os
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event: Any, _context: Any) -> None:
    """Put the rows of the batch."""
    with table.batch_writer(overwrite_by_pkeys=["email"]) as batch:
        for message in event["Records"]:
            row = json.loads(message["body"])
            batch.put_item(Item={name: value for name, value in row.items() if value})
    print(f"{len(event['Records'])} rows written")
