"""S3 invokes it for every upload: each row becomes a message, ten a call."""

import csv
import itertools
import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3")
sqs = boto3.client("sqs")


def handler(event: Any, _context: Any) -> None:
    """Send the rows of the upload to the queue."""
    count = 0
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
        rows = csv.DictReader(body.splitlines())
        while batch := list(itertools.islice(rows, 10)):
            entries: Any = [{"Id": str(n), "MessageBody": json.dumps(row)} for n, row in enumerate(batch)]
            sqs.send_message_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)
            count += len(batch)
    print(f"{count} rows sent")
