"""The embedded AWS by itself: a small program is deployed as declared, and works."""

import json
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.embedded import Deployment, embedded_aws
from local.provider_defaults import with_provider_defaults

from .tiny import program_in, until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with embedded_aws(root=program_in(tmp_path_factory.mktemp("tiny"))) as deployment:
        yield deployment


def received(deployment: Deployment, queue: str) -> list[str]:
    messages = deployment.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [message["Body"] for message in messages.get("Messages", [])]


def upload(deployment: Deployment, key: str, body: bytes) -> None:
    deployment.client("s3").put_object(Bucket=deployment.outputs["bucket"], Key=key, Body=body)


def items(deployment: Deployment) -> set[str]:
    found = deployment.client("dynamodb").scan(TableName=deployment.outputs["table"])["Items"]
    return {item["id"]["S"] for item in found}


def mails_sent(deployment: Deployment) -> int:
    return int(deployment.client("sesv2").get_account()["SendQuota"]["SentLast24Hours"])


def test_everything_is_wired(tiny: Deployment) -> None:
    before = mails_sent(tiny)
    upload(tiny, "in/some names+more.txt", b"ann bob poison cyd")
    assert until(lambda: received(tiny, tiny.outputs["queues"]["dead"])) == ["poison"]
    until(lambda: mails_sent(tiny) == before + 3)
    assert items(tiny) >= {"ann", "bob", "cyd"}


def test_a_failed_invocation_ends_in_the_failure_destination(tiny: Deployment) -> None:
    upload(tiny, "in/bad", b"bad")
    (message,) = until(lambda: received(tiny, tiny.outputs["queues"]["dead"]))
    assert json.loads(message)["requestPayload"]["Records"][0]["s3"]["object"]["key"] == "in/bad"


def test_a_role_may_do_what_its_policy_says_and_no_more(tiny: Deployment) -> None:
    iam = tiny.client("iam")
    (policy,) = [
        one for one in tiny.resources if one.type == "aws:iam/rolePolicy:RolePolicy" and one.name == "read"
    ]
    role, name = policy.id.split(":")
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(nothing))
    try:
        upload(tiny, "in/denied", b"dee")
        until(lambda: received(tiny, tiny.outputs["queues"]["dead"]))
        assert "dee" not in items(tiny)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def test_outputs_are_plain_values(tiny: Deployment) -> None:
    outputs = dict(tiny.outputs)
    assert re.fullmatch(r"uploads-[0-9a-f]{7}", outputs.pop("bucket"))
    assert [name.rsplit("-", 1)[0] for name in outputs.pop("functions")] == ["read", "write", "mail"]
    assert outputs.pop("queues").keys() == {"queue", "dead"}
    assert re.fullmatch(r"items-[0-9a-f]{7}", outputs.pop("table"))
    assert outputs == {
        "settings": {"rows": 3, "words": ["one", "2", 3]},
        "secret": "sender@example.com",
    }


def test_resources_hold_what_the_program_registered(tiny: Deployment) -> None:
    (queue,) = [one for one in tiny.resources if one.type == "aws:sqs/queue:Queue" and one.name == "dead"]
    provider = with_provider_defaults(queue.type, {})
    assert provider["maxMessageSize"] == 262_144
    assert queue.inputs == {**provider, "messageRetentionSeconds": 1209600}
    assert queue.id == tiny.outputs["queues"]["dead"]
    assert len(tiny.resources) == 39


def test_the_bucket_is_as_declared(tiny: Deployment) -> None:
    s3, bucket = tiny.client("s3"), {"Bucket": tiny.outputs["bucket"]}
    (rule,) = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    assert (rule["ID"], rule["Filter"], rule["Expiration"]) == ("a-day", {"Prefix": "in/"}, {"Days": 1})
    encryption = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": False,
        "RestrictPublicBuckets": False,
    }
    ownership = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (cors,) = s3.get_bucket_cors(**bucket)["CORSRules"]
    assert (cors["AllowedOrigins"], cors["MaxAgeSeconds"]) == (["https://a.example"], 9)
    assert s3.get_bucket_tagging(**bucket)["TagSet"] == [{"Key": "of", "Value": "tiny"}]


def test_queue_and_table_are_as_declared(tiny: Deployment) -> None:
    sqs, dynamodb = tiny.client("sqs"), tiny.client("dynamodb")
    url = tiny.outputs["queues"]["queue"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "5"
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 1
    name = {"TableName": tiny.outputs["table"]}
    table = dynamodb.describe_table(**name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    (index,) = table["GlobalSecondaryIndexes"]
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["kind", "id"]
    ttl = dynamodb.describe_time_to_live(**name)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("expires", "ENABLED")
    backups = dynamodb.describe_continuous_backups(**name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_functions_and_mappings_are_as_declared(tiny: Deployment) -> None:
    functions = tiny.client("lambda")
    name = tiny.outputs["functions"][0]
    found = functions.get_function_configuration(FunctionName=name)
    assert (found["State"], found["MemorySize"], found["Timeout"]) == ("Active", 256, 5)
    assert found["Architectures"] == ["arm64"]
    assert found["Environment"]["Variables"] == {"QUEUE_URL": tiny.outputs["queues"]["queue"]}
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    assert sorted(mapping["State"] for mapping in mappings) == ["Enabled", "Enabled"]
    invocation = functions.get_function_event_invoke_config(FunctionName=name)
    assert invocation["MaximumRetryAttempts"] == 0
    statements = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
    invokers = sorted(statement["Principal"]["Service"] for statement in statements)
    assert invokers == ["events.amazonaws.com", "s3.amazonaws.com"]


def test_the_rest_is_as_declared(tiny: Deployment) -> None:
    (alarm,) = tiny.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["Dimensions"][0]["Name"] == "QueueName"
    assert tiny.client("cloudwatch").get_dashboard(DashboardName="tiny")["DashboardBody"] == '{"widgets": []}'
    groups = tiny.client("logs").describe_log_groups()["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {7}
    ses = tiny.client("sesv2")
    destinations = ses.get_configuration_set_event_destinations(ConfigurationSetName="mails")
    assert destinations["EventDestinations"][0]["MatchingEventTypes"] == ["BOUNCE"]
    subscriptions = tiny.client("sns").list_subscriptions()["Subscriptions"]
    assert [one["Protocol"] for one in subscriptions] == ["sqs"]


def test_the_schedule_is_as_declared(tiny: Deployment) -> None:
    events = tiny.client("events")
    (rule,) = events.list_rules()["Rules"]
    assert re.fullmatch(r"daily-[0-9a-f]{7}", rule["Name"])
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 day)", "ENABLED")
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].endswith(tiny.outputs["functions"][0])
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}


def test_it_listens_on_no_address_but_one(tiny: Deployment) -> None:
    port = int(tiny.endpoint.rsplit(":", 1)[1])
    with pytest.raises(OSError, match=r"refused|assign"):  # a listener on 0.0.0.0 would answer
        socket.create_connection(("127.0.0.2", port), timeout=2)


def test_the_repositorys_program_is_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another folder, in a process that has other things in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with embedded_aws(settings={"rowsPerChunk": "7"}) as deployment:
        name = deployment.outputs["functions"]["process_csv"]
        found = deployment.client("lambda").get_function_configuration(FunctionName=name)
        assert found["Environment"]["Variables"]["ROWS_PER_CHUNK"] == "7"
    assert list(tmp_path.iterdir()) == []
