"""Files are checked and cut into chunks; what reads the queue is yours."""

import pulumi
import pulumi_aws as aws
from rowrelay import CsvIngest

chunks = aws.sqs.Queue("chunks", max_message_size=1_048_576, sqs_managed_sse_enabled=True)
ingest = CsvIngest(
    "readings",
    {
        "schema": {
            "fields": [
                {"name": "reading", "type": "integer", "constraints": {"minimum": 1}},
                {"name": "taken_at", "type": "datetime"},
                {"name": "celsius", "type": "number", "constraints": {"required": True}},
            ],
            "primaryKey": "reading",
        },
        "queue": {"arn": chunks.arn, "url": chunks.url},
        # Nobody tells the ledger what became of the rows, so every import would seem stuck.
        "alarms": {"imports-stuck": {"enabled": False}},
    },
)
pulumi.export("bucket", ingest.bucket["name"])
pulumi.export("queue_url", chunks.url)
