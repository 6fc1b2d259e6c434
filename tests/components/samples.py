"""Arguments that are right, to be changed one thing at a time."""

from typing import Any

from components import BufferedWriterArgs, CsvIngestArgs, FunctionArgs, StreamNotifierArgs

from .answers import ACCOUNT, REGION, queue_url

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "email", "type": "string", "format": "email", "constraints": {"required": True}},
        {"name": "first_name", "type": "string", "constraints": {"maxLength": 100}},
    ],
    "primaryKey": "email",
}
QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:chunks"
STREAM_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/people/stream/2026"
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/people"
LEDGER_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/books"
LEDGER = {"name": "books", "arn": LEDGER_ARN, "bookkeeper_role_name": "bookkeeper"}
BUCKET_ARN = "arn:aws:s3:::files"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
IDENTITY_ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LOG_KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/5678abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
LAYER_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:extras:3"
# Everything that can be said of how a function runs.
FUNCTION: FunctionArgs = {
    "memory_mb": 512,
    "timeout_seconds": 300,
    "architecture": "x86_64",
    "environment": {"TEAM": "people"},
    "layers": [LAYER_ARN],
    "vpc": {"subnet_ids": ["subnet-1", "subnet-2"], "security_group_ids": ["sg-1"]},
    "kms_key_arn": KEY_ARN,
    "permissions_boundary_arn": BOUNDARY_ARN,
    "tracing": "Active",
    "reserved_concurrency": 10,
    "log_retention_days": 7,
    "log_kms_key_arn": LOG_KEY_ARN,
}


def ingest_args(**changes: Any) -> CsvIngestArgs:
    """CsvIngest's required arguments."""
    args: Any = {"schema": SCHEMA, "queue": {"url": queue_url("chunks"), "arn": QUEUE_ARN}, **changes}
    return args  # type: ignore[no-any-return]


def writer_args(**changes: Any) -> BufferedWriterArgs:
    """BufferedWriter's required arguments."""
    args: Any = {"key": "email", **changes}
    return args  # type: ignore[no-any-return]


def notifier_args(**changes: Any) -> StreamNotifierArgs:
    """StreamNotifier's required arguments."""
    mail = {"subject": "Welcome", "text": "Hello {{first_name}}", "html": "<p>Hello {{first_name}}</p>"}
    args: Any = {"stream_arn": STREAM_ARN, "sender": "Us <us@example.com>", "mail": mail, **changes}
    return args  # type: ignore[no-any-return]
