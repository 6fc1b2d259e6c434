"""A function that a schedule invokes each minute; an invocation may be missed, as the next one follows."""

import pulumi
import pulumi_aws as aws

from . import defaults
from .function import CreatedFunction, FunctionSpec, create_function
from .rule_target import invoke_by_rule


def create_scheduled_function(name: str, spec: FunctionSpec, parent: pulumi.Resource) -> CreatedFunction:
    """Create the function `{name}` and all of its own, its `{name}-async` and its `{name}-schedule`."""
    created = create_function(name, spec, parent)
    dropping = aws.lambda_.FunctionEventInvokeConfig(
        f"{name}-async",
        function_name=created.function.name,
        maximum_retry_attempts=defaults.SCHEDULE_RETRIES,
        maximum_event_age_in_seconds=defaults.SCHEDULE_AGE,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[created.policy]),
    )
    rule = aws.cloudwatch.EventRule(
        f"{name}-schedule",
        description=spec.description,
        schedule_expression=defaults.SCHEDULE_RATE,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    invoke_by_rule(
        f"{name}-schedule",
        rule,
        created.function,
        parent,
        retries=defaults.SCHEDULE_RETRIES,
        age=defaults.SCHEDULE_AGE,
        after=[dropping],
    )
    return created
