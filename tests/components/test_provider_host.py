"""Programs in other languages: what `pulumi package add` makes SDKs from, and how their arguments arrive."""

import json
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer

from components import COMPONENTS, StreamNotifier
from components.provider import Provider, public_schema

from .recording import Recording, record
from .samples import SCHEMA, ingest_args, notifier_args

TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(public_schema())
    return loaded


def test_the_components_are_known_by_their_type_tokens(schema: dict[str, Any]) -> None:
    assert set(schema["resources"]) == {f"rowrelay:index:{c.__name__}" for c in COMPONENTS}
    recorded = record(lambda: StreamNotifier("n", notifier_args()))
    assert [r.kind for r in recorded.resources if r.name == "n"] == ["rowrelay:index:StreamNotifier"]


def test_required_and_optional_arguments(schema: dict[str, Any]) -> None:
    required = {token.split(":")[-1]: set(r["requiredInputs"]) for token, r in schema["resources"].items()}
    assert required == {
        "CsvIngest": {"schema", "queue"},
        "BufferedWriter": {"key"},
        "StreamNotifier": {"streamArn", "sender", "mail"},
        "ImportLedger": set(),
    }


def test_what_must_be_known_is_plain_and_all_else_may_be_an_output(schema: dict[str, Any]) -> None:
    notifier = schema["resources"]["rowrelay:index:StreamNotifier"]["inputProperties"]
    assert not notifier["streamArn"].get("plain")
    assert notifier["sender"]["plain"]
    vpc = schema["types"]["rowrelay:index:VpcArgs"]["properties"]
    assert not any(of.get("plain") for of in vpc.values())
    ledger = schema["types"]["rowrelay:index:TableReference"]["properties"]
    assert {name: of.get("plain") for name, of in ledger.items()} == {"name": None, "arn": None}


def test_alarms_are_told_and_known_by_their_names(schema: dict[str, Any]) -> None:
    for resource in (schema["resources"][f"rowrelay:index:{c.__name__}"] for c in COMPONENTS[:3]):
        actions, alarms = (resource["inputProperties"][key] for key in ("alarmActions", "alarms"))
        assert (actions["type"], actions["items"]["type"]) == ("array", "string")
        changed = alarms["additionalProperties"]["$ref"]
        assert (alarms["type"], changed) == ("object", "#/types/rowrelay:index:AlarmArgs")
        arns = resource["properties"]["alarmArns"]
        assert (arns["type"], arns["additionalProperties"]["type"]) == ("object", "string")


def test_the_components_need_no_other_package() -> None:
    assert Analyzer("rowrelay").analyze(list(COMPONENTS))["dependencies"] == set()


def test_a_reference_may_be_one_output() -> None:
    provider = Provider()

    def program() -> dict[str, Any]:
        queue = pulumi.Output.from_input(dict(ingest_args()["queue"]))
        provider.construct("in", "rowrelay:index:CsvIngest", {"schema": SCHEMA, "queue": queue})
        return {}

    function = record(program).inputs("lambda/function:Function", "in-process-csv")
    assert function["environment"]["variables"]["QUEUE_URL"] == ingest_args()["queue"]["url"]
    inputs = json.loads(provider.schema or "")["resources"]["rowrelay:index:CsvIngest"]["inputProperties"]
    plain = {key for key, of in inputs.items() if of.get("plain")}
    assert plain.isdisjoint({"queue", "bucket", "importLedger"})
    assert {"schema", "uploadPrefix"} <= plain


def test_constructs_from_another_languages_arguments() -> None:
    provider = Provider()
    from_there: dict[str, Any] = {
        "schema": json.loads(json.dumps(SCHEMA).replace("100", "100.0")),
        "queue": ingest_args()["queue"],
        "rowsPerChunk": 50.0,
        "function": {
            "memoryMb": 512.0,
            "environment": {"teamName": "people"},
            "vpc": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]},
            "logRetentionDays": 7.0,
        },
        "corsOrigins": ["https://app.example.com"],
        "alarmActions": [TOPIC],
        "alarms": {"failures-depth": {"threshold": 5.0}, "process-csv-throttles": {"enabled": False}},
    }

    def program() -> dict[str, Any]:
        result = provider.construct("in", "rowrelay:index:CsvIngest", from_there)
        return dict(result.state)

    recorded: Recording = record(program)
    assert recorded.outputs["functionName"] == "in-process-csv"
    ledger = recorded.outputs["importLedger"]
    assert (ledger["name"], ledger["bookkeeperRoleName"]) == ("in-imports", "in-bookkeeper-role")
    function = recorded.inputs("lambda/function:Function", "in-process-csv")
    assert function["environment"]["variables"]["ROWS_PER_CHUNK"] == "50"
    assert set(recorded.outputs["alarmArns"]) == {
        "bookkeeper-errors",
        "bookkeeper-stopped",
        "bookkeeper-throttles",
        "failures-depth",
        "imports-stuck",
        "process-csv-dropped",
        "process-csv-errors",
        "process-csv-undelivered",
    }
    alarm = recorded.inputs("cloudwatch/metricAlarm:MetricAlarm", "in-failures-depth")
    assert (alarm["threshold"], alarm["alarmActions"]) == (5, [TOPIC])
    assert function["environment"]["variables"]["teamName"] == "people"
    assert function["memorySize"] == 512
    assert function["vpcConfig"] == {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}
    assert '"maxLength": 100\n' in function["code"].assets["schema.json"].text
    assert recorded.inputs("cloudwatch/logGroup:LogGroup", "in-process-csv-logs")["retentionInDays"] == 7
