"""Queues: encrypted, reached over TLS alone, with somewhere for what fails."""

import pulumi
import pulumi_aws as aws

from . import defaults
from .contracts import SQS_MESSAGE_BYTES
from .policies import Statement, allow, allow_dead_letters, tls_only
from .references import QueueReference


def visibility_timeout(function_timeout: int, window: int) -> int:
    """How long a received message stays hidden, in seconds.

    Six times the function's timeout, plus the batching window:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    return defaults.VISIBILITY_TIMES_FUNCTION_TIMEOUT * function_timeout + window


def create_failure_queue(
    name: str,
    parent: pulumi.Resource,
    kms_key: pulumi.Input[str] | None,
    *,
    rule_arn: pulumi.Input[str] | None = None,
) -> aws.sqs.Queue:
    """Create a queue that an operator empties, `{name}`, and its `{name}-policy`; it keeps for 14 days.

    It takes the dead letters of the rule, if one is given.
    """
    return create_queue(name, parent, kms_key, retention=defaults.QUEUE_RETENTION_MAX, rule_arn=rule_arn)


def create_queue(
    name: str,
    parent: pulumi.Resource,
    kms_key: pulumi.Input[str] | None,
    *,
    retention: int,
    visibility: int | None = None,
    dead_letters: aws.sqs.Queue | None = None,
    max_receive_count: int | None = None,
    rule_arn: pulumi.Input[str] | None = None,
) -> aws.sqs.Queue:
    """Create the queue `{name}` and its `{name}-policy`; times are in seconds.

    `kms_key` is a KMS key's ARN; without one, SQS encrypts with keys of its own.
    """
    redrive = None
    if dead_letters is not None:
        redrive = pulumi.Output.json_dumps(
            {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": max_receive_count}
        )
    child = pulumi.ResourceOptions(parent=parent)
    queue = aws.sqs.Queue(
        name,
        # Chunks are as large as SQS allows; where this is left out, the provider says 262,144.
        # https://www.pulumi.com/registry/packages/aws/api-docs/sqs/queue/#max_message_size_python
        max_message_size=SQS_MESSAGE_BYTES,
        message_retention_seconds=retention,
        visibility_timeout_seconds=visibility,
        redrive_policy=redrive,
        sqs_managed_sse_enabled=True if kms_key is None else None,
        kms_master_key_id=kms_key,
        kms_data_key_reuse_period_seconds=None if kms_key is None else defaults.QUEUE_DATA_KEY_REUSE,
        opts=child,
    )
    beside = [] if rule_arn is None else [allow_dead_letters(queue.arn, rule_arn)]
    policy = tls_only("sqs:*", queue.arn, beside=beside)
    aws.sqs.QueuePolicy(f"{name}-policy", queue_url=queue.url, policy=policy, opts=child)
    return queue


def reference(queue: aws.sqs.Queue) -> QueueReference:
    """The queue as other components take it."""
    return {"url": queue.url, "arn": queue.arn}


def queue_name(queue: QueueReference) -> pulumi.Output[str]:
    """The queue's name, which its ARN ends with."""
    return pulumi.Output.from_input(queue["arn"]).apply(lambda arn: arn.rsplit(":", 1)[-1])


def allow_receiving(sid: str, queue_arn: pulumi.Input[str]) -> Statement:
    """What a queue's mapping does in the function's name.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
    """
    return allow(sid, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue_arn)
