"""How process_csv hears of uploads, by each `notification`; what stands in test_csv_ingest.py is create's."""

import json
from typing import Any

import pulumi
import pytest

from components import CsvIngest

from .answers import arn
from .problems import ingest_problems
from .recording import Recording, record
from .samples import BUCKET_ARN, ingest_args
from .service_authorization import problems_of_policy

NOTIFICATION = "s3/bucketNotification:BucketNotification"
RULE, TARGET = "cloudwatch/eventRule:EventRule", "cloudwatch/eventTarget:EventTarget"
FUNCTION = arn("lambda/function:Function", "in-process-csv")
FAILURES = arn("sqs/queue:Queue", "in-failures")
RULE_ARN = arn(RULE, "in-upload-rule")
EXISTING = {"name": "files", "arn": BUCKET_ARN}
OF_A_RULE = {"in-upload-rule", "in-upload-target", "in-upload-undelivered"}


def ingest(**changes: Any) -> Recording:
    return record(lambda: CsvIngest("in", ingest_args(**changes)))


@pytest.fixture(scope="module")
def by_rule() -> Recording:
    return ingest(notification="eventbridge", upload_prefix="in/csv/")


def uploads_children(recorded: Recording) -> set[str]:
    return {name for name in recorded.names() if name.startswith("in-upload-")}


def test_the_rule_matches_uploads_alone(by_rule: Recording) -> None:
    pattern = json.loads(by_rule.inputs(RULE, "in-upload-rule")["eventPattern"])
    assert pattern == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["in-bucket"]}, "object": {"key": [{"prefix": "in/csv/"}]}},
    }


def test_only_the_rule_may_invoke_the_function(by_rule: Recording) -> None:
    all_permissions = by_rule.all("lambda/permission:Permission")
    (permission,) = (each for each in all_permissions if each.inputs["function"] == "in-process-csv")
    assert (permission.name, permission.inputs) == (
        "in-upload-permission",
        {
            "action": "lambda:InvokeFunction",
            "function": "in-process-csv",
            "principal": "events.amazonaws.com",
            "sourceArn": RULE_ARN,
        },
    )


def test_the_target_is_the_function_and_what_it_does_not_take_is_kept(by_rule: Recording) -> None:
    target = by_rule.one(TARGET, "in-upload-target")
    assert target.inputs == {
        "rule": "in-upload-rule",
        "arn": FUNCTION,
        "retryPolicy": {"maximumRetryAttempts": 185, "maximumEventAgeInSeconds": 6 * 60 * 60},
        "deadLetterConfig": {"arn": FAILURES},
        "eventBusName": "default",
        "forceDestroy": False,
    }
    before = {"in-upload-permission", "in-process-csv-continue", "in-process-csv-recursion"}
    assert before <= target.dependencies


def test_the_failure_queue_takes_the_rules_dead_letters(by_rule: Recording) -> None:
    policy = json.loads(by_rule.inputs("sqs/queuePolicy:QueuePolicy", "in-failures-policy")["policy"])
    tls_only, dead_letters = policy["Statement"]
    assert (tls_only["Sid"], tls_only["Effect"]) == ("TlsOnly", "Deny")
    assert dead_letters == {
        "Sid": "TakeDeadLetters",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [FAILURES],
        "Condition": {"ArnEquals": {"aws:SourceArn": RULE_ARN}},
    }
    assert problems_of_policy(policy) == []


def test_an_alarm_tells_of_events_that_nobody_took(by_rule: Recording) -> None:
    alarm = by_rule.inputs("cloudwatch/metricAlarm:MetricAlarm", "in-upload-undelivered")
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/Events", "InvocationsFailedToBeSentToDlq")
    assert (alarm["dimensions"], alarm["statistic"]) == ({"RuleName": "in-upload-rule"}, "Sum")
    assert (alarm["threshold"], alarm["treatMissingData"]) == (0, "notBreaching")


def test_a_bucket_of_ours_sends_its_events_once_the_target_is_there(by_rule: Recording) -> None:
    (notification,) = by_rule.all(NOTIFICATION)
    assert notification.inputs == {"bucket": "in-bucket", "eventbridge": True}
    assert "in-upload-target" in notification.dependencies


def test_a_bucket_that_exists_keeps_its_notification() -> None:
    recorded = ingest(bucket=EXISTING, notification="eventbridge")
    assert uploads_children(recorded) == OF_A_RULE | {"in-upload-permission"}
    pattern = json.loads(recorded.inputs(RULE, "in-upload-rule")["eventPattern"])
    assert pattern["detail"]["bucket"] == {"name": ["files"]}


def test_without_a_rule_nobody_sends_to_the_failure_queue() -> None:
    recorded = ingest()
    assert uploads_children(recorded) == {"in-upload-permission", "in-upload-notification"}
    policy = json.loads(recorded.inputs("sqs/queuePolicy:QueuePolicy", "in-failures-policy")["policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["TlsOnly"]


@pytest.mark.parametrize("changes", [{}, {"bucket": EXISTING}])
def test_with_none_all_is_the_callers_who_is_told_what_it_takes(changes: dict[str, Any]) -> None:
    recorded = ingest(notification="none", upload_prefix="mine/", **changes)
    assert uploads_children(recorded) == set()
    outputs = recorded.component_outputs["in"]
    assert (outputs["function_arn"], outputs["function_name"]) == (FUNCTION, "in-process-csv")
    name = "files" if changes else "in-bucket"
    assert (outputs["bucket"]["name"], outputs["upload_prefix"]) == (name, "mine/")


@pytest.mark.parametrize("wrong", ["EventBridge", "", 1, ["create"], pulumi.Output.from_input("create")])
def test_there_are_three(wrong: Any) -> None:
    (problem,) = ingest_problems(notification=wrong)
    assert problem.startswith("notification: expected one of create, eventbridge, none")
