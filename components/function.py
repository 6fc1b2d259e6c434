"""A function, with the role it runs under and the log group it writes to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import defaults
from .policies import ASSUMED_BY_LAMBDA, Statement, allow, document


@dataclass(frozen=True)
class FunctionSpec:
    """What one function is.

    `package` is its handler's folder, `statements` all that its role allows besides its own log; `timeout` is
    in seconds, `memory` in MB.
    """

    package: str
    description: str
    code: pulumi.Archive
    timeout: int
    memory: int
    log_retention_days: int
    environment: Mapping[str, pulumi.Input[str]]
    statements: list[Statement]


@dataclass(frozen=True)
class CreatedFunction:
    """The function, its role, and that one's policy: whatever invokes the function waits for it."""

    function: aws.lambda_.Function
    role: aws.iam.Role
    policy: aws.iam.RolePolicy


def create_function(name: str, spec: FunctionSpec, parent: pulumi.Resource) -> CreatedFunction:
    """Create `{name}-logs`, `{name}-role`, `{name}-policy` and the function `{name}` itself."""
    child = pulumi.ResourceOptions(parent=parent)
    logs = aws.cloudwatch.LogGroup(f"{name}-logs", retention_in_days=spec.log_retention_days, opts=child)
    role = aws.iam.Role(f"{name}-role", assume_role_policy=ASSUMED_BY_LAMBDA, opts=child)
    statements = [_write_to(logs), *spec.statements]
    policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=document(statements), opts=child)
    function = aws.lambda_.Function(
        name,
        description=spec.description,
        runtime=defaults.RUNTIME,
        architectures=[defaults.ARCHITECTURE],
        handler=f"lambdas.{spec.package}.handler.handler",
        code=spec.code,
        role=role.arn,
        timeout=spec.timeout,
        memory_size=spec.memory,
        environment={"variables": {**_powertools(name), **spec.environment}},
        logging_config={"log_format": "JSON", "application_log_level": "INFO", "log_group": logs.name},
        # Before its role may write there, a first line would be lost; before the group exists, Lambda would
        # make one that keeps everything for ever.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy, logs]),
    )
    return CreatedFunction(function, role, policy)


def _write_to(logs: aws.cloudwatch.LogGroup) -> Statement:
    streams = pulumi.Output.concat(logs.arn, ":*")
    return allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)


def _powertools(name: str) -> dict[str, pulumi.Input[str]]:
    return {"POWERTOOLS_SERVICE_NAME": name, "POWERTOOLS_LOG_LEVEL": "INFO"}
