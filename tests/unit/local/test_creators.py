import re
from collections.abc import Mapping
from typing import Any

import pytest

from local.clients import Clients
from local.creators import NewResource, create, data_source, known_types
from local.errors import EmbeddedAwsError, UnsupportedError
from local.ignored_properties import IGNORED_PROPERTIES


class Recorder:
    """In the place of a boto3 client: takes every call, answers each with itself."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> "Recorder":
            self.calls[name] = arguments
            return self

        return call

    def __getitem__(self, key: str) -> Any:
        return self if key in {"Role", "TableDescription", "Attributes"} else f"the {key}"


class Recorders(Clients):
    """One recorder for all services."""

    def __init__(self) -> None:
        self.one = Recorder()

    def client(self, service: str) -> Any:  # noqa: ARG002
        return self.one


def resource(token: str, name: str, inputs: Mapping[str, Any]) -> NewResource:
    return NewResource(token, name, inputs, Recorders())


def calls(made: NewResource) -> dict[str, dict[str, Any]]:
    create(made)
    recorded: dict[str, dict[str, Any]] = made.client("any").calls
    return recorded


QUEUE = "aws:sqs/queue:Queue"


def test_an_unknown_type_is_an_error_that_names_it_and_the_resource() -> None:
    with pytest.raises(UnsupportedError, match=r"type aws:ec2/instance:Instance \(of 'box'\)"):
        create(resource("aws:ec2/instance:Instance", "box", {}))


def test_an_unknown_property_is_an_error_that_names_it_and_its_resource() -> None:
    with pytest.raises(UnsupportedError, match=rf"properties colour, size of {QUEUE} 'q'"):
        create(resource(QUEUE, "q", {"size": 1, "colour": "red", "delaySeconds": 2}))


def test_ignored_properties_belong_to_known_types_and_have_reasons() -> None:
    assert IGNORED_PROPERTIES.keys() <= known_types()
    assert all(reason for properties in IGNORED_PROPERTIES.values() for reason in properties.values())


def test_an_ignored_property_is_accepted() -> None:
    create(resource("aws:s3/bucket:Bucket", "b", {"forceDestroy": True}))


def test_outputs_are_the_inputs_and_what_the_creator_adds() -> None:
    made = resource(QUEUE, "q", {"name": "named", "delaySeconds": 2})
    assert create(made)[1] == {
        "name": "named",
        "delaySeconds": 2,
        "url": "the QueueUrl",
        "arn": "the QueueArn",
    }


def test_a_name_is_made_as_pulumi_makes_it() -> None:
    names = {resource(QUEUE, "jobs", {}).physical_name(80) for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(r"jobs-[0-9a-f]{7}", name) for name in names)


def test_a_bucket_name_is_lower_case_unless_given() -> None:
    assert re.fullmatch(r"files-[0-9a-f]{7}", create(resource("aws:s3/bucket:Bucket", "Files", {}))[0])
    assert create(resource("aws:s3/bucket:Bucket", "Files", {"bucket": "Mine"}))[0] == "Mine"


def test_a_fifo_name_ends_in_fifo() -> None:
    found = calls(resource(QUEUE, "jobs", {"fifoQueue": True}))["create_queue"]
    assert re.fullmatch(r"jobs-[0-9a-f]{7}\.fifo", found["QueueName"])
    assert found["Attributes"] == {"FifoQueue": "true"}


def test_a_name_that_leaves_no_room_is_an_error() -> None:
    with pytest.raises(EmbeddedAwsError, match="81 characters; AWS takes 80"):
        resource(QUEUE, "q" * 73, {}).physical_name(80)


def test_queue_attributes_are_texts() -> None:
    inputs = {
        "delaySeconds": 5,
        "sqsManagedSseEnabled": False,
        "redrivePolicy": {"maxReceiveCount": 3},
        "tags": {"a": "b"},
    }
    found = calls(resource(QUEUE, "q", inputs))["create_queue"]
    assert found["tags"] == {"a": "b"}
    assert found["Attributes"] == {
        "DelaySeconds": "5",
        "SqsManagedSseEnabled": "false",
        "RedrivePolicy": '{"maxReceiveCount": 3}',
    }


def test_notification_targets_of_each_kind() -> None:
    inputs = {
        "bucket": "b",
        "eventbridge": True,
        "lambdaFunctions": [{"lambdaFunctionArn": "f", "events": ["e"], "filterPrefix": "p", "id": "one"}],
        "queues": [{"queueArn": "q", "events": ["e"], "filterSuffix": "s", "filterPrefix": "p"}],
        "topics": [{"topicArn": "t", "events": ["e"]}],
    }
    token = "aws:s3/bucketNotification:BucketNotification"
    prefix, suffix = {"Name": "prefix", "Value": "p"}, {"Name": "suffix", "Value": "s"}
    found = calls(resource(token, "n", inputs))["put_bucket_notification_configuration"]
    assert found["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {},
        "LambdaFunctionConfigurations": [
            {
                "LambdaFunctionArn": "f",
                "Events": ["e"],
                "Id": "one",
                "Filter": {"Key": {"FilterRules": [prefix]}},
            }
        ],
        "QueueConfigurations": [
            {"QueueArn": "q", "Events": ["e"], "Filter": {"Key": {"FilterRules": [prefix, suffix]}}}
        ],
        "TopicConfigurations": [{"TopicArn": "t", "Events": ["e"]}],
    }


def test_an_alarm_on_an_expression() -> None:
    metric = {
        "metricName": "m",
        "namespace": "n",
        "period": 60,
        "stat": "Sum",
        "dimensions": {"Queue name": "q"},
    }
    inputs = {
        "name": "a",
        "comparisonOperator": "c",
        "evaluationPeriods": 1,
        "metricQueries": [
            {"id": "ratio", "expression": "x/2", "returnData": True},
            {"id": "x", "metric": metric},
        ],
    }
    found = calls(resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", inputs))["put_metric_alarm"]
    assert found["Metrics"] == [
        {"Id": "ratio", "Expression": "x/2", "ReturnData": True},
        {
            "Id": "x",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "MetricName": "m",
                    "Namespace": "n",
                    "Dimensions": [{"Name": "Queue name", "Value": "q"}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        },
    ]


def test_calls_are_answered_or_refused() -> None:
    assert data_source("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "000000000000"
    with pytest.raises(UnsupportedError, match="the call aws:ec2/getAmi:getAmi"):
        data_source("aws:ec2/getAmi:getAmi", {})
    with pytest.raises(UnsupportedError, match="eu-west-1"):
        data_source("aws:index/getRegion:getRegion", {"region": "eu-west-1"})


def test_a_function_without_code_is_an_error() -> None:
    with pytest.raises(UnsupportedError, match="cannot bundle 'code' of aws:lambda/function:Function 'f'"):
        create(resource("aws:lambda/function:Function", "f", {"imageUri": "x"}))
