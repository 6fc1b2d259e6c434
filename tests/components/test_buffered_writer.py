import json

import pytest

from components import BufferedWriter, defaults

from .answers import arn, queue_url
from .recording import Recording, record
from .samples import LEDGER_ARN, QUEUE_ARN, TABLE_ARN, writer_args

QUEUE, TABLE = "sqs/queue:Queue", "dynamodb/table:Table"
MAPPING = "lambda/eventSourceMapping:EventSourceMapping"


@pytest.fixture(scope="module")
def alone() -> Recording:
    return record(lambda: BufferedWriter("w", writer_args()))


@pytest.fixture(scope="module")
def with_others() -> Recording:
    args = writer_args(
        queue={"url": queue_url("chunks"), "arn": QUEUE_ARN},
        table={"name": "people", "arn": TABLE_ARN},
        import_ledger={"name": "books", "arn": LEDGER_ARN},
    )
    return record(lambda: BufferedWriter("w", args))


def test_messages_stay_hidden_for_six_times_the_functions_timeout(alone: Recording) -> None:
    queue = alone.inputs(QUEUE, "w-queue")
    timeout = alone.inputs("lambda/function:Function", "w-insert-records")["timeout"]
    window = alone.inputs(MAPPING, "w-insert-records-mapping")["maximumBatchingWindowInSeconds"]
    assert queue["visibilityTimeoutSeconds"] == 6 * timeout + window == 600


def test_the_visibility_follows_the_timeout() -> None:
    recorded = record(lambda: BufferedWriter("w", writer_args(function={"timeout_seconds": 900})))
    assert recorded.inputs(QUEUE, "w-queue")["visibilityTimeoutSeconds"] == 5400


def test_what_fails_is_kept_for_longer_than_it_may_have_waited(alone: Recording) -> None:
    queue, dead = alone.inputs(QUEUE, "w-queue"), alone.inputs(QUEUE, "w-dead-letters")
    assert json.loads(queue["redrivePolicy"]) == {
        "deadLetterTargetArn": arn(QUEUE, "w-dead-letters"),
        "maxReceiveCount": 5,
    }
    assert dead["messageRetentionSeconds"] == 14 * 24 * 60 * 60
    assert queue["messageRetentionSeconds"] < dead["messageRetentionSeconds"]


def test_every_queue_takes_messages_as_large_as_chunks_are(alone: Recording) -> None:
    assert {queue.inputs["maxMessageSize"] for queue in alone.all(QUEUE)} == {1_048_576}


def test_queues_are_encrypted_and_take_tls_only(alone: Recording) -> None:
    queues = alone.all(QUEUE)
    assert {queue.name for queue in queues} == {"w-queue", "w-dead-letters"}
    for queue in queues:
        assert queue.inputs["sqsManagedSseEnabled"] is True
        policy = alone.inputs("sqs/queuePolicy:QueuePolicy", f"{queue.name}-policy")
        assert policy["queueUrl"] == queue_url(queue.name)
        (statement,) = json.loads(policy["policy"])["Statement"]
        assert statement == {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": [arn(QUEUE, queue.name)],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }


def test_the_table(alone: Recording) -> None:
    assert alone.inputs(TABLE, "w-table") == {
        "billingMode": "PAY_PER_REQUEST",
        "attributes": [{"name": "email", "type": "S"}],
        "hashKey": "email",
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
        "pointInTimeRecovery": {"enabled": True},
        "serverSideEncryption": {"enabled": True},
        "deletionProtectionEnabled": False,
    }


def test_the_import_ledger(alone: Recording) -> None:
    ledger = alone.inputs(TABLE, "w-imports")
    assert (ledger["hashKey"], ledger["rangeKey"]) == ("import_id", "part")
    assert ledger["globalSecondaryIndexes"] == [
        {
            "name": "by_key",
            "keySchemas": [
                {"attributeName": "key", "keyType": "HASH"},
                {"attributeName": "started_at", "keyType": "RANGE"},
            ],
            "projectionType": "ALL",
        },
        {
            "name": "by_open",
            "keySchemas": [
                {"attributeName": "open", "keyType": "HASH"},
                {"attributeName": "started_at", "keyType": "RANGE"},
            ],
            "projectionType": "KEYS_ONLY",
        },
    ]
    # DynamoDB refuses attributes that are no key of anything.
    assert {a["name"] for a in ledger["attributes"]} == {
        "import_id",
        "part",
        "key",
        "open",
        "started_at",
    }
    assert "streamEnabled" not in ledger
    assert ledger["ttl"] == {"attributeName": "expires_at", "enabled": True}


def test_the_mapping_takes_back_single_messages(alone: Recording) -> None:
    assert alone.inputs(MAPPING, "w-insert-records-mapping") == {
        "eventSourceArn": arn(QUEUE, "w-queue"),
        "functionName": arn("lambda/function:Function", "w-insert-records"),
        "batchSize": 10,
        "maximumBatchingWindowInSeconds": 0,
        "functionResponseTypes": ["ReportBatchItemFailures"],
        "scalingConfig": {"maximumConcurrency": defaults.INSERT_RECORDS_CONCURRENCY},
        "enabled": True,
    }


def test_takes_resources_that_exist(with_others: Recording) -> None:
    assert with_others.all(TABLE) == []
    assert [queue.name for queue in with_others.all(QUEUE)] == ["w-dead-letters"]
    assert with_others.inputs(MAPPING, "w-insert-records-mapping")["eventSourceArn"] == QUEUE_ARN
    statements = with_others.statements("w-insert-records-policy")
    assert statements["ReceiveChunks"][1] == {QUEUE_ARN}
    assert statements["WriteRecords"][1] == {TABLE_ARN}
    assert statements["KeepBooks"][1] == {LEDGER_ARN}
    age = with_others.inputs("cloudwatch/metricAlarm:MetricAlarm", "w-queue-age")
    assert age["dimensions"] == {"QueueName": "chunks"}
    assert with_others.component_outputs["w"]["stream_arn"] == "people/stream"


def test_settings_arrive() -> None:
    given = writer_args(
        key="number",
        key_type="N",
        max_receive_count=7.0,
        maximum_concurrency=2.0,
        function={"timeout_seconds": 75.0, "memory_mb": 256.0},
        protect_data=True,
    )
    recorded = record(lambda: BufferedWriter("w", given))
    assert recorded.inputs(TABLE, "w-table")["attributes"] == [{"name": "number", "type": "N"}]
    assert json.loads(recorded.inputs(QUEUE, "w-queue")["redrivePolicy"])["maxReceiveCount"] == 7
    function = recorded.inputs("lambda/function:Function", "w-insert-records")
    assert (function["timeout"], function["memorySize"]) == (75, 256)
    assert function["environment"]["variables"]["MAX_RECEIVE_COUNT"] == "7"
    assert recorded.inputs(MAPPING, "w-insert-records-mapping")["scalingConfig"] == {"maximumConcurrency": 2}
    assert {t.name for t in recorded.all(TABLE) if t.retain} == {"w-table", "w-imports"}
