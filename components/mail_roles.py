"""What the two functions that send mails may do: the stream's, and the round's.

`mails` are SES's resources that a mail is sent with: identities, templates, configuration set.
"""

from collections.abc import Sequence

import pulumi

from .contracts import DUE_INDEX
from .policies import Statement, allow
from .references import QueueReference, TableReference

# Each under its name in the older API, too, as SES does not say which one it asks for.
_BULK = ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"]
_SINGLE = ["ses:SendEmail", "ses:SendTemplatedEmail"]


def stream_statements(
    stream_arn: pulumi.Input[str],
    failure_queue: QueueReference,
    mail_ledger: TableReference,
    import_ledger: TableReference,
    mails: Sequence[pulumi.Input[str]],
) -> list[Statement]:
    """Statements for the function that sends what the stream brings, or owes it."""
    read_stream = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    claiming = ["BatchGetItem", "PartiQLInsert", "PartiQLUpdate", "PutItem", "UpdateItem"]
    return [
        allow("ReadStream", read_stream, stream_arn),
        # The service authorization reference knows no resource for it.
        allow("FindStream", ["dynamodb:ListStreams"], "*"),
        allow("SendFailures", ["sqs:SendMessage"], failure_queue["arn"]),
        allow("ClaimMails", [f"dynamodb:{action}" for action in claiming], mail_ledger["arn"]),
        allow("KeepBooks", ["dynamodb:UpdateItem"], import_ledger["arn"]),
        allow("SendMails", _BULK, *mails),
    ]


def round_statements(
    mail_ledger: TableReference, import_ledger: TableReference, mails: Sequence[pulumi.Input[str]]
) -> list[Statement]:
    """Statements for the function that sends what waits."""
    claiming = ["BatchGetItem", "PartiQLUpdate", "PutItem", "UpdateItem"]
    by_due = pulumi.Output.concat(mail_ledger["arn"], f"/index/{DUE_INDEX}")
    return [
        allow("ClaimMails", [f"dynamodb:{action}" for action in claiming], mail_ledger["arn"]),
        allow("FindDueMails", ["dynamodb:Query"], by_due),
        allow("KeepBooks", ["dynamodb:Query", "dynamodb:UpdateItem"], import_ledger["arn"]),
        allow("SendMails", [*_BULK, *_SINGLE], *mails),
        # The service authorization reference knows no resource for it.
        allow("AskForQuota", ["ses:GetAccount"], "*"),
    ]
