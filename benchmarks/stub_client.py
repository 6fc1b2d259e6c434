"""The handlers over a stub in place of every boto3 client, which answers at once, or as soon as AWS does."""

import io
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.response import StreamingBody

from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail, from_stream
from lambdas.core.mail_gate import MailGate
from lambdas.core.mail_ledger import MailLedger
from lambdas.core.mail_template import MailTemplate
from lambdas.core.schema import parse_schema
from lambdas.core.upload import Upload
from lambdas.csvfile.options import ReadOptions
from lambdas.csvfile.transform import TransformRow
from lambdas.insert_records.inserter import Inserter
from lambdas.insert_records.writer import find_written, put_if_absent
from lambdas.process_csv.importer import Importer
from lambdas.send_email.delivery import Delivery
from lambdas.send_email.ses_sender import SesSender
from local.root import ROOT

from .aws_times import METHOD_SECONDS

USERS, IMPORTS, MAILS = "users", "imports", "mails"
SENDER, CONFIGURATION_SET = "welcome@example.com", "mails"
ROWS_PER_CHUNK = 100
# The largest file has more rows and bytes than one may have by default.
_READ_OPTIONS = ReadOptions(max_rows=10**9, max_bytes=10**12)
_SCHEMA = parse_schema(json.loads((ROOT / "schemas" / "users.json").read_text()))
_MAIL = ROOT / "mails" / "welcome"
_TIME_ENOUGH = 900.0
_EXPIRE_DAYS = 400


@dataclass
class StubClient:
    """A client of any service.

    Attributes:
        body: the object that GetObject returns.
        record: whether to keep the calls.
        waits: whether a call takes as long as AWS takes (`aws_times.py`).
        calls: the operations, by boto3's method names, and their parameters.
    """

    body: Any = None
    record: bool = True
    waits: bool = False
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> Any:
            if self.waits:
                time.sleep(METHOD_SECONDS[operation])
            if self.record:
                self.calls.append((operation, parameters))
            return self._answer(operation, parameters)

        return call

    def _answer(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        if operation == "get_object":
            return {"Body": StreamingBody(self.body, None)}  # type: ignore[arg-type]  # it may be unknown
        if operation == "create_multipart_upload":
            return {"UploadId": "upload"}
        if operation == "send_bulk_email":
            sent = {"Status": "SUCCESS", "MessageId": "0" * 60}
            return {"BulkEmailEntryResults": [sent] * len(parameters["BulkEmailEntries"])}
        if operation == "batch_execute_statement":
            return {"Responses": [{"TableName": MAILS}] * len(parameters["Statements"])}
        if operation == "batch_get_item":  # nothing that was read stands in the way
            return {"Responses": {}}
        # As if nothing else stood in the item.
        written = parameters.get("ExpressionAttributeValues", {})
        return {"Attributes": {name.removeprefix(":"): value for name, value in written.items()}}


def import_file(
    name: str, body: Any, client: StubClient, transform_row: TransformRow | None = None
) -> dict[str, Any]:
    """Have process_csv import a file; returns its summary."""
    services: Any = client
    client.body = body
    importer = Importer(
        services,
        services,
        ImportLedger(services, IMPORTS, _EXPIRE_DAYS),
        "queue",
        _SCHEMA,
        ROWS_PER_CHUNK,
        lambda _: None,
        transform_row,
        options=_READ_OPTIONS,
    )
    return importer.run(Upload("bucket", f"uploads/{name}", "etag", 1, "1"), 0, lambda: False)


def chunks_of(data: bytes) -> list[str]:
    """The messages that process_csv makes of a file."""
    client = StubClient()
    import_file("people.csv", io.BytesIO(data), client)
    return [
        entry["MessageBody"]
        for operation, parameters in client.calls
        if operation == "send_message_batch"
        for entry in parameters["Entries"]
    ]


def inserter_over(client: StubClient) -> Inserter:
    """What insert_records handles chunks with."""
    services: Any = client
    write = put_if_absent(services, USERS, "email")
    find = find_written(services, USERS, "email")
    return Inserter(
        services, ImportLedger(services, IMPORTS, _EXPIRE_DAYS), write, find, "email", "dead-letters", False
    )


def _ses_sender(client: StubClient) -> SesSender:
    services: Any = client
    parts = {"subject": "subject.txt", "text": "body.txt", "html": "body.html"}
    template = MailTemplate.parse(**{part: (_MAIL / file).read_text() for part, file in parts.items()})
    return SesSender(services, template, SENDER, CONFIGURATION_SET, "email")


def delivery_over(client: StubClient) -> Delivery:
    """What send_email delivers mails with."""
    services: Any = client
    ledger = MailLedger(services, MAILS, ImportLedger(services, IMPORTS, _EXPIRE_DAYS), _EXPIRE_DAYS)
    return Delivery(_ses_sender(client), ledger, MailGate(services, MAILS), claim_seconds=300)


def deliver(client: StubClient, mails: Sequence[Mail]) -> None:
    """Have send_email deliver mails."""
    delivery_over(client).deliver(mails, lambda: _TIME_ENOUGH)


def stream_records(chunk: str) -> list[dict[str, Any]]:
    """What the stream has of a chunk's records."""
    client = StubClient()
    inserter_over(client).insert(chunk)
    writes = [parameters for name, parameters in client.calls if name == "batch_execute_statement"]
    items = [_inserted(statement) for write in writes for statement in write["Statements"]]
    return [
        {"eventName": "INSERT", "dynamodb": {"Keys": {"email": item["email"]}, "NewImage": item}}
        for item in items
    ]


def _inserted(statement: Mapping[str, Any]) -> dict[str, Any]:
    names = re.findall(r"'(\w+)':\?", statement["Statement"])
    return dict(zip(names, statement["Parameters"], strict=True))


def mails_of(chunk: str) -> list[Mail]:
    """The mails that a chunk's records are owed."""
    columns = _ses_sender(StubClient()).columns
    return [mail for record in stream_records(chunk) if (mail := from_stream(record, columns))]
