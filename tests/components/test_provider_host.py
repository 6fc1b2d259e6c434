"""Programs in other languages: what `pulumi package add` makes SDKs from, and how their arguments arrive."""

import json
from typing import Any

import pytest
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.component import ComponentProvider

from components import BufferedWriter, CsvIngest, StreamNotifier

from .recording import Recording, record
from .samples import SCHEMA, ingest_args, notifier_args

COMPONENTS = [CsvIngest, BufferedWriter, StreamNotifier]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    text = ComponentProvider(list(COMPONENTS), "rowrelay").schema
    assert text is not None
    loaded: dict[str, Any] = json.loads(text)
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
    }


def test_every_argument_and_output_is_documented(schema: dict[str, Any]) -> None:
    for resource in schema["resources"].values():
        for name, of in {**resource["inputProperties"], **resource["properties"]}.items():
            assert of.get("description"), name
        assert resource["description"]


def test_what_must_be_known_is_plain_and_all_else_may_be_an_output(schema: dict[str, Any]) -> None:
    notifier = schema["resources"]["rowrelay:index:StreamNotifier"]["inputProperties"]
    assert not notifier["streamArn"].get("plain")
    assert notifier["sender"]["plain"]
    ledger = schema["types"]["rowrelay:index:TableReference"]["properties"]
    assert {name: of.get("plain") for name, of in ledger.items()} == {"name": None, "arn": None}


def test_the_components_need_no_other_package() -> None:
    assert Analyzer("rowrelay").analyze(list(COMPONENTS))["dependencies"] == set()


def test_constructs_from_another_languages_arguments() -> None:
    provider = ComponentProvider(list(COMPONENTS), "rowrelay")
    from_there: dict[str, Any] = {
        "schema": json.loads(json.dumps(SCHEMA).replace("100", "100.0")),
        "queue": ingest_args()["queue"],
        "rowsPerChunk": 50.0,
        "logRetentionDays": 7.0,
        "corsOrigins": ["https://app.example.com"],
    }

    def program() -> dict[str, Any]:
        result = provider.construct("in", "rowrelay:index:CsvIngest", from_there)
        return dict(result.state)

    recorded: Recording = record(program)
    assert recorded.outputs["functionName"] == "in-process-csv"
    assert recorded.outputs["importLedger"]["name"] == "in-imports"
    function = recorded.inputs("lambda/function:Function", "in-process-csv")
    assert function["environment"]["variables"]["ROWS_PER_CHUNK"] == "50"
    assert '"maxLength": 100\n' in function["code"].assets["schema.json"].text
    assert recorded.inputs("cloudwatch/logGroup:LogGroup", "in-process-csv-logs")["retentionInDays"] == 7
