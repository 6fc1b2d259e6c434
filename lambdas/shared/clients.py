"""Clients that more than one handler makes."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# DynamoDB checks each request itself; to do so here, too, is a good part of a transaction's work.
DYNAMODB_CONFIG = Config(parameter_validation=False)


def dynamodb_client() -> "DynamoDBClient":
    """The DynamoDB client that every handler uses."""
    return boto3.client("dynamodb", config=DYNAMODB_CONFIG)
