"""A function that an EventBridge rule invokes."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws


def invoke_by_rule(
    name: str,
    rule: aws.cloudwatch.EventRule,
    function: aws.lambda_.Function,
    parent: pulumi.Resource,
    *,
    retries: int,
    age: int,
    after: Sequence[pulumi.Resource],
    dead_letters_arn: pulumi.Input[str] | None = None,
) -> aws.cloudwatch.EventTarget:
    """Create `{name}-permission` and `{name}-target`.

    Args:
        name: What their names begin with.
        rule: The rule.
        function: The function that it invokes.
        parent: The component.
        retries: How often an event is tried again.
        age: After how many seconds it is given up.
        after: What must be there before the first event comes.
        dead_letters_arn: The queue of the events that are given up; without one, they are dropped.
    """
    permission = aws.lambda_.Permission(
        f"{name}-permission",
        action="lambda:InvokeFunction",
        function=function.name,
        principal="events.amazonaws.com",
        source_arn=rule.arn,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return aws.cloudwatch.EventTarget(
        f"{name}-target",
        rule=rule.name,
        arn=function.arn,
        retry_policy={"maximum_retry_attempts": retries, "maximum_event_age_in_seconds": age},
        dead_letter_config=None if dead_letters_arn is None else {"arn": dead_letters_arn},
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[permission, *after]),
    )
