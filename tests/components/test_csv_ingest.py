import json

import pytest

from components import CsvIngest

from .answers import ACCOUNT, arn
from .recording import Recording, record
from .samples import BUCKET_ARN, LEDGER_ARN, ingest_args

S3 = "s3/bucket{0}:Bucket{0}"
BUCKET = arn("s3/bucket:Bucket", "in-bucket")


@pytest.fixture(scope="module")
def alone() -> Recording:
    return record(lambda: CsvIngest("in", ingest_args()))


@pytest.fixture(scope="module")
def with_others() -> Recording:
    bucket = {"name": "files", "arn": BUCKET_ARN}
    ledger = {"name": "books", "arn": LEDGER_ARN}
    return record(lambda: CsvIngest("in", ingest_args(bucket=bucket, import_ledger=ledger)))


def test_is_whole_when_alone(alone: Recording) -> None:
    assert alone.inputs("dynamodb/table:Table", "in-imports")["hashKey"] == "import_id"
    assert alone.component_outputs["in"]["bucket"] == {"name": "in-bucket", "arn": BUCKET}
    assert alone.component_outputs["in"]["function_name"] == "in-process-csv"


def test_the_bucket_is_private_and_encrypted(alone: Recording) -> None:
    assert alone.inputs(S3.format("PublicAccessBlock"), "in-bucket-public-access") == {
        "bucket": "in-bucket",
        **dict.fromkeys(("blockPublicAcls", "blockPublicPolicy"), True),
        **dict.fromkeys(("ignorePublicAcls", "restrictPublicBuckets"), True),
    }
    kind = S3.format("ServerSideEncryptionConfiguration")
    (rule,) = alone.inputs(kind, "in-bucket-encryption")["rules"]
    assert rule == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ownership = alone.inputs(S3.format("OwnershipControls"), "in-bucket-ownership")
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_the_bucket_takes_tls_only(alone: Recording) -> None:
    policy = alone.one(S3.format("Policy"), "in-bucket-policy")
    assert json.loads(policy.inputs["policy"])["Statement"] == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [BUCKET, f"{BUCKET}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    assert "in-bucket-public-access" in policy.dependencies


def test_the_bucket_forgets(alone: Recording) -> None:
    rules = alone.inputs(S3.format("LifecycleConfiguration"), "in-bucket-lifecycle")["rules"]
    assert rules == [
        {"id": "uploads", "status": "Enabled", "filter": {"prefix": "uploads/"}, "expiration": {"days": 1}},
        {
            "id": "continuations",
            "status": "Enabled",
            "filter": {"prefix": "continuations/"},
            "expiration": {"days": 1},
        },
        {"id": "reports", "status": "Enabled", "filter": {"prefix": "reports/"}, "expiration": {"days": 30}},
        {
            "id": "unfinished",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 15},
        },
    ]


def test_no_web_page_may_upload_unless_its_origin_is_named(alone: Recording) -> None:
    assert alone.all(S3.format("CorsConfiguration")) == []
    origins = ["https://app.example.com", "http://localhost:3000"]
    named = record(lambda: CsvIngest("in", ingest_args(cors_origins=origins)))
    (rule,) = named.inputs(S3.format("CorsConfiguration"), "in-bucket-cors")["corsRules"]
    assert rule == {"allowedMethods": ["POST"], "allowedOrigins": origins, "allowedHeaders": ["*"]}


def test_one_notification_after_its_permission(alone: Recording) -> None:
    (notification,) = alone.all(S3.format("Notification"))
    assert notification.name == "in-upload-notification"
    before = {"in-upload-permission", "in-process-csv-continue", "in-process-csv-recursion"}
    assert before <= set(notification.dependencies)
    assert notification.inputs == {
        "bucket": "in-bucket",
        "lambdaFunctions": [
            {
                "lambdaFunctionArn": arn("lambda/function:Function", "in-process-csv"),
                "events": ["s3:ObjectCreated:*"],
                "filterPrefix": "uploads/",
            }
        ],
        "eventbridge": False,
    }


def test_the_permission_is_tied_to_account_and_bucket(alone: Recording) -> None:
    assert alone.inputs("lambda/permission:Permission", "in-upload-permission") == {
        "action": "lambda:InvokeFunction",
        "function": "in-process-csv",
        "principal": "s3.amazonaws.com",
        "sourceArn": BUCKET,
        "sourceAccount": ACCOUNT,
    }


def test_events_that_fail_are_kept(alone: Recording) -> None:
    kind = "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    assert alone.inputs(kind, "in-process-csv-async") == {
        "functionName": "in-process-csv",
        "maximumRetryAttempts": 2,
        "maximumEventAgeInSeconds": 6 * 60 * 60,
        "destinationConfig": {"onFailure": {"destination": arn("sqs/queue:Queue", "in-failures")}},
    }


def test_only_process_csv_may_invoke_itself_however_often(alone: Recording) -> None:
    (allowed,) = alone.all("lambda/functionRecursionConfig:FunctionRecursionConfig")
    assert allowed.inputs == {"functionName": "in-process-csv", "recursiveLoop": "Allow"}


def test_takes_resources_that_exist(with_others: Recording) -> None:
    assert with_others.all("dynamodb/table:Table") == []
    assert [r.kind for r in with_others.resources if r.kind.startswith("aws:s3/")] == [
        "aws:s3/bucketNotification:BucketNotification"
    ]
    assert with_others.inputs(S3.format("Notification"), "in-upload-notification")["bucket"] == "files"
    statements = with_others.statements("in-process-csv-policy")
    assert statements["ReadUploads"][1] == {f"{BUCKET_ARN}/uploads/*"}
    assert statements["KeepBooks"][1] == {LEDGER_ARN}


def test_settings_arrive() -> None:
    topic = "arn:aws:sns:eu-central-1:123456789012:alarms"
    given = ingest_args(
        upload_prefix="in/csv/",
        encoding="windows-1252",
        max_columns=50.0,
        max_rows=1_000.0,
        max_bytes=2e9,
        max_row_bytes=4096.0,
        rows_per_chunk=10.0,  # as other languages' programs send whole numbers
        uploads_expire_days=2.0,
        reports_expire_days=3,
        function={"timeout_seconds": 300, "memory_mb": 512, "log_retention_days": 7.0},
        alarm_actions=[topic],
        protect_data=True,
    )
    recorded = record(lambda: CsvIngest("in", given))
    function = recorded.inputs("lambda/function:Function", "in-process-csv")
    assert (function["timeout"], function["memorySize"]) == (300, 512)
    variables = function["environment"]["variables"]
    assert variables["ROWS_PER_CHUNK"] == "10"
    assert json.loads(variables["READ_OPTIONS"]) == {
        "encoding": "windows-1252",
        "max_columns": 50,
        "max_rows": 1000,
        "max_bytes": 2_000_000_000,
        "max_row_bytes": 4096,
    }
    assert recorded.statements("in-process-csv-policy")["ReadUploads"][1] == {f"{BUCKET}/in/csv/*"}
    rules = recorded.inputs(S3.format("LifecycleConfiguration"), "in-bucket-lifecycle")["rules"]
    assert [rule.get("expiration") for rule in rules] == [{"days": 2}, {"days": 2}, {"days": 3}, None]
    for alarm in recorded.all("cloudwatch/metricAlarm:MetricAlarm"):
        assert alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == [topic]
    assert recorded.inputs("dynamodb/table:Table", "in-imports")["deletionProtectionEnabled"] is True
