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
    assert local.inputs("cloudwatch/logGroup:LogGroup", f"{name}-logs") == {"retentionInDays": 30}
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
    }
    for name in queues:
        assert alarms[name]["metricName"] == "ApproximateNumberOfMessagesVisible"
        assert alarms[name]["dimensions"] == {"QueueName": name.removesuffix("-depth")}
        assert alarms[name]["threshold"] == 0
    for inputs in alarms.values():
        assert inputs["comparisonOperator"] == "GreaterThanThreshold"
        assert inputs["treatMissingData"] == "notBreaching"
        assert inputs["alarmDescription"]
        assert "alarmActions" not in inputs
