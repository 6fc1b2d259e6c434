"""A customer-managed KMS key for what a component creates, and what its roles may do with it.

A role never calls KMS: S3, SQS and DynamoDB do on its behalf, and its statements allow no other way.
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
The key's own policy is its owner's; it must leave access to IAM policies, as KMS's default policy does.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

import re
from dataclasses import dataclass

import pulumi

from .arguments import Arguments
from .arns import of_this_region
from .policies import Statement, allow

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+")
_EXAMPLE = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@dataclass(frozen=True)
class KeyUse:
    """What one service does with the key when a role calls it; `sid` names the statement."""

    sid: str
    service: str
    actions: tuple[str, ...]


# Objects are read with Decrypt and written with GenerateDataKey; the parts of a multipart upload, with both.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
FILES = KeyUse("UseKeyForFiles", "s3", ("kms:Decrypt", "kms:GenerateDataKey"))
# Who sends needs both, who receives Decrypt alone; each role of ours that receives sends as well.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
QUEUES = KeyUse("UseKeyForMessages", "sqs", ("kms:Decrypt", "kms:GenerateDataKey"))
# Whoever reads or writes items or reads the stream: the table's own data key is decrypted on their behalf,
# and nothing else is. It was generated when the table was created, under a grant that its creator gave.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms
TABLES = KeyUse("UseKeyForItems", "dynamodb", ("kms:Decrypt",))
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse
TOPICS = KeyUse("UseKeyForTopic", "sns", ("kms:Decrypt", "kms:GenerateDataKey"))


def read_key(arguments: Arguments, argument: str) -> pulumi.Input[str] | None:
    """An argument that names a key, checked if it is known already."""
    key: pulumi.Input[str] | None = arguments.resource(argument)
    if isinstance(key, str) and (problem := _problem(key)):
        arguments.add_problem(argument, "a KMS key's ARN", key, detail=problem, example=_EXAMPLE)
    return key


def usable_key(key: pulumi.Input[str] | None, parent: pulumi.Resource) -> pulumi.Output[str] | None:
    """The key's ARN, once it is known to be one, of this region; S3 takes any, and then refuses every upload.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html

    Raises:
        RunError: when the ARN and the region are known.
    """
    if key is None:
        return None
    known = pulumi.Output.from_input(key).apply(_usable)
    return of_this_region(
        "kms_key_arn", known, parent, "a key", "Name one there, or a replica there of a multi-Region key."
    )


def allow_key(key: pulumi.Output[str] | None, *uses: KeyUse) -> list[Statement]:
    """Statements that allow these uses of the key; none without a key."""
    return [] if key is None else [_through(key, use) for use in uses]


def _through(key: pulumi.Output[str], use: KeyUse) -> Statement:
    # Under this name in AWS's other partitions, too.
    service = key.apply(lambda arn: f"{use.service}.{_region(arn)}.amazonaws.com")
    allowed = allow(use.sid, list(use.actions), key)
    return {**allowed, "Condition": {"StringEquals": {"kms:ViaService": service}}}


def _usable(key: str) -> str:
    if problem := _problem(key):
        raise pulumi.RunError(f"kms_key_arn: {problem}")
    return key


def _problem(key: str) -> str | None:
    if _KEY_ARN.fullmatch(key):
        return None
    return (
        f"expected a KMS key's own ARN such as {_EXAMPLE}, got {key!r}; the roles' statements cannot name it "
        "by an alias or its ID alone. KMS tells it: aws kms describe-key --key-id ID --query KeyMetadata.Arn"
    )


def _region(key: str) -> str:
    found = _KEY_ARN.fullmatch(key)
    return found[1] if found else ""
