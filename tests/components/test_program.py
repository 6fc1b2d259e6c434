"""The whole program, for each of the three stacks."""

import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from components import BufferedWriter, CsvIngest, ImportLedger, StreamNotifier, load_schema
from components.contracts import parse_schema
from operations import bookkeeper_cost, cost
from operations.stack import Stack
from operations.stack_check import StackCheck

from .conftest import ROOT
from .recording import Recording, record_program, stack_config

STACKS = ("local", "dev", "prod")
COMPONENTS = {
    "ledger": ImportLedger,
    "ingest": CsvIngest,
    "writer": BufferedWriter,
    "notifier": StreamNotifier,
}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> Recording:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        return record_program(ROOT, request.param)


def test_registers_without_a_warning(stack: Recording) -> None:
    assert len(stack.resources) > 50
    assert stack.messages == []


def test_says_that_nobody_hears_of_alarms_until_a_topic_is_named(stack: Recording) -> None:
    (told,) = stack.told
    assert told == (
        "Nobody hears of this stack's alarms. Name an SNS topic: pulumi config set rowrelay:alarmTopicArn ARN"
    )
    topic = {"rowrelay:alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms"}
    assert record_program(ROOT, "prod", stack_config(ROOT, "prod") | topic).told == []


def test_what_it_costs_while_idle_is_of_what_there_is(stack: Recording) -> None:
    mappings = stack.all("lambda/eventSourceMapping:EventSourceMapping")
    queues = {q.name for q in stack.all("sqs/queue:Queue")}
    polled = [m for m in mappings if m.inputs["eventSourceArn"].rpartition(":")[2] in queues]
    assert len(polled) == cost.POLLED_QUEUES
    # With a concurrency of its own a mapping polls by five, else it might by two.
    assert all(m.inputs["scalingConfig"]["maximumConcurrency"] for m in polled)
    rules = stack.all("cloudwatch/eventRule:EventRule")
    assert [rule.name for rule in rules if "mail-round" in rule.name] == ["notifier-mail-round-schedule"]
    assert [rule.name for rule in rules if "bookkeeper" in rule.name] == ["ledger-bookkeeper-schedule"]
    rates = [rule.inputs["scheduleExpression"] for rule in rules]
    assert rates == ["rate(1 minute)"] * (cost.ROUNDS_A_MINUTE + bookkeeper_cost.LOOKS_A_MINUTE)
    assert len(stack.all("cloudwatch/metricAlarm:MetricAlarm")) == cost.ALARMS
    assert len(stack.all("cloudwatch/dashboard:Dashboard")) == cost.DASHBOARDS


def test_every_resource_belongs_to_a_component_and_is_named_after_it(stack: Recording) -> None:
    components = {r.name for r in stack.resources if r.kind.startswith("rowrelay:index:")}
    assert components == set(COMPONENTS)
    for resource in stack.resources:
        if resource.parent in COMPONENTS:
            assert resource.name.startswith(f"{resource.parent}-")
        else:
            assert resource.name in {*COMPONENTS, "dashboard"}


def test_components_register_every_output_they_document(local: Recording) -> None:
    for name, component in COMPONENTS.items():
        assert set(local.component_outputs[name]) == set(component.__annotations__)


def test_exports_what_an_operator_needs(stack: Recording) -> None:
    assert set(stack.outputs) == {
        "bucket",
        "upload_prefix",
        "queue_url",
        "read_options",
        "schema",
        "dead_letter_queue_url",
        "ingest_failure_queue_url",
        "notifier_failure_queue_url",
        "key",
        "key_type",
        "table",
        "import_ledger",
        "mail_ledger",
        "mail_columns",
        "ledgers_expire_days",
        "functions",
        "dashboard",
        "identity",
        "dkim_records",
        "sender",
    }
    assert stack.outputs["functions"] == {
        "process_csv": "ingest-process-csv",
        "insert_records": "writer-insert-records",
        "send_email": "notifier-send-email",
        "mail_round": "notifier-mail-round",
        "bookkeeper": "ledger-bookkeeper",
    }
    assert stack.outputs["mail_columns"] == ["first_name", "email"]
    assert stack.outputs["ledgers_expire_days"] == 400
    assert all(value not in (None, "") for value in stack.outputs.values())


