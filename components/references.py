"""How resources that exist already are named to a component, and how a component names its own to another."""

import re
from collections.abc import Mapping
from typing import NotRequired, Optional, TypedDict

import pulumi


class BucketReference(TypedDict):
    """An S3 bucket."""

    name: pulumi.Input[str]
    """The bucket's name."""
    arn: pulumi.Input[str]
    """The bucket's ARN."""


class QueueReference(TypedDict):
    """An SQS queue."""

    url: pulumi.Input[str]
    """The queue's URL."""
    arn: pulumi.Input[str]
    """The queue's ARN."""


class TableReference(TypedDict):
    """A DynamoDB table."""

    name: pulumi.Input[str]
    """The table's name."""
    arn: pulumi.Input[str]
    """The table's ARN."""


class ImportLedgerReference(TypedDict):
    """An import ledger, as ImportLedger makes it."""

    name: pulumi.Input[str]
    """The table's name."""
    arn: pulumi.Input[str]
    """The table's ARN."""
    bookkeeper_role_name: NotRequired[Optional[pulumi.Input[str]]]
    """The name of the role of the ledger's bookkeeper, which CsvIngest lets complete the reports in its
    bucket. Default: whoever made the ledger does."""


_TABLE = (re.compile(r"arn:[a-z-]+:dynamodb:[^:]+:[0-9]+:table/[^/\s]+"), "a DynamoDB table's ARN")
# What each part looks like, where it is told as a text.
FORMS: Mapping[type, Mapping[str, tuple[re.Pattern[str], str]]] = {
    BucketReference: {"arn": (re.compile(r"arn:[a-z-]+:s3:::\S+"), "an S3 bucket's ARN")},
    QueueReference: {
        "url": (re.compile(r"https?://\S+"), "an SQS queue's URL"),
        "arn": (re.compile(r"arn:[a-z-]+:sqs:\S+"), "an SQS queue's ARN"),
    },
    TableReference: {"arn": _TABLE},
    ImportLedgerReference: {"arn": _TABLE},
}


class DkimRecord(TypedDict):
    """A DNS record that proves a domain to SES."""

    name: str
    """The record's name."""
    type: str
    """Always CNAME."""
    value: str
    """Where the record points."""
