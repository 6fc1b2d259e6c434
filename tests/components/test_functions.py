"""What holds for all three functions, and what each is told."""

from itertools import chain

import pytest

from .answers import queue_url
from .recording import Recording

FUNCTION = "lambda/function:Function"
FUNCTIONS = {
    "ingest-process-csv": "process_csv",
    "writer-insert-records": "insert_records",
    "notifier-send-email": "send_email",
}


@pytest.mark.parametrize(("name", "package"), FUNCTIONS.items())
def test_runs_its_handler_on_arm(local: Recording, name: str, package: str) -> None:
    inputs = local.inputs(FUNCTION, name)
    assert inputs["handler"] == f"lambdas.{package}.handler.handler"
    assert inputs["architectures"] == ["arm64"]
    assert inputs["runtime"] == "python3.13"
    # Beside `code`, a hash would change with how the archive is packed, not with what is in it.
    assert "sourceCodeHash" not in inputs
    assert "codeSha256" not in inputs


@pytest.mark.parametrize("name", FUNCTIONS)
def test_logs_json_into_a_group_that_forgets(local: Recording, name: str) -> None:
    group = local.inputs("cloudwatch/logGroup:LogGroup", f"{name}-logs")
    assert group == {"retentionInDays": 30, "skipDestroy": False}
    assert local.inputs(FUNCTION, name)["loggingConfig"] == {
        "logFormat": "JSON",
        "applicationLogLevel": "INFO",
        "logGroup": f"{name}-logs",
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_waits_for_its_policy_and_log_group(local: Recording, name: str) -> None:
    waits_for = local.one(FUNCTION, name).dependencies
    assert {f"{name}-policy", f"{name}-logs", f"{name}-role"} <= waits_for


def test_whatever_invokes_waits_for_the_policy(local: Recording) -> None:
    invokers = {
        **{mapping.name: mapping for mapping in local.all("lambda/eventSourceMapping:EventSourceMapping")},
        "async": local.one(
            "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "ingest-process-csv-async"
        ),
    }
    assert len(invokers) == 4
    for invoker in invokers.values():
        function = next(name for name in FUNCTIONS if invoker.name.startswith(name))
        assert f"{function}-policy" in invoker.dependencies


def test_environments(local: Recording) -> None:
    told = {name: local.inputs(FUNCTION, name)["environment"]["variables"] for name in FUNCTIONS}
    for name, variables in told.items():
        assert variables.pop("POWERTOOLS_SERVICE_NAME") == name
        assert variables.pop("POWERTOOLS_LOG_LEVEL") == "INFO"
    assert told["ingest-process-csv"] == {
        "QUEUE_URL": queue_url("writer-queue"),
        "IMPORTS_TABLE": "writer-imports",
        "ROWS_PER_CHUNK": "100",
    }
    assert told["writer-insert-records"] == {
        "TABLE": "writer-table",
        "KEY": "email",
        "IMPORTS_TABLE": "writer-imports",
        "DEAD_LETTER_QUEUE_URL": queue_url("writer-dead-letters"),
        "MAX_RECEIVE_COUNT": "5",
        "ON_CONFLICT": "skip",
    }
    assert told["notifier-send-email"] == {
        "MAILS_TABLE": "notifier-mails",
        "IMPORTS_TABLE": "writer-imports",
        "RETRY_QUEUE_URL": queue_url("notifier-retries"),
        "FAILURE_QUEUE_URL": queue_url("notifier-failures"),
        "SENDER": "welcome@example.com",
        "CONFIGURATION_SET": "rowrelay-local-notifier",
        "ADDRESS_COLUMN": "email",
        "FUNCTION_TIMEOUT": "90",
    }


def test_alarms_that_need_nobody_to_ask(local: Recording) -> None:
    alarms = {alarm.name: alarm.inputs for alarm in local.all("cloudwatch/metricAlarm:MetricAlarm")}
    queues = ("ingest-failures-depth", "writer-dead-letters-depth", "notifier-failures-depth")
    ages = ("writer-queue-age", "notifier-retries-age", "notifier-send-email-iterator-age")
    assert set(alarms) == {
        *queues,
        *ages,
        *chain.from_iterable((f"{name}-errors", f"{name}-throttles") for name in FUNCTIONS),
        "ingest-process-csv-dropped",
        "ingest-process-csv-undelivered",
        "notifier-send-email-undelivered",
    }
    for name in queues:
        assert alarms[name]["metricName"] == "ApproximateNumberOfMessagesVisible"
        assert alarms[name]["dimensions"] == {"QueueName": name.removesuffix("-depth")}
        assert alarms[name]["threshold"] == 0
    for name, inputs in alarms.items():
        assert inputs["comparisonOperator"] == "GreaterThanThreshold"
        assert inputs["treatMissingData"] == ("ignore" if name in queues else "notBreaching")
        assert inputs["alarmDescription"]
        assert not {"alarmActions", "okActions"} & set(inputs)


# Namespace, dimension and the statistic that AWS says to view a metric with:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
METRICS = {
    "ApproximateNumberOfMessagesVisible": ("AWS/SQS", "QueueName", "Maximum"),
    "ApproximateAgeOfOldestMessage": ("AWS/SQS", "QueueName", "Maximum"),
    "AsyncEventsDropped": ("AWS/Lambda", "FunctionName", "Sum"),
    "DestinationDeliveryFailures": ("AWS/Lambda", "FunctionName", "Sum"),
    "Errors": ("AWS/Lambda", "FunctionName", "Sum"),
    "IteratorAge": ("AWS/Lambda", "FunctionName", "Maximum"),
    "Throttles": ("AWS/Lambda", "FunctionName", "Sum"),
}
SUFFIXES = {
    "AsyncEventsDropped": "-dropped",
    "DestinationDeliveryFailures": "-undelivered",
    "Errors": "-errors",
    "IteratorAge": "-iterator-age",
    "Throttles": "-throttles",
}


def test_alarms_watch_metrics_as_aws_has_them(local: Recording) -> None:
    alarms = local.all("cloudwatch/metricAlarm:MetricAlarm")
    assert {alarm.inputs["metricName"] for alarm in alarms} == set(METRICS)
    for alarm in alarms:
        metric = alarm.inputs["metricName"]
        ((dimension, of),) = alarm.inputs["dimensions"].items()
        assert (alarm.inputs["namespace"], dimension, alarm.inputs["statistic"]) == METRICS[metric]
        if suffix := SUFFIXES.get(metric):
            assert alarm.name == of + suffix


def test_what_lambda_cannot_deliver_is_watched_wherever_it_delivers(local: Recording) -> None:
    configured = local.all("lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
    mapped = local.all("lambda/eventSourceMapping:EventSourceMapping")
    delivering = {each.inputs["functionName"] for each in configured}
    delivering |= {
        each.inputs["functionName"].rpartition(":")[2]
        for each in mapped
        if each.inputs.get("destinationConfig")
    }
    watched = [alarm.name for alarm in local.all("cloudwatch/metricAlarm:MetricAlarm")]
    assert {name for name in watched if name.endswith("-undelivered")} == {
        f"{function}-undelivered" for function in delivering
    }
