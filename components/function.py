"""A function, with the role it runs under and the log group it writes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from . import defaults
from .function_args import POWERTOOLS_LOG_LEVEL, POWERTOOLS_SERVICE_NAME, FunctionPlan
from .function_role import running_statements
from .policies import ASSUMED_BY_LAMBDA, Statement, document


@dataclass(frozen=True)
class FunctionSpec:
    """What one function is.

    `package` is its handler's folder, `module` the handler's in it, `plan` how it runs, `statements` all that
    its role allows besides what that takes.
    """

    package: str
    module: str
    description: str
    code: pulumi.Archive
    plan: FunctionPlan
    environment: Mapping[str, pulumi.Input[str]]
    statements: list[Statement]


@dataclass(frozen=True)
class CreatedFunction:
    """The function, its log group, its role, and the role's policy, which whatever invokes it waits for."""

    function: aws.lambda_.Function
    logs: aws.cloudwatch.LogGroup
    role: aws.iam.Role
    policy: aws.iam.RolePolicy


def create_function(name: str, spec: FunctionSpec, parent: pulumi.Resource) -> CreatedFunction:
    """Create `{name}-logs`, `{name}-role`, `{name}-policy` and the function `{name}` itself."""
    child = pulumi.ResourceOptions(parent=parent)
    plan = spec.plan
    logs = aws.cloudwatch.LogGroup(
        f"{name}-logs",
        retention_in_days=plan.log_retention_days,
        kms_key_id=plan.log_kms_key_arn,
        opts=child,
    )
    role = aws.iam.Role(
        f"{name}-role",
        assume_role_policy=ASSUMED_BY_LAMBDA,
        permissions_boundary=plan.permissions_boundary_arn,
        opts=child,
    )
    statements = [*running_statements(logs.arn, plan), *spec.statements]
    policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=document(statements), opts=child)
    function = aws.lambda_.Function(
        name,
        description=spec.description,
        runtime=defaults.RUNTIME,
        handler=f"lambdas.{spec.package}.{spec.module}.handler",
        code=spec.code,
        role=role.arn,
        environment={"variables": {**_powertools(name), **plan.environment, **spec.environment}},
        logging_config={"log_format": "JSON", "application_log_level": "INFO", "log_group": logs.name},
        **_running(plan),
        # Before its role may write there, a first line would be lost; before the group exists, Lambda would
        # make one that keeps everything for ever.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy, logs]),
    )
    return CreatedFunction(function, logs, role, policy)


def _running(plan: FunctionPlan) -> dict[str, Any]:
    return {
        "timeout": plan.timeout,
        "memory_size": plan.memory,
        "architectures": [plan.architecture],
        "layers": plan.layers,
        "vpc_config": plan.vpc,
        "kms_key_arn": plan.kms_key_arn,
        # Left out, the provider would keep what was there: https://github.com/hashicorp/terraform-provider-aws/issues/30838
        "tracing_config": {"mode": plan.tracing or defaults.TRACING_MODES[1]},
        "reserved_concurrent_executions": plan.reserved_concurrency,
    }


def _powertools(name: str) -> dict[str, pulumi.Input[str]]:
    return {POWERTOOLS_SERVICE_NAME: name, POWERTOOLS_LOG_LEVEL: "INFO"}
