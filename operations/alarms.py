"""A stack's alarms: which are in ALARM now, and who hears of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.core.metrics import NAMESPACE

from .looking import existing
from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sns import SNSClient

# What the components' alarms watch (components/alarm_list.py), of the queues and functions by their names.
# The account's reputation has no dimension, so it is everybody's.
_OF_NAMES = ("AWS/SQS", "AWS/Lambda", NAMESPACE)
_OF_ACCOUNT = "AWS/SES"
_PENDING = "PendingConfirmation"  # https://docs.aws.amazon.com/sns/latest/api/API_Subscription.html


@dataclass(frozen=True)
class StackAlarm:
    """An alarm.

    Attributes:
        name: Its name.
        in_alarm: Whether it is in ALARM now.
        since: Since when it is as it is, in Unix seconds.
        actions: The ARNs of what hears of it; none if its actions are disabled.
    """

    name: str
    in_alarm: bool
    since: float
    actions: tuple[str, ...]


def read_alarms(cloudwatch: "CloudWatchClient", stack: Stack) -> list[StackAlarm]:
    """Returns the alarms of the stack's queues and functions, and of the account's reputation.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    names = _names(stack)
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    return [_alarm(each) for page in pages for each in page["MetricAlarms"] if _is_of(each, names)]


def topics_nobody_reads(sns: "SNSClient", alarms: Sequence[StackAlarm]) -> list[str]:
    """Returns the SNS topics that alarms notify and that nobody has confirmed a subscription of.

    https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    """
    topics = dict.fromkeys(arn for alarm in alarms for arn in alarm.actions if arn.split(":")[2] == "sns")
    return [arn for arn in topics if not _confirmed(sns, arn)]


def _confirmed(sns: "SNSClient", topic: str) -> bool:
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)

    def subscriptions() -> list[str]:
        return [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]

    return any(arn != _PENDING for arn in existing(subscriptions) or ())


def _names(stack: Stack) -> set[str]:
    """Returns the names of the stack's queues and functions."""
    queues = [str(value) for name, value in stack.outputs.items() if name.endswith("queue_url")]
    return {url.rsplit("/", 1)[-1] for url in queues} | set(stack.outputs["functions"].values())


def _is_of(alarm: Any, names: Collection[str]) -> bool:
    values = {dimension["Value"] for dimension in alarm.get("Dimensions", ())}
    if alarm.get("Namespace") == _OF_ACCOUNT:
        return not values
    return alarm.get("Namespace") in _OF_NAMES and bool(values & set(names))


def _alarm(alarm: Any) -> StackAlarm:
    actions = tuple(alarm["AlarmActions"]) if alarm["ActionsEnabled"] else ()
    changed = alarm["StateUpdatedTimestamp"].timestamp()
    return StackAlarm(alarm["AlarmName"], alarm["StateValue"] == "ALARM", changed, actions)
