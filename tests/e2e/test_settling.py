"""Imports that are done with: settled by the bookkeeper, each once, and told of."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from local.embedded import Deployment, embedded_aws
from operations.imports import Import

from .accounts import SCHEDULE_SECONDS
from .pipeline import HEADER, Pipeline, until
from .tiny import program_in

pytestmark = pytest.mark.e2e

# A pipeline without mails, whose settlements a queue hears of by a bus and by a topic of its own.
PROGRAM = """
import json

import pulumi
import pulumi_aws as aws

from components import BufferedWriter, CsvIngest, ImportLedger

bus = aws.cloudwatch.EventBus("imports", name="imports")
topic, heard = aws.sns.Topic("settled"), {name: aws.sqs.Queue(name) for name in ("by-bus", "by-topic")}
pattern = json.dumps({"source": ["rowrelay"], "detail-type": ["Import Settled"]})
rule = aws.cloudwatch.EventRule("settled", event_bus_name=bus.name, event_pattern=pattern)
aws.cloudwatch.EventTarget("settled", rule=rule.name, event_bus_name=bus.name, arn=heard["by-bus"].arn)
aws.sns.TopicSubscription(
    "settled", topic=topic.arn, protocol="sqs", endpoint=heard["by-topic"].arn, raw_message_delivery=True
)
allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
of_topic = {"ArnEquals": {"aws:SourceArn": topic.arn}}
statement = {**allowed, "Resource": heard["by-topic"].arn, "Condition": of_topic}
policy = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})
aws.sqs.QueuePolicy("by-topic", queue_url=heard["by-topic"].url, policy=policy)
ledger = ImportLedger("ledger", {"event_bus_arn": bus.arn, "settled_topic_arn": topic.arn})
of_ledger = {"import_ledger": ledger.import_ledger}
writer = BufferedWriter("writer", {"key": "email", **of_ledger})
schema = {"fields": [{"name": "email", "type": "string", "format": "email"}], "primaryKey": "email"}
ingest = CsvIngest("ingest", {"schema": schema, "queue": writer.queue, **of_ledger})
pulumi.export("bucket", ingest.bucket["name"])
pulumi.export("import_ledger", ledger.import_ledger["name"])
pulumi.export("by_bus", heard["by-bus"].url)
pulumi.export("by_topic", heard["by-topic"].url)
pulumi.export("bookkeeper", ledger.function_name)
"""


@pytest.fixture(scope="module")
def without_mails(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with embedded_aws(root=program_in(tmp_path_factory.mktemp("settling"), PROGRAM)) as deployment:
        yield deployment


def look(deployment: Deployment) -> None:
    """Have the bookkeeper look at once."""
    answer = deployment.client("lambda").invoke(FunctionName=deployment.outputs["bookkeeper"])
    assert "FunctionError" not in answer, answer["Payload"].read()


def entries(deployment: Deployment, key: str) -> list[Any]:
    """The ledger's entries of imports of a key."""
    items = deployment.client("dynamodb").scan(TableName=deployment.outputs["import_ledger"])["Items"]
    return [item for item in items if item.get("key") == {"S": key}]


def heard(deployment: Deployment, queue: str) -> list[str]:
    """What a queue has heard."""
    bodies: list[str] = []
    client, url = deployment.client("sqs"), deployment.outputs[queue]
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in messages]
    return bodies


def test_without_mails_rows_alone_count_and_all_hear_of_it(without_mails: Deployment) -> None:
    deployment, key = without_mails, "uploads/people.csv"
    rows = b"email\nada@example.com\nada@example.com\nbad\neve@example.com\n"
    deployment.client("s3").put_object(Bucket=deployment.outputs["bucket"], Key=key, Body=rows)

    def settled() -> bool:
        look(deployment)
        return any("settled_at" in entry and "open" not in entry for entry in entries(deployment, key))

    until(settled, 60)
    [entry] = entries(deployment, key)
    counts = {"read": 4, "accepted": 3, "rejected": 1, "created": 2, "duplicates": 1, "failed": 0}
    [event] = map(json.loads, heard(deployment, "by_bus"))
    assert (event["source"], event["detail-type"]) == ("rowrelay", "Import Settled")
    detail = event["detail"]
    assert detail["counts"].items() >= counts.items()
    assert (detail["import"], detail["revision"]) == (entry["import_id"]["S"], 1)
    assert detail["settled_at"] == entry["settled_at"]["S"]
    [text] = heard(deployment, "by_topic")
    assert text.startswith(f"{key} is settled: ")
    assert f"s3://{deployment.outputs['bucket']}/{detail['rejects']}" in text
    body = deployment.client("s3").get_object(Bucket=deployment.outputs["bucket"], Key=detail["summary"])
    summary = json.loads(body["Body"].read())
    assert summary.items() >= {**counts, "revision": 1, "settled_at": detail["settled_at"]}.items()

    look(deployment)
    assert heard(deployment, "by_bus") == heard(deployment, "by_topic") == []


def test_the_schedule_settles_by_itself_once_the_mails_have_left(pipeline: Pipeline) -> None:
    one = pipeline.run_one(HEADER + b"ada@example.com,Ada,,,,\nbad,,,,,\n")
    assert one.balanced
    until(lambda: "settled_at" in entry_of(pipeline, one), SCHEDULE_SECONDS, every=1)
    entry = entry_of(pipeline, one)
    assert "open" not in entry
    assert entry["settlement"]["mailed"] == 1
    assert datetime.fromisoformat(entry["settled_at"]) <= datetime.now(UTC)
    assert json.loads(pipeline.report(one, "summary"))["mailed"] == 1


def test_it_waits_for_mails_that_are_paused(pipeline: Pipeline) -> None:
    gate = pipeline.watch.mails.gate
    gate.set_all_paused(paused=True)
    one = pipeline.upload("users.csv", HEADER + b"eve@example.com,Eve,,,,\n")
    until(lambda: len(pipeline.owed()) == 1, 60)
    pipeline.keep_books()
    entry = entry_of(pipeline, one)
    assert "settled_at" not in entry
    assert entry["waits_for"] == "mails to leave: 1"
    gate.set_all_paused(paused=False)
    pipeline.round()
    pipeline.keep_books()
    assert entry_of(pipeline, one)["settlement"]["mailed"] == 1


def entry_of(pipeline: Pipeline, one: Import) -> dict[str, Any]:
    """The import's entry in the ledger."""
    [entry] = [item for item in pipeline.items("import_ledger") if item.get("key") == one.key]
    return entry
