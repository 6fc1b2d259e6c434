"""Where MiniStack 1.5.33 differs from AWS, and how what is written for AWS is put to it. Nothing else bends.

What AWS does                                 What MiniStack does          What is done here
`sqs:SendMessage` covers SendMessageBatch     asks for the batch call's    the name is added
(DeleteMessage, ChangeMessageVisibility: so)  name
`ses:SendEmail` and `ses:SendBulkEmail` are   authorises them on `*`       `*` is added
authorised on identity and configuration set
`dynamodb:PartiQLInsert` on a table covers    asks for the call's name     that name is added, on `*`
BatchExecuteStatement                         on `*`
PartiQL's INSERT goes the way of every write  neither checks the item nor  serve.py adds both
                                              tells the stream of it
answers by TLS                                answers by plain http        statements that refuse
                                                                           plain http are taken out
gives every function instance a CPU           runs them all on this        at most one a core takes from
                                              machine's                    a queue

SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-api-permissions-reference.html
SES: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
"""

import fnmatch
import json
import os
from typing import Any, TypeAlias

Statement: TypeAlias = dict[str, Any]

# The least that a mapping takes: https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
LEAST_CONCURRENCY = 2

_BATCH_CALLS = {
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}
_AUTHORISED_ON_ANYTHING = {
    "ses:SendBulkEmail": "ses:SendBulkEmail",
    "ses:SendEmail": "ses:SendEmail",
    "dynamodb:PartiQLInsert": "dynamodb:BatchExecuteStatement",
}


def role_policy(document: str) -> str:
    """A role's policy with what the emulator needs to allow what AWS allows."""
    policy = json.loads(document)
    statements = [part for one in _statements(policy) for part in (one, *_additions(one))]
    return json.dumps({**policy, "Statement": statements})


def resource_policy(document: str) -> str | None:
    """A resource's policy less the statements that refuse plain http; None if there is no other."""
    policy = json.loads(document)
    kept = [statement for statement in _statements(policy) if not _refuses_http(statement)]
    return json.dumps({**policy, "Statement": kept}) if kept else None


def scaling(config: dict[str, Any]) -> dict[str, Any]:
    """A queue mapping's `scalingConfig`: to start ten instances on two cores takes longer than their work."""
    cores = max(LEAST_CONCURRENCY, os.cpu_count() or LEAST_CONCURRENCY)
    return {key: min(value, cores) if key == "maximumConcurrency" else value for key, value in config.items()}


def _statements(policy: dict[str, Any]) -> list[Statement]:
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _additions(statement: Statement) -> list[Statement]:
    batch = [name for action, name in _BATCH_CALLS.items() if _names(statement, action)]
    additions = [_like(statement, "Batch", Action=batch)] if batch else []
    anything = [name for action, name in _AUTHORISED_ON_ANYTHING.items() if _names(statement, action)]
    if anything and statement["Effect"] == "Allow":
        additions.append(_like(statement, "Anything", Action=anything, Resource="*"))
    return additions


def _like(statement: Statement, suffix: str, **changed: Any) -> Statement:
    sid = {"Sid": f"{statement['Sid']}{suffix}"} if "Sid" in statement else {}
    return {**statement, **sid, **changed}


def _names(statement: Statement, action: str) -> bool:
    named = statement.get("Action", [])
    patterns = [named] if isinstance(named, str) else named
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _refuses_http(statement: Statement) -> bool:
    condition = statement.get("Condition", {})
    value = condition.get("Bool", {}).get("aws:SecureTransport")
    alone = len(condition) == 1 and len(condition["Bool"]) == 1 if value is not None else False
    return statement["Effect"] == "Deny" and alone and value in ("false", False, ["false"], [False])
