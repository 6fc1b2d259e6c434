"""A stack's functions as they are set up now: each itself, its role, and what invokes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .looking import existing
from .parts import GONE

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

# https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
_STOPPED = ("Disabling", "Disabled", "Deleting")
_ENABLED_RULE = "ENABLED"  # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html


class FunctionKey(StrEnum):
    """What the stack's output `functions` calls them; a stack of an older program lacks the last."""

    PROCESS_CSV = "process_csv"
    INSERT_RECORDS = "insert_records"
    SEND_EMAIL = "send_email"
    MAIL_ROUND = "mail_round"
    BOOKKEEPER = "bookkeeper"


@dataclass(frozen=True)
class FunctionSetUp:
    """A function.

    Attributes:
        name: Its name.
        fault: What is wrong with it; empty if nothing is.
        arn: Its ARN; empty if it does not exist, as are the next two.
        role: The name of its role.
        log_group: The name of the log group that it writes to.
    """

    name: str
    fault: str = ""
    arn: str = ""
    role: str = ""
    log_group: str = ""


@dataclass(frozen=True)
class Feed:
    """What invokes a function: a mapping, a notification or a rule.

    Attributes:
        what: What it is, in words.
        fault: What is wrong with it; empty if nothing is.
        last_result: How its last attempt ended, where AWS says so.
        since: When it was last changed, in Unix seconds, where AWS says so.
    """

    what: str
    fault: str = ""
    last_result: str = ""
    since: float | None = None


def read_function(functions: "LambdaClient", name: str) -> FunctionSetUp:
    """Returns a function, and what keeps it from running.

    https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
    https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
    """
    found = existing(lambda: functions.get_function_configuration(FunctionName=name))
    if found is None:
        return FunctionSetUp(name, GONE)
    reserved = functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    return FunctionSetUp(
        name,
        _fault(found, reserved),
        found["FunctionArn"],
        found["Role"].rpartition("/")[2],
        found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}",
    )


def read_role(iam: "IAMClient", role: str) -> str:
    """Returns what is wrong with a function's role; empty if it has an inline policy, as the stack gave it.

    What that allows is not compared: what it lacks shows in the function's errors.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
    """
    found = existing(lambda: iam.list_role_policies(RoleName=role))
    if found is None:
        return GONE
    return "" if found["PolicyNames"] else "has no policy any more, so it allows nothing"


def read_mapping(functions: "LambdaClient", name: str) -> Feed:
    """Returns the event source mapping that feeds a function.

    https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
    """
    what = "its event source mapping"
    found = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    if not found:
        return Feed(what, GONE)
    feeding = [each for each in found if each["State"] not in _STOPPED]
    one = (feeding or found)[0]
    changed = one["LastModified"].timestamp()
    if not feeding:
        return Feed(what, f"is {one['State'].lower()}", since=changed)
    return Feed(what, last_result=one.get("LastProcessingResult", ""))


def read_rules(events: Any, arn: str, what: str) -> Feed:
    """Returns the EventBridge rule whose target a function is; `what` is what it does, in words.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html
    """
    names = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    rules = [events.describe_rule(Name=name) for name in names]
    if not rules:
        return Feed(what, f"{GONE}, or has the function for a target no more")
    enabled = any(rule["State"].startswith(_ENABLED_RULE) for rule in rules)
    return Feed(what) if enabled else Feed(what, "is disabled")


def read_upload_events(s3: "S3Client", events: Any, bucket: str, arn: str) -> Feed:
    """Returns what tells process_csv of uploads: the bucket's notification, or EventBridge.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
    """
    what = "the bucket's notification of it"
    found = existing(lambda: s3.get_bucket_notification_configuration(Bucket=bucket))
    if found is None:
        return Feed(what)  # the bucket itself is gone, which is found by itself
    told = [each["LambdaFunctionArn"] for each in found.get("LambdaFunctionConfigurations", [])]
    if arn in told:
        return Feed(what)
    if "EventBridgeConfiguration" in found:
        return read_rules(events, arn, "the rule that tells it of uploads")
    return Feed(what, GONE)


def _fault(found: Mapping[str, Any], reserved: int | None) -> str:
    # An inactive function wakes by itself: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    if found.get("State") == "Failed":
        return (
            f"cannot run: {found.get('StateReason') or found.get('StateReasonCode') or 'its state is Failed'}"
        )
    if reserved == 0:
        return "may not run: its reserved concurrency is 0"
    return ""
