"""What keeps a function from running, in answers of AWS's models."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.functions import (
    Feed,
    FunctionSetUp,
    read_function,
    read_mapping,
    read_role,
    read_rules,
    read_upload_events,
)

from ..helpers.answers import Answer, Answers, Refused

ARN = "arn:aws:lambda:us-east-1:123456789012:function:process"
CONFIGURATION = {
    "FunctionArn": ARN,
    "Role": "arn:aws:iam::123456789012:role/the-role",
    "State": "Active",
    "LoggingConfig": {"LogGroup": "the-logs"},
}
NO_LIMIT: Mapping[str, Any] = {}
CHANGED = datetime(2026, 1, 31, 12, tzinfo=UTC)


def set_up(configuration: Answer = CONFIGURATION, concurrency: Answer = NO_LIMIT) -> FunctionSetUp:
    answers = Answers(
        {
            "lambda.GetFunctionConfiguration": configuration,
            "lambda.GetFunctionConcurrency": concurrency,
        }
    )
    return read_function(answers.client("lambda"), "process")


def test_a_function_that_runs() -> None:
    assert set_up() == FunctionSetUp("process", "", ARN, "the-role", "the-logs")


def test_a_function_that_is_gone() -> None:
    assert set_up(Refused("ResourceNotFoundException")) == FunctionSetUp("process", "does not exist")


@pytest.mark.parametrize(
    ("configuration", "concurrency", "fault"),
    [
        ({"State": "Inactive"}, {}, ""),
        ({"State": "Failed", "StateReason": "the key is disabled"}, {}, "cannot run: the key is disabled"),
        ({"State": "Failed"}, {}, "cannot run: its state is Failed"),
        ({}, {"ReservedConcurrentExecutions": 0}, "may not run: its reserved concurrency is 0"),
        ({}, {"ReservedConcurrentExecutions": 1}, ""),
    ],
)
def test_a_function_that_cannot_run(
    configuration: Mapping[str, Any], concurrency: Mapping[str, Any], fault: str
) -> None:
    assert set_up({**CONFIGURATION, **configuration}, concurrency).fault == fault


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"PolicyNames": ["the-policy"]}, ""),
        ({"PolicyNames": []}, "has no policy any more, so it allows nothing"),
        (Refused("NoSuchEntity", status=404), "does not exist"),
    ],
)
def test_a_role_without_its_policy(answer: Answer, fault: str) -> None:
    answers = Answers({"iam.ListRolePolicies": answer})
    assert read_role(answers.client("iam"), "the-role") == fault


def mapping(*states: str, result: str = "OK") -> Feed:
    mappings = [{"State": state, "LastModified": CHANGED, "LastProcessingResult": result} for state in states]
    answers = Answers({"lambda.ListEventSourceMappings": {"EventSourceMappings": mappings}})
    return read_mapping(answers.client("lambda"), "insert")


@pytest.mark.parametrize(
    ("states", "fault"),
    [
        (("Enabled",), ""),
        (("Updating",), ""),
        (("Disabled", "Creating"), ""),
        (("Disabled",), "is disabled"),
        (("Disabling",), "is disabling"),
        ((), "does not exist"),
    ],
)
def test_a_mapping_that_feeds_nothing(states: tuple[str, ...], fault: str) -> None:
    found = mapping(*states)
    assert found.fault == fault
    assert found.since == (CHANGED.timestamp() if states and fault else None)


def test_a_mapping_says_how_its_last_attempt_ended() -> None:
    assert mapping("Enabled", result="PROBLEM: Function call failed").last_result.startswith("PROBLEM")


def rules(*states: str) -> Answers:
    names = [f"rule{n}" for n, _ in enumerate(states)]
    by_name = dict(zip(names, states, strict=True))
    return Answers(
        {
            "events.ListRuleNamesByTarget": {"RuleNames": names},
            "events.DescribeRule": lambda request: {"State": by_name[request["Name"]]},
        }
    )


@pytest.mark.parametrize(
    ("states", "fault"),
    [
        (("ENABLED",), ""),
        (("DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"), ""),
        (("DISABLED",), "is disabled"),
        ((), "does not exist, or has the function for a target no more"),
    ],
)
def test_a_rule_that_invokes_nothing(states: tuple[str, ...], fault: str) -> None:
    assert read_rules(rules(*states).client("events"), ARN, "the rule").fault == fault


def configurations(*arns: str) -> list[dict[str, Any]]:
    return [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]} for arn in arns]


@pytest.mark.parametrize(
    ("notification", "states", "fault"),
    [
        ({"LambdaFunctionConfigurations": configurations(ARN)}, (), ""),
        ({"LambdaFunctionConfigurations": configurations(f"{ARN}-other")}, (), "does not exist"),
        ({}, ("ENABLED",), "does not exist"),
        ({"EventBridgeConfiguration": {}}, ("ENABLED",), ""),
        ({"EventBridgeConfiguration": {}}, ("DISABLED",), "is disabled"),
        (Refused("NoSuchBucket", status=404), (), ""),
    ],
)
def test_uploads_that_tell_nobody(notification: Answer, states: tuple[str, ...], fault: str) -> None:
    answers = rules(*states)
    answers.answers["s3.GetBucketNotificationConfiguration"] = notification
    found = read_upload_events(answers.client("s3"), answers.client("events"), "bucket", ARN)
    assert found.fault == fault