@pytest.mark.parametrize("transform", ["", "examples/stripe/transform_rows.py"])
def test_files_can_be_checked_by_the_outputs_as_the_function_reads_them(transform: str) -> None:
    given = {
        "rowrelay:maxRows": "5",
        "rowrelay:encoding": "windows-1252",
        "rowrelay:transformRows": transform,
    }
    recorded = record_program(ROOT, "local", stack_config(ROOT, "local") | given)
    by = StackCheck.of(Stack("of the test", "", recorded.outputs, lambda _: None))
    environment = recorded.inputs("lambda/function:Function", "ingest-process-csv")["environment"]
    assert by.options.dump() == environment["variables"]["READ_OPTIONS"]
    assert by.schema == parse_schema(load_schema(ROOT / "schemas" / "users.json"))
    assert ("transform_rows" in recorded.outputs, by.transform_row is not None) == (bool(transform),) * 2


def test_the_names_are_left_to_pulumi(stack: Recording) -> None:
    # Except where Pulumi makes none up.
    named = ("name", "bucket", "namePrefix", "bucketPrefix")
    for resource in stack.resources:
        if not resource.kind.startswith("aws:s3/bucket") or resource.kind == "aws:s3/bucket:Bucket":
            assert not set(resource.inputs) & set(named), resource


def test_the_settings_of_all_components_reach_them_all() -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:alarms"
    given = {"rowrelay:logRetentionDays": "7", "rowrelay:alarmTopicArn": topic}
    given |= {"rowrelay:ledgersExpireDays": "30", "rowrelay:owedAlarmHours": "2"}
    recorded = record_program(ROOT, "local", stack_config(ROOT, "local") | given)
    logs = recorded.all("cloudwatch/logGroup:LogGroup")
    assert [group.inputs["retentionInDays"] for group in logs] == [7] * 5
    functions = [each.inputs["environment"] for each in recorded.all("lambda/function:Function")]
    told = [each["variables"].get("LEDGERS_EXPIRE_DAYS") for each in functions]
    assert Counter(told) == {"30": 4, None: 1}  # the bookkeeper enters nothing
    assert recorded.outputs["ledgers_expire_days"] == 30
    owed = recorded.inputs("cloudwatch/metricAlarm:MetricAlarm", "notifier-mails-owed-age")
    assert owed["threshold"] == 2 * 60 * 60
    alarms = recorded.all("cloudwatch/metricAlarm:MetricAlarm")
    assert {alarm.parent for alarm in alarms} == set(COMPONENTS)
    assert all(alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == [topic] for alarm in alarms)


def test_one_import_ledger_serves_all(local: Recording) -> None:
    ledgers = [t.name for t in local.all("dynamodb/table:Table") if t.name.endswith("-imports")]
    assert ledgers == ["ledger-imports"]
    for function in local.all("lambda/function:Function"):
        assert function.inputs["environment"]["variables"]["IMPORTS_TABLE"] == "ledger-imports"


def test_prod_protects_its_data_and_proves_its_domain() -> None:
    prod = record_program(ROOT, "prod")
    for table in prod.all("dynamodb/table:Table"):
        assert table.inputs["deletionProtectionEnabled"] is True
        assert table.retain
        assert table.protect
    assert prod.one("s3/bucket:Bucket", "ingest-bucket").protect
    assert prod.inputs("s3/bucket:Bucket", "ingest-bucket")["forceDestroy"] is False
    assert prod.outputs["dkim_records"] == [
        {"name": f"{token}._domainkey.example.com", "type": "CNAME", "value": f"{token}.dkim.amazonses.com"}
        for token in ("one", "two", "three")
    ]


def test_local_can_be_thrown_away(local: Recording) -> None:
    for table in local.all("dynamodb/table:Table"):
        assert table.inputs["deletionProtectionEnabled"] is False
        assert not table.retain
    assert local.inputs("s3/bucket:Bucket", "ingest-bucket")["forceDestroy"] is True
    assert local.outputs["dkim_records"] == []


def endpoint_of(kind: str) -> str:
    """What the provider calls the endpoint of a resource's service: mostly its module, but not of these two.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/custom-service-endpoints
    """
    module_and_type = kind.split(":")[1]
    for beginning, endpoint in (("cloudwatch/event", "events"), ("cloudwatch/log", "logs")):
        if module_and_type.startswith(beginning):
            return endpoint
    return module_and_type.split("/")[0]


def test_local_reaches_nothing_but_this_machine(local: Recording) -> None:
    config: dict[str, Any] = yaml.safe_load(Path("Pulumi.local.yaml").read_text())["config"]
    used = {endpoint_of(resource.kind) for resource in local.resources}
    services = {"cloudwatch", "dynamodb", "events", "iam", "lambda", "logs", "s3", "sesv2", "sqs"}
    assert used - {"index"} == services
    (endpoints,) = config["aws:endpoints"]
    assert {*services, "sts"} <= set(endpoints)
    assert set(endpoints.values()) == {"http://localhost:4566"}
