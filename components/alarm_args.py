"""The arguments about alarms: who acts on them, which are left out, and their thresholds."""

import difflib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NotRequired, Optional, TypedDict

import pulumi

from . import defaults
from .alarm_kinds import Alarm
from .arguments import Arguments

# What PutMetricAlarm takes, but for EC2's actions, which are for an instance's metrics:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_OF_REGION = r"[a-z0-9-]+:[0-9]{12}"
_ACTION = re.compile(
    rf"arn:[a-z-]+:(?:sns:{_OF_REGION}:\S+|lambda:{_OF_REGION}:function:\S+"
    rf"|ssm:{_OF_REGION}:opsitem:\S+|ssm-incidents::[0-9]{{12}}:response-?plan/\S+"
    rf"|autoscaling:{_OF_REGION}:scalingPolicy:\S+|aiops:{_OF_REGION}:investigation-group:\S+)"
)
_ACTIONS_EXPECTED = (
    "ARNs, each an SNS topic's, a Lambda function's, or another that CloudWatch takes as an "
    "alarm's action (an OpsItem's, a response plan's, a scaling policy's, an investigation group's)"
)
_ACTION_EXAMPLE = "arn:aws:sns:us-east-1:123456789012:alarms"


class AlarmArgs(TypedDict):
    """What is to be different about one alarm."""

    enabled: NotRequired[Optional[bool]]
    """Whether there is the alarm at all. Default: true."""
    threshold: NotRequired[Optional[float]]
    """From where on it is in alarm, in its own unit; each alarm has its default."""


@dataclass(frozen=True)
class AlarmsPlan:
    """The alarms to create, each with its threshold, and the ARNs of what acts on them."""

    alarms: tuple[Alarm, ...]
    actions: pulumi.Input[list[str]]


def read_alarms(arguments: Arguments, alarms: Sequence[Alarm]) -> AlarmsPlan:
    """Read `alarm_actions` and `alarms`; the latter by the names of the component's `alarms`."""
    most = defaults.ALARM_ACTIONS_MAX
    actions = arguments.resources("alarm_actions", most, _ACTION, _ACTIONS_EXPECTED, example=_ACTION_EXAMPLE)
    changes: Mapping[str, Any] = (arguments.document("alarms") if arguments.given("alarms") else None) or {}
    names = [alarm.name for alarm in alarms]
    for name in sorted(set(changes) - set(names), key=str):
        _refuse(arguments, name, changes[name], f"{_did_you_mean(name, names)} There are {', '.join(names)}")
    planned = [_changed(arguments, alarm, changes.get(alarm.name)) for alarm in alarms]
    return AlarmsPlan(tuple(alarm for alarm in planned if alarm is not None), actions)


def checked_actions(actions: object) -> list[str]:
    """Returns what acts on the alarms, once it is known.

    Raises:
        RunError: it is not what CloudWatch takes.
    """
    most = defaults.ALARM_ACTIONS_MAX
    if isinstance(actions, list) and len(actions) <= most and all(map(_is_action, actions)):
        return actions
    raise pulumi.RunError(f"alarm_actions: expected 0 to {most} {_ACTIONS_EXPECTED}, got {actions!r}")


def _is_action(value: object) -> bool:
    return isinstance(value, str) and _ACTION.fullmatch(value) is not None


def _did_you_mean(name: object, names: list[str]) -> str:
    (nearest,) = difflib.get_close_matches(str(name), names, 1, 0)
    return f"no alarm of this component; did you mean {nearest}?"


def _changed(arguments: Arguments, alarm: Alarm, change: Any) -> Alarm | None:
    """The alarm as it is to be; None if it is to be left out."""
    if change is None:
        return alarm
    known = sorted(AlarmArgs.__annotations__)
    if not isinstance(change, Mapping):
        _refuse(arguments, alarm.name, change, f"expected an object of {' and '.join(known)}, got {change!r}")
        return alarm
    for member in sorted(set(change) - set(known), key=str):
        _refuse(arguments, alarm.name, change, f"{member}: unknown; the members are {', '.join(known)}")
    enabled, threshold = change.get("enabled"), change.get("threshold")
    if enabled is not None and not isinstance(enabled, bool):
        _refuse(arguments, alarm.name, change, f"expected enabled as true or false, got {enabled!r}")
    if threshold is None:
        return alarm if enabled is not False else None
    if enabled is False:
        _refuse(arguments, alarm.name, change, "threshold contradicts enabled, which is false; leave one out")
    elif not _in_range(alarm, threshold):
        _refuse(arguments, alarm.name, change, f"expected a threshold {_range(alarm)}, got {threshold!r}")
    else:
        return replace(alarm, threshold=threshold)
    return alarm


def _refuse(arguments: Arguments, name: object, change: object, detail: str) -> None:
    arguments.add_problem("alarms", "alarms of this component", change, detail=f"{name}: {detail}")


def _in_range(alarm: Alarm, threshold: object) -> bool:
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        return False
    # Comparing takes whole numbers of any size, which float() does not; NaN is in no range.
    most = sys.float_info.max if alarm.most is None else alarm.most
    return alarm.least <= threshold <= most


def _range(alarm: Alarm) -> str:
    if alarm.most is None:
        bounds = f"of at least {alarm.least:,}"
    elif alarm.least == alarm.most:
        bounds = f"of {alarm.least:,}"
    else:
        bounds = f"from {alarm.least:,} to {alarm.most:,}"
    return f"{bounds} ({alarm.unit})"
