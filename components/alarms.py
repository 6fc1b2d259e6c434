"""Alarms: each says in its description what it means; what acts on them is told by ARN."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from .alarm_args import AlarmsPlan, checked_actions

# What hears of an alarm's end, too. All else that CloudWatch takes begins something: an OpsItem, an incident.
_TOLD_OF_THE_END = ("sns", "lambda")


def create_alarms(
    name: str, plan: AlarmsPlan, watched: Mapping[str, pulumi.Input[str]], parent: pulumi.Resource
) -> pulumi.Output[dict[str, str]]:
    """Create the planned alarms of the component `{name}`: `{name}-{alarm}`.

    Args:
        name: The component's name.
        plan: The alarms, and what acts on them.
        watched: The names of the queues and functions that they are of, by what `Alarm.of` calls them.
        parent: The component.

    Returns:
        The alarms' ARNs, by the alarms' names without the component's.

    Raises:
        RunError: when the ARNs of what acts on them are known, and one is none that CloudWatch takes.
    """
    actions = pulumi.Output.from_input(plan.actions).apply(checked_actions)
    begin = actions.apply(lambda given: given or None)
    end = actions.apply(lambda given: [arn for arn in given if _is_told_of_the_end(arn)] or None)
    arns: dict[str, Any] = {}
    for alarm in plan.alarms:
        created = aws.cloudwatch.MetricAlarm(
            f"{name}-{alarm.name}",
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions={alarm.dimension: watched[alarm.of]} if alarm.of else None,
            statistic=alarm.statistic,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            period=alarm.period,
            evaluation_periods=alarm.evaluation_periods,
            datapoints_to_alarm=alarm.datapoints_to_alarm,
            treat_missing_data=alarm.missing,
            alarm_actions=begin,
            ok_actions=end,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        arns[alarm.name] = created.arn
    return pulumi.Output.from_input(arns)


def _is_told_of_the_end(arn: str) -> bool:
    return arn.split(":")[2] in _TOLD_OF_THE_END
