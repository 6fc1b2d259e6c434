"""Two components on a bucket whose owner has it send its events to EventBridge; and one on its own."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components import BucketReference, CsvIngest

SCHEMA: dict[str, Any] = {"fields": [{"name": "email", "type": "string"}], "primaryKey": "email"}


def ingest(name: str, bucket: BucketReference | None = None) -> None:
    queue = aws.sqs.Queue(f"{name}-chunks", max_message_size=1_048_576)
    made = CsvIngest(
        name,
        {
            "schema": SCHEMA,
            "queue": {"url": queue.url, "arn": queue.arn},
            "bucket": bucket,
            "notification": "eventbridge",
            "upload_prefix": f"{name}/",
        },
    )
    pulumi.export(
        name,
        {
            "bucket": made.bucket["name"],
            "chunks": queue.url,
            "failures": made.failure_queue["url"],
            "function": made.function_name,
            "ledger": made.import_ledger["name"],
        },
    )


shared = aws.s3.Bucket("shared")
aws.s3.BucketNotification("shared", bucket=shared.bucket, eventbridge=True)
ingest("one", {"name": shared.bucket, "arn": shared.arn})
ingest("other", {"name": shared.bucket, "arn": shared.arn})
ingest("alone")
