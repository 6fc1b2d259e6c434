"""The round: each minute, a function of its own sends the mails that wait."""

import pulumi
import pulumi_aws as aws

from . import defaults
from .function import CreatedFunction, FunctionSpec, create_function
from .rule_target import invoke_by_rule


def create_mail_round(name: str, spec: FunctionSpec, parent: pulumi.Resource) -> CreatedFunction:
    """Create the function `{name}` and all of its own, its `{name}-async` and its `{name}-schedule`."""
    created = create_function(name, spec, parent)
    dropping = aws.lambda_.FunctionEventInvokeConfig(
        f"{name}-async",
        function_name=created.function.name,
        maximum_retry_attempts=defaults.MAIL_ROUND_RETRIES,
        maximum_event_age_in_seconds=defaults.MAIL_ROUND_AGE,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[created.policy]),
    )
    rule = aws.cloudwatch.EventRule(
        f"{name}-schedule",
        description="Sends the mails that wait",
        schedule_expression=defaults.MAIL_ROUND_RATE,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    invoke_by_rule(
        f"{name}-schedule",
        rule,
        created.function,
        parent,
        retries=defaults.MAIL_ROUND_RETRIES,
        age=defaults.MAIL_ROUND_AGE,
        after=[dropping],
    )
    return created
