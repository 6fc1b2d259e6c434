"""Pulumi's data sources (`aws.get_caller_identity()` and the like), by token."""

from ..emulator import ACCOUNT, REGION
from ..errors import UnsupportedError
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


def data_source(token: str, args: dict[str, Value]) -> dict[str, Value]:
    """Return what a data source reads.

    Raises:
        UnsupportedError: the embedded AWS does not know it, or is asked about another region.
    """
    if token not in _ANSWERS:
        raise UnsupportedError(
            f"The embedded AWS does not know the call {token}. "
            "Add its answer in local/creators/data_sources.py."
        )
    if args.get("region", REGION) != REGION:
        raise UnsupportedError(f"{token} asks about {args['region']}: the embedded AWS has {REGION} only.")
    return _ANSWERS[token]
