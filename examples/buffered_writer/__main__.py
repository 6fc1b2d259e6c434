"""Whatever sends chunks of rows to a queue, each row is written once, into a table that exists."""

import pulumi
import pulumi_aws as aws
from rowrelay import BufferedWriter

table = aws.dynamodb.Table(
    "readings",
    billing_mode="PAY_PER_REQUEST",
    hash_key="reading",
    attributes=[{"name": "reading", "type": "N"}],
)
writer = BufferedWriter("readings", {"key": "reading", "table": {"name": table.name, "arn": table.arn}})
pulumi.export("queue_url", writer.queue["url"])
pulumi.export("dead_letter_queue_url", writer.dead_letter_queue["url"])
pulumi.export("table", table.name)
