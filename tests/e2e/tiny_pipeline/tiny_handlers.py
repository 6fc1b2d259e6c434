"""The three functions: an object's lines to messages, messages to items, items to mails."""

import json
import os
import time
from typing import Any
from urllib.parse import unquote_plus

import boto3


def read(event: dict[str, Any], _: object) -> None:
    """Queue each line of the uploaded object; fail on one called `bad`. Keep busy if the event says so."""
    print("read", flush=True)
    time.sleep(event.get("sleep", 0))
    for record in event.get("Records", []):
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        lines = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().split()
        if "bad" in lines:
            raise ValueError("bad line")
        boto3.client("sqs").send_message_batch(
            QueueUrl=os.environ["QUEUE_URL"],
            Entries=[{"Id": str(number), "MessageBody": line} for number, line in enumerate(lines)],
        )


def write(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Put each message into the table; report those called `poison`."""
    print("write", flush=True)
    failed = []
    for record in event["Records"]:
        if record["body"] == "poison":
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            item = {"id": {"S": record["body"]}}
            boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)
    return {"batchItemFailures": failed}


def mail(event: dict[str, Any], _: object) -> None:
    """Mail each new item."""
    print("mail", json.dumps(len(event["Records"])), flush=True)
    for record in event["Records"]:
        name = record["dynamodb"]["NewImage"]["id"]["S"]
        boto3.client("sesv2").send_email(
            FromEmailAddress=os.environ["SENDER"],
            Destination={"ToAddresses": [f"{name}@example.com"]},
            Content={"Simple": {"Subject": {"Data": name}, "Body": {"Text": {"Data": os.environ["TZ"]}}}},
        )
