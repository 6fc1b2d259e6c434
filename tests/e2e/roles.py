"""The functions' roles in a deployed pipeline: their policies, and statements of them changed for a test."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from .pipeline import Pipeline


def policies(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """The inputs of every role's policy, by the resource's name."""
    resources = pipeline.deployment.resources
    return {
        each.name: dict(each.inputs) for each in resources if each.type == "aws:iam/rolePolicy:RolePolicy"
    }


def policy_name(pipeline: Pipeline, policy: str) -> str:
    """A role's policy by the name that the emulator has it under."""
    iam = pipeline.deployment.client("iam")
    names = iam.list_role_policies(RoleName=policies(pipeline)[policy]["role"])["PolicyNames"]
    [name] = [str(each) for each in names if each.startswith(policy)]
    return name


@contextlib.contextmanager
def changed_statement(pipeline: Pipeline, policy: str, sid: str) -> Iterator[dict[str, Any]]:
    """Change a statement of a role's policy; a statement that is left without actions is removed."""
    inputs, iam = policies(pipeline)[policy], pipeline.deployment.client("iam")
    document = json.loads(inputs["policy"])
    [statement] = [each for each in document["Statement"] if each["Sid"] == sid]
    yield statement
    document["Statement"] = [each for each in document["Statement"] if each["Action"]]
    name = policy_name(pipeline, policy)
    iam.delete_role_policy(RoleName=inputs["role"], PolicyName=name)
    if document["Statement"]:
        left = json.dumps(document)
        iam.put_role_policy(RoleName=inputs["role"], PolicyName=name, PolicyDocument=left)


def take_away(pipeline: Pipeline, policy: str, sid: str, action: str) -> None:
    """Take one action out of a role."""
    with changed_statement(pipeline, policy, sid) as statement:
        statement["Action"].remove(action)


def restore(pipeline: Pipeline, policy: str) -> None:
    """Give a role the whole policy again that it was deployed with."""
    inputs, iam = policies(pipeline)[policy], pipeline.deployment.client("iam")
    name, document = policy_name(pipeline, policy), inputs["policy"]
    iam.put_role_policy(RoleName=inputs["role"], PolicyName=name, PolicyDocument=document)
