"""ImportLedger's arguments, and what is made of them."""

import re
from dataclasses import dataclass, replace
from typing import NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .alarm_args import AlarmArgs, AlarmsPlan, read_alarms
from .alarm_list import IMPORT_LEDGER_ALARMS
from .arguments import Arguments
from .bundle import make_bundle
from .common_args import CommonPlan
from .function_args import FunctionArgs, FunctionDefaults, FunctionPlan, read_function
from .keys import read_key

_FUNCTION = FunctionDefaults(
    timeout=defaults.BOOKKEEPER_TIMEOUT,
    timeout_min=defaults.BOOKKEEPER_TIMEOUT_MIN,
    memory=defaults.BOOKKEEPER_MEMORY_MB,
)
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
# A partner's bus, whose name has a slash, takes the partner's events alone:
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html
_EVENT_BUS = re.compile(r"arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._-]+")
# None that ends in .fifo, which takes no message without a group.
_TOPIC = re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+")


class ImportLedgerArgs(TypedDict):
    """What ImportLedger may be told; it needs nothing."""

    event_bus_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of the EventBridge bus that hears of each import that is settled. Default: the account's
    default bus."""
    settled_topic_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of an SNS topic, not a FIFO one, that tells a person of each import that is settled, in a text.
    The topic's policy stays its owner's. Default: none."""
    stuck_minutes: NotRequired[Optional[int]]
    """After how many minutes without progress an import is stuck, 5 to 10080; mails that wait for SES's daily
    quota are not. Default: 15."""
    function: NotRequired[Optional[FunctionArgs]]
    """How the bookkeeper runs. timeout_seconds: 120 to 900, by default 300. memory_mb: by default 256."""
    alarm_actions: NotRequired[Optional[list[pulumi.Input[str]]]]
    """The ARNs of what acts on alarms, at most 5, of any kind that CloudWatch takes: SNS topics and Lambda
    functions hear of ALARM and of OK; OpsItems, response plans, scaling policies and investigation groups of
    ALARM. A function must let lambda.alarms.cloudwatch.amazonaws.com invoke it. Default: none."""
    alarms: NotRequired[Optional[dict[str, AlarmArgs]]]
    """What is to be different about single alarms, by the alarm's name without the component's, such as
    imports-stuck: left out, or with another threshold. Default: all, as they are listed."""
    kms_key_arn: NotRequired[Optional[pulumi.Input[str]]]
    """The ARN of a customer-managed KMS key of this region, not of its alias, for the table. The components
    that share it need the same `kms_key_arn`. The bookkeeper may use it for the topic, too. The key's policy
    stays its owner's. Leaving the argument out later does not take the key away: the table keeps it
    (docs/reuse.md has the way). Default: a key of AWS's."""
    protect_data: NotRequired[Optional[bool]]
    """Whether the table refuses deletion, and is kept when the stack goes. Default: false."""


@dataclass(frozen=True)
class ImportLedgerPlan:
    """The arguments, checked, with every default filled in."""

    event_bus_arn: pulumi.Input[str] | None
    settled_topic_arn: pulumi.Input[str] | None
    stuck_minutes: int
    function: FunctionPlan
    alarms: AlarmsPlan
    protect_data: bool
    kms_key_arn: pulumi.Input[str] | None
    code: pulumi.Archive


def plan_import_ledger(name: str, args: ImportLedgerArgs) -> ImportLedgerPlan:
    """Check the arguments.

    Raises:
        ArgumentsError: with everything that is wrong with them.
        BundleError: if the environment lacks what the bundle is made of.
    """
    arguments = Arguments("ImportLedger", name, args, ImportLedgerArgs)
    plan = ImportLedgerPlan(
        event_bus_arn=arguments.resource(
            "event_bus_arn",
            _EVENT_BUS,
            "an EventBridge bus's ARN",
            example="arn:aws:events:us-east-1:123456789012:event-bus/imports",
        ),
        settled_topic_arn=arguments.resource(
            "settled_topic_arn",
            _TOPIC,
            "the ARN of an SNS topic that is no FIFO topic",
            example="arn:aws:sns:us-east-1:123456789012:imports",
        ),
        stuck_minutes=arguments.whole_number(
            "stuck_minutes",
            defaults.STUCK_MINUTES,
            defaults.STUCK_MINUTES_MIN,
            defaults.STUCK_MINUTES_MAX,
            "longer than what is tried again takes, a week",
        ),
        function=read_function(arguments, _FUNCTION),
        alarms=read_alarms(arguments, IMPORT_LEDGER_ALARMS),
        protect_data=arguments.flag("protect_data"),
        kms_key_arn=read_key(arguments, "kms_key_arn"),
        code=make_bundle("bookkeeper", {}),
    )
    arguments.finish()
    return plan


def plan_of_component(common: CommonPlan, function: FunctionPlan) -> ImportLedgerPlan:
    """Plan the ledger that a component makes itself, by the component's own arguments."""
    return ImportLedgerPlan(
        event_bus_arn=None,
        settled_topic_arn=None,
        stuck_minutes=defaults.STUCK_MINUTES,
        function=replace(
            function,
            timeout=defaults.BOOKKEEPER_TIMEOUT,
            memory=defaults.BOOKKEEPER_MEMORY_MB,
            reserved_concurrency=None,
        ),
        alarms=common.alarms,
        protect_data=common.protect_data,
        kms_key_arn=common.kms_key_arn,
        code=make_bundle("bookkeeper", {}),
    )
