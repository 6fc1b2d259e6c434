"""Pulumi's data sources (`aws.get_caller_identity()` and the like), by token."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from ..clients import Clients
from ..emulator import ACCOUNT, REGION
from ..errors import EmbeddedAwsError, UnsupportedError
from .registry import Value

_ANSWERS: dict[str, dict[str, Value]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "id": ACCOUNT,
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "userId": ACCOUNT,
    },
    "aws:index/getPartition:getPartition": {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    },
    "aws:index/getRegion:getRegion": {
        "id": REGION,
        "region": REGION,
        "name": REGION,
        "description": "US East (N. Virginia)",
        "endpoint": f"ec2.{REGION}.amazonaws.com",
    },
}


def _table(clients: Clients, args: dict[str, Value]) -> dict[str, Value]:
    found = clients.client("dynamodb").describe_table(TableName=args["name"])["Table"]
    keys = {key["KeyType"]: key["AttributeName"] for key in found["KeySchema"]}
    stream = found.get("StreamSpecification", {})
    return {
        "id": args["name"],
        "name": args["name"],
        "arn": found["TableArn"],
        "attributes": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in found["AttributeDefinitions"]
        ],
        "hashKey": keys["HASH"],
        "rangeKey": keys.get("RANGE", ""),
        "streamEnabled": stream.get("StreamEnabled", False),
        "streamViewType": stream.get("StreamViewType", ""),
        "streamArn": found.get("LatestStreamArn", ""),
        "streamLabel": found.get("LatestStreamLabel", ""),
    }


def _email_identity(clients: Clients, args: dict[str, Value]) -> dict[str, Value]:
    identity = args["emailIdentity"]
    found = clients.client("sesv2").get_email_identity(EmailIdentity=identity)
    return {
        "id": identity,
        "emailIdentity": identity,
        "arn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{identity}",
        "identityType": found["IdentityType"],
        "verificationStatus": found.get("VerificationStatus", ""),
        "verifiedForSendingStatus": found["VerifiedForSendingStatus"],
    }


_READERS: dict[str, Callable[[Clients, dict[str, Value]], dict[str, Value]]] = {
    "aws:dynamodb/getTable:getTable": _table,
    "aws:sesv2/getEmailIdentity:getEmailIdentity": _email_identity,
}


def data_source(token: str, args: dict[str, Value], clients: Clients) -> dict[str, Value]:
    """Return what a data source reads: of the resources that there are, such of their properties as are used.

    Raises:
        EmbeddedAwsError: the emulator refuses, as where there is no such resource.
        UnsupportedError: the embedded AWS does not know it, or is asked about another region.
    """
    if token not in _ANSWERS and token not in _READERS:
        raise UnsupportedError(
            f"The embedded AWS does not know the call {token}. "
            "Add its answer in local/creators/data_sources.py."
        )
    if args.get("region", REGION) != REGION:
        raise UnsupportedError(f"{token} asks about {args['region']}: the embedded AWS has {REGION} only.")
    if token in _ANSWERS:
        return _ANSWERS[token]
    try:
        return _READERS[token](clients, args)
    except (BotoCoreError, ClientError) as error:
        raise EmbeddedAwsError(f"Reading {token} of {args} failed: {error}") from error
