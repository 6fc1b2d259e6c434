"""Uploads that are heard of by EventBridge: imported once, by the component whose they are, or kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.chunk import Chunk, parse_chunk
from lambdas.core.import_entries import IMPORT_ID, KEY
from local.embedded import Deployment, embedded_aws
from operations.failed_invocation import reason_of
from operations.failure_queues import IngestFailures
from operations.messages import QueueMessage, received
from operations.redrive import Redrive

from .pipeline import until

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parent / "shared_bucket"
COMPONENTS = ("one", "other", "alone")


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with embedded_aws(root=ROOT) as deployment:
        yield deployment


def upload(deployment: Deployment, component: str, name: str) -> str:
    """Put a file of one row under the component's prefix; returns its key."""
    key = f"{component}/{name}"
    bucket = deployment.outputs[component]["bucket"]
    deployment.client("s3").put_object(Bucket=bucket, Key=key, Body=b"email\nada@example.com\n")
    return key


def imports(deployment: Deployment, component: str, key: str) -> set[str]:
    """The imports of a key that a component's ledger has."""
    items = deployment.client("dynamodb").scan(TableName=deployment.outputs[component]["ledger"])["Items"]
    return {item[IMPORT_ID]["S"] for item in items if item.get(KEY) == {"S": key}}


def waiting(deployment: Deployment, component: str, queue: str) -> list[QueueMessage]:
    """What waits in one of a component's queues, and stays there."""
    with received(deployment.client("sqs"), deployment.outputs[component][queue]) as messages:
        return [message for batch in messages.batches() for message in batch]


def chunks(deployment: Deployment, component: str) -> dict[str, Chunk]:
    found = [parse_chunk(message.body) for message in waiting(deployment, component, "chunks")]
    return {chunk.import_id: chunk for chunk in found}


def imported(deployment: Deployment, component: str, key: str) -> str:
    """Wait for the key's rows; returns the import, which is the only one."""
    until(lambda: bool(imports(deployment, component, key) & chunks(deployment, component).keys()))
    [import_id] = imports(deployment, component, key)
    return import_id


def invocations(deployment: Deployment, component: str) -> int:
    """How many invocations of a component's function read an import, as its log says."""
    [group] = [
        one.id
        for one in deployment.resources
        if (one.type, one.name) == ("aws:cloudwatch/logGroup:LogGroup", f"{component}-process-csv-logs")
    ]
    events = deployment.client("logs").filter_log_events(logGroupName=group)["events"]
    return sum("import read" in event["message"] for event in events)


@pytest.mark.parametrize("component", COMPONENTS)
def test_an_upload_is_imported_by_the_component_whose_prefix_it_is_under(
    deployment: Deployment, component: str
) -> None:
    key = upload(deployment, component, "größe 1+2 100%25.csv")
    import_id = imported(deployment, component, key)
    assert [values for _, values in chunks(deployment, component)[import_id].rows] == [
        {"email": "ada@example.com"}
    ]
    for other in set(COMPONENTS) - {component}:
        assert import_id not in chunks(deployment, other)


def test_an_upload_that_is_notified_of_twice_is_one_import(deployment: Deployment) -> None:
    """By S3 itself, too, which the bucket's owner may turn on beside EventBridge."""
    s3, of = deployment.client("s3"), deployment.outputs["alone"]
    function = deployment.client("lambda").get_function_configuration(FunctionName=of["function"])
    by_notification = {
        "LambdaFunctionArn": function["FunctionArn"],
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "alone/"}]}},
    }
    both = {"EventBridgeConfiguration": {}, "LambdaFunctionConfigurations": [by_notification]}
    s3.put_bucket_notification_configuration(Bucket=of["bucket"], NotificationConfiguration=both)
    before = invocations(deployment, "alone")
    key = upload(deployment, "alone", "twice.csv")
    until(lambda: invocations(deployment, "alone") == before + 2)
    imported(deployment, "alone", key)
    eventbridge: dict[str, Any] = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=of["bucket"], NotificationConfiguration=eventbridge)


def redrive(deployment: Deployment, component: str) -> Redrive:
    of = deployment.outputs[component]
    queue = IngestFailures(deployment.client("lambda"), deployment.client("s3"), of["function"])
    return Redrive(sqs=deployment.client("sqs"), queue_url=of["failures"], queue=queue)


def send_again(deployment: Deployment, component: str, key: str) -> None:
    """Redrive what waits, which is this upload alone."""
    again = redrive(deployment, component)
    survey = again.survey()
    assert list(survey.chosen.values()) == [key]
    again.carry_out(survey, lambda _: None)
    imported(deployment, component, key)
    assert waiting(deployment, component, "failures") == []


def test_an_event_that_the_function_does_not_take_waits_for_a_redrive(deployment: Deployment) -> None:
    functions, name = deployment.client("lambda"), deployment.outputs["one"]["function"]
    [statement] = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
    functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
    key = upload(deployment, "one", "not permitted.csv")
    until(lambda: bool(waiting(deployment, "one", "failures")))
    [message] = waiting(deployment, "one", "failures")
    assert json.loads(message.body)["detail"]["object"]["key"] == key
    assert reason_of(message) == "EventBridge could not invoke the function (NO_PERMISSIONS)"
    send_again(deployment, "one", key)
    rule = statement["Condition"]["ArnLike"]["AWS:SourceArn"]
    granted = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": rule}
    functions.add_permission(FunctionName=name, StatementId=statement["Sid"], **granted)
    imported(deployment, "one", upload(deployment, "one", "permitted.csv"))


def test_an_event_at_which_the_function_fails_waits_for_a_redrive(deployment: Deployment) -> None:
    functions, name = deployment.client("lambda"), deployment.outputs["other"]["function"]
    right: dict[str, Any] = functions.get_function_configuration(FunctionName=name)["Environment"]
    wrong = {"Variables": {**right["Variables"], "IMPORTS_TABLE": "nowhere"}}
    functions.update_function_configuration(FunctionName=name, Environment=wrong)
    key = upload(deployment, "other", "failing.csv")
    until(lambda: bool(waiting(deployment, "other", "failures")), 60)
    functions.update_function_configuration(FunctionName=name, Environment=right)
    [message] = waiting(deployment, "other", "failures")
    assert json.loads(message.body)["requestPayload"]["detail"]["object"]["key"] == key
    send_again(deployment, "other", key)
