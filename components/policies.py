"""IAM documents. Actions and the resources they take are those of AWS's service authorization reference.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Sequence
from typing import Any

import pulumi

Statement = dict[str, Any]
_VERSION = "2012-10-17"

ASSUMED_BY_LAMBDA = json.dumps(
    {
        "Version": _VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
)


def allow(sid: str, actions: list[str], *resources: pulumi.Input[str]) -> Statement:
    """A statement that allows the actions on just these resources; `sid` says what for."""
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(resources)}


def document(statements: list[Statement]) -> pulumi.Output[str]:
    """The policy document as JSON."""
    return pulumi.Output.json_dumps({"Version": _VERSION, "Statement": statements})


def allow_dead_letters(queue_arn: pulumi.Input[str], rule_arn: pulumi.Input[str]) -> Statement:
    """A queue's statement that lets EventBridge put a rule's dead letters there.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html#eb-dlq-perms
    """
    return {
        **allow("TakeDeadLetters", ["sqs:SendMessage"], queue_arn),
        "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }


def tls_only(
    actions: str, *resources: pulumi.Input[str], beside: Sequence[Statement] = ()
) -> pulumi.Output[str]:
    """A resource policy that denies whatever does not come over TLS, beside other statements.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    return document(
        [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": actions,
                "Resource": list(resources),
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            *beside,
        ]
    )
