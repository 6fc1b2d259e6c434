"""The components in a program in YAML, through `plugin/`: each alone, and all together."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.version import VERSION
from local.clients import Clients

from ..program import ROOT
from .yaml_program import YamlProgram, yaml_program

pytestmark = pytest.mark.usefixtures("yaml_host")
SCHEMA = {
    "fields": [
        {"name": "email", "type": "string", "format": "email", "constraints": {"maxLength": 254}},
        {"name": "first_name", "type": "string"},
    ],
    "primaryKey": "email",
}
MAIL = {"subject": "Welcome", "text": "Hello {{first_name}}", "html": "<p>Hello {{first_name}}</p>"}
SENDER = "Users <users@example.com>"
SECRET = "4dabf18193072939515e22adb298388d"  # how the engine marks a secret in a resource's inputs


@pytest.fixture(scope="module")
def program(clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> Iterator[YamlProgram]:
    with yaml_program(tmp_path_factory.mktemp("yaml"), clients) as made:
        yield made


@pytest.fixture(scope="module")
def stream_arn(clients: Clients) -> str:
    """The stream of a table that is somebody else's."""
    made = clients.client("dynamodb").create_table(
        TableName="theirs",
        KeySchema=[{"AttributeName": "email", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return str(made["TableDescription"]["LatestStreamArn"])


@pytest.fixture(scope="module")
def queue(clients: Clients) -> dict[str, Any]:
    """A queue that is somebody else's."""
    sqs = clients.client("sqs")
    url = sqs.create_queue(QueueName="theirs")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"url": url, "arn": arn}


def resource(component: str, **properties: Any) -> dict[str, Any]:
    return {"type": f"rowrelay:{component}", "properties": properties}


def comes_up_and_stays(program: YamlProgram) -> dict[str, str]:
    """Look, go, and look again; returns what was created."""
    foreseen = program.succeed("preview")
    came = program.succeed("up")
    assert came.changes == foreseen.changes
    assert set(came.changes.values()) == {"create"}
    assert program.succeed("preview").changes == {}
    return came.changes


def goes(program: YamlProgram, created: dict[str, str]) -> None:
    assert program.succeed("destroy").changes == dict.fromkeys(created, "delete")


def test_a_writer_alone(program: YamlProgram) -> None:
    program.write({"writer": resource("BufferedWriter", key="email", maximumConcurrency=8)})
    created = comes_up_and_stays(program)
    assert {"writer", "writer-queue", "writer-table"} <= set(created)
    goes(program, created)


def test_an_ingest_alone_with_a_secret(program: YamlProgram, queue: dict[str, Any]) -> None:
    secret = {**queue, "url": {"fn::secret": queue["url"]}}
    program.write({"ingest": resource("CsvIngest", schema=SCHEMA, queue=secret, rowsPerChunk=50)})
    created = comes_up_and_stays(program)
    assert {"ingest", "ingest-bucket", "ingest-process-csv"} <= set(created)
    kept = program.ask("stack", "export", "--stack", "dev")["deployment"]["resources"]
    [function] = [of for of in kept if of["urn"].endswith("Function::ingest-process-csv")]
    variables = function["inputs"]["environment"]
    assert SECRET in json.dumps(variables)
    assert queue["url"] not in json.dumps(kept)
    goes(program, created)


def test_a_notifier_alone(program: YamlProgram, stream_arn: str) -> None:
    program.write({"notifier": resource("StreamNotifier", streamArn=stream_arn, sender=SENDER, mail=MAIL)})
    created = comes_up_and_stays(program)
    assert {"notifier", "notifier-send-email", "notifier-mails"} <= set(created)
    goes(program, created)


def test_all_together(program: YamlProgram, clients: Clients) -> None:
    ledger = "${writer.importLedger}"
    resources = {
        "writer": resource("BufferedWriter", key="email"),
        "ingest": resource(
            "CsvIngest", schema=SCHEMA, queue="${writer.queue}", importLedger=ledger, rowsPerChunk=50
        ),
        "notifier": resource(
            "StreamNotifier", streamArn="${writer.streamArn}", importLedger=ledger, sender=SENDER, mail=MAIL
        ),
    }
    program.write(resources, {"queue": "${writer.queue.url}", "function": "${ingest.functionName}"})
    created = comes_up_and_stays(program)
    outputs = program.outputs()
    function = clients.client("lambda").get_function(FunctionName=outputs["function"])["Configuration"]
    variables = function["Environment"]["Variables"]
    assert variables["QUEUE_URL"] == outputs["queue"]
    assert variables["ROWS_PER_CHUNK"] == "50"
    goes(program, created)


def test_wrong_arguments_are_all_told(program: YamlProgram) -> None:
    program.write({"writer": resource("BufferedWriter", key="email", keyType="B", maximumConcurrency=1)})
    refused = program.run("preview")
    told = refused.said("error")
    assert "BufferedWriter 'writer' cannot be created:" in told
    assert "key_type: expected one of S, N" in told
    assert "maximum_concurrency: expected a whole number from 2 to 1,000" in told
    assert {name for name, step in refused.changes.items() if step == "create"} <= {"writer"}


def test_the_engine_sees_the_schema_that_is_kept(program: YamlProgram) -> None:
    seen = program.ask("package", "get-schema", str(program.plugin))
    kept = json.loads((ROOT / "plugin" / "schema.json").read_text(encoding="utf-8"))
    assert seen["version"] == VERSION
    assert seen["resources"].keys() == kept["resources"].keys()
    for token, of in kept["resources"].items():
        assert seen["resources"][token]["inputProperties"].keys() == of["inputProperties"].keys()


def test_what_it_requires_is_installed_with_it(program: YamlProgram) -> None:
    requirements = program.plugin / "requirements.txt"
    text = requirements.read_text(encoding="utf-8")
    requirements.write_text(f"{text}no-such-package==1\n", encoding="utf-8")
    refused = program.pulumi("package", "get-schema", str(program.plugin))
    requirements.write_text(text, encoding="utf-8")
    assert refused.returncode != 0
    assert "no-such-package==1" in refused.stderr
