"""Every record that is inserted into a table of yours brings one mail."""

import pulumi
import pulumi_aws as aws
from rowrelay import StreamNotifier

orders = aws.dynamodb.Table(
    "orders",
    billing_mode="PAY_PER_REQUEST",
    hash_key="order",
    attributes=[{"name": "order", "type": "N"}],
    stream_enabled=True,
    stream_view_type="NEW_IMAGE",
)
notifier = StreamNotifier(
    "thanks",
    {
        "stream_arn": orders.stream_arn,
        "sender": "Orders <orders@example.com>",
        "address_column": "customer_email",
        "mail": {
            "subject": "Order {{order}}",
            "text": "Thank you for order {{order}}.",
            "html": "<p>Thank you for order {{order}}.</p>",
        },
    },
)
pulumi.export("table", orders.name)
pulumi.export("mail_ledger", notifier.mail_ledger["name"])
