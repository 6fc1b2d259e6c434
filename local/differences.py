"""Where MiniStack 1.5.33 differs from AWS, and what is done about it. Nothing else is changed.

What AWS does                                 What MiniStack does          What is done here
asks IAM for each resource that a request     for mails and PartiQL asks   authorisation.py asks for
touches                                       on `*`                       each
`sqs:SendMessage` covers SendMessageBatch     asks for the batch call's    authorisation.py asks for
(DeleteMessage, ChangeMessageVisibility: so)  name                         the other
asks for the right to a bucket's, a queue's   never asks for it            key_checks.py asks, of
or a table's KMS key                                                       requests (not of Lambda's)
PartiQL's INSERT and UPDATE go the way of     neither checks the values    partiql.py adds both
every write                                   nor tells the stream of it
lets a rule invoke a function that permits    asks nobody, tries once, keeps   rule_targets.py asks, tries
it, tries again, keeps what fails             nothing                          again and keeps
takes whoever signs with a key that it        takes anybody for root       access_middleware.py
issued                                                                     verifies every signature
CORS: a bucket's own rules                    answers every origin         access_middleware.py takes
                                                                           its headers out
answers by TLS                                answers by plain http        statements that refuse
                                                                           plain http are taken out
lets SES accounts send within limits          has none                     ses_account.py keeps to
                                                                           those that a test sets
logs in JSON what becomes of an invocation    logs it as text            function_logs.py adds it
whose function logs JSON
gives every function instance a CPU           runs them all on this        at most one a core takes from
                                              machine's                    a queue
"""

import json
import os
from typing import Any, TypeAlias

Statement: TypeAlias = dict[str, Any]

# The least that a mapping takes: https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
LEAST_CONCURRENCY = 2


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


def _refuses_http(statement: Statement) -> bool:
    condition = statement.get("Condition", {})
    value = condition.get("Bool", {}).get("aws:SecureTransport")
    alone = len(condition) == 1 and len(condition["Bool"]) == 1 if value is not None else False
    return statement["Effect"] == "Deny" and alone and value in ("false", False, ["false"], [False])
