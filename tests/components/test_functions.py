"""What holds for all five functions, and what each is told."""

import pytest

from lambdas.csvfile.options import DEFAULT_OPTIONS

from .answers import queue_url
from .recording import Recording

FUNCTION = "lambda/function:Function"
FUNCTIONS = {
    "ingest-process-csv": "process_csv.handler",
    "writer-insert-records": "insert_records.handler",
    "notifier-send-email": "send_email.handler",
    "notifier-mail-round": "send_email.round_handler",
    "ledger-bookkeeper": "bookkeeper.handler",
}
EVENT_INVOKE_CONFIG = "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"


@pytest.mark.parametrize(("name", "module"), FUNCTIONS.items())
def test_runs_its_handler_on_arm(local: Recording, name: str, module: str) -> None:
    inputs = local.inputs(FUNCTION, name)
    assert inputs["handler"] == f"lambdas.{module}.handler"
    assert f"lambdas/{module.replace('.', '/')}.py" in inputs["code"].assets
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
        **{config.name: config for config in local.all(EVENT_INVOKE_CONFIG)},
    }
    assert len(invokers) == 5
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
        "IMPORTS_TABLE": "ledger-imports",
        "READ_OPTIONS": DEFAULT_OPTIONS.dump(),
        "ROWS_PER_CHUNK": "100",
        "LEDGERS_EXPIRE_DAYS": "400",
    }
    assert told["writer-insert-records"] == {
        "TABLE": "writer-table",
        "KEY": "email",
        "IMPORTS_TABLE": "ledger-imports",
        "DEAD_LETTER_QUEUE_URL": queue_url("writer-dead-letters"),
        "MAX_RECEIVE_COUNT": "5",
        "ON_CONFLICT": "skip",
        "LEDGERS_EXPIRE_DAYS": "400",
    }
    assert told["notifier-mail-round"] == told["notifier-send-email"]
    assert told["notifier-send-email"] == {
        "MAILS_TABLE": "notifier-mails",
        "IMPORTS_TABLE": "ledger-imports",
        "SENDER": "welcome@example.com",
        "CONFIGURATION_SET": "rowrelay-local-notifier",
        "ADDRESS_COLUMN": "email",
        "CLAIM_SECONDS": "300",
        "LEDGERS_EXPIRE_DAYS": "400",
    }
