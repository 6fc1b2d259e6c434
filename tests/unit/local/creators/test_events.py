import re

from ...helpers.creators import calls_of, new_resource

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"


def test_a_rule_without_a_name_gets_one() -> None:
    inputs = {"scheduleExpression": "rate(1 minute)", "state": "DISABLED", "forceDestroy": False}
    found = calls_of(new_resource(RULE, "round", inputs))["put_rule"]
    assert re.fullmatch(r"round-[0-9a-f]{7}", found.pop("Name"))
    assert found == {"ScheduleExpression": "rate(1 minute)", "State": "DISABLED", "Tags": []}


def test_a_target_says_how_often_it_is_tried() -> None:
    retries = {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 0}
    inputs = {
        "rule": "round",
        "eventBusName": "default",
        "targetId": "it",
        "arn": "f",
        "input": "{}",
        "retryPolicy": retries,
        "deadLetterConfig": {"arn": "q"},
    }
    assert calls_of(new_resource(TARGET, "round", inputs))["put_targets"] == {
        "Rule": "round",
        "EventBusName": "default",
        "Targets": [
            {
                "Id": "it",
                "Arn": "f",
                "Input": "{}",
                "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0},
                "DeadLetterConfig": {"Arn": "q"},
            }
        ],
    }


def test_a_target_without_an_id_gets_one() -> None:
    found = calls_of(new_resource(TARGET, "round", {"rule": "round", "arn": "f"}))["put_targets"]
    assert re.fullmatch(r"round-[0-9a-f]{7}", found["Targets"][0]["Id"])
