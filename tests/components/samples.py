"""Arguments that are right, to be changed one thing at a time."""

from typing import Any

from components import BufferedWriterArgs, CsvIngestArgs, StreamNotifierArgs

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
BUCKET_ARN = "arn:aws:s3:::files"
IDENTITY_ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"


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
