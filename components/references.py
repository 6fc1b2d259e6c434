"""How resources that exist already are named to a component, and how a component names its own to another."""

from typing import TypedDict

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


class DkimRecord(TypedDict):
    """A DNS record that proves a domain to SES."""

    name: str
    """The record's name."""
    type: str
    """Always CNAME."""
    value: str
    """Where the record points."""
