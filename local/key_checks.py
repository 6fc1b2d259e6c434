"""What the emulator asks IAM of a KMS key before it does what a request says: what AWS asks.

MiniStack 1.5.33 keeps the keys that buckets, queues and tables are given, and asks nobody's right to them.
"""

from typing import Any

_WRITE_AND_READ = ("kms:GenerateDataKey", "kms:Decrypt")
# A multipart upload takes Decrypt as well, and is not told from other uploads here.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_ASKED = {
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "sqs:SendMessage": _WRITE_AND_READ,
    "sqs:ReceiveMessage": ("kms:Decrypt",),
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_OF_ITEMS = (
    "GetItem",
    "BatchGetItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "Query",
    "Scan",
)
_ASKED |= {f"dynamodb:{action}": ("kms:Decrypt",) for action in _OF_ITEMS}


def actions_on_key(action: str) -> tuple[str, ...]:
    """The actions on a resource's key that an action on the resource takes, such as `s3:GetObject`."""
    return ("kms:Decrypt",) if action.startswith("dynamodb:PartiQL") else _ASKED.get(action, ())


def ask_for_keys() -> None:
    """Let MiniStack ask for a right to the key of the bucket, queue or table that a request is for.

    A key need not exist in the emulator; if it does, its policy counts.
    """
    from ministack.core import iam_evaluator

    enforce = iam_evaluator.enforce

    def with_key(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        denied = enforce(access_key, action, service, region, resource_arn, service_context)
        # A form upload is signed by its own policy, which S3 checks.
        actions = () if denied or not access_key else actions_on_key(action)
        if not actions or (key := _key_of(service, resource_arn)) is None:
            return denied
        through = {"kms:ViaService": f"{service}.{region}.amazonaws.com"}
        asked = (enforce(access_key, each, "kms", region, key, through) for each in actions)
        return next((refused for refused in asked if refused), None)

    iam_evaluator.enforce = with_key


def _key_of(service: str, resource_arn: str) -> str | None:
    """The ARN of the key that the resource is encrypted with, if it is the customer's."""
    from ministack.services import dynamodb, s3, sqs

    name = resource_arn.split(":", 5)[-1]
    if service == "s3":
        headers = s3._bucket_default_sse_headers(name.split("/")[0])
        key = headers.get("x-amz-server-side-encryption-aws-kms-key-id")
    elif service == "sqs":
        queue = sqs._queue_by_arn(resource_arn)
        key = queue and queue["attributes"].get("KmsMasterKeyId")
    else:
        table = dynamodb._tables.get(name.split("/")[1])
        key = table and (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    return key if key and ":key/" in key else None
