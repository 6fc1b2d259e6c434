"""A stack to upload files to, in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

import pytest

from operations import upload_run, watching
from operations.stack import Stack

from .fakes import client_error
from .fakes_s3 import FakeS3
from .stack import FakeStack

SCHEMA = {
    "fields": [
        {"name": "email", "type": "string", "format": "email"},
        {"name": "name", "type": "string"},
    ],
    "primaryKey": "email",
}
HEADER = b"email,name\n"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class UploadS3(FakeS3):
    """S3 as boto3's transfers and HeadObject use it.

    Attributes:
        last_modified: When each object was uploaded; by default at noon.
        refused: Keys that may not be uploaded to.
        on_upload: Called with each key before it is uploaded.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last_modified: dict[str, datetime] = {}
        self.refused: set[str] = set()
        self.on_upload: Callable[[str], None] = lambda _: None

    def upload_fileobj(self, data: BinaryIO, bucket: str, key: str, Callback: Callable[[int], None]) -> None:
        assert bucket == "bucket"
        if key in self.refused:
            raise client_error("AccessDenied", status=403)
        self.on_upload(key)
        sent = data.read()
        sender = threading.Thread(target=Callback, args=[len(sent)])
        sender.start()
        sender.join()
        self.objects[key] = sent

    def get_object(self, **request: Any) -> Any:
        begin = request.pop("Range", "bytes=0-").rpartition("-")[0]
        return super().get_object(Range=f"{begin}-", **request)  # no test has a report that is longer

    def _head(self, Bucket: str, Key: str) -> Any:
        return {**super()._head(Bucket, Key), "LastModified": self.last_modified.get(Key, NOON)}


@dataclass
class UploadStack:
    """A stack's services, and the stack as a command finds it."""

    fake: FakeStack = field(default_factory=FakeStack)
    s3: UploadS3 = field(default_factory=UploadS3)

    @property
    def stack(self) -> Stack:
        """The stack."""
        outputs = {
            **self.fake.stack.outputs,
            **{name: name for name in ("queue_url", "dead_letter_queue_url", "ingest_failure_queue_url")},
            "bucket": "bucket",
            "upload_prefix": "uploads/",
            "schema": SCHEMA,
            "read_options": {"max_rows": 3},
        }
        return Stack("stack dev", " --stack dev", outputs, self.client)

    def client(self, service: str) -> Any:
        """In place of a stack's."""
        return self.s3 if service == "s3" else self.fake.client(service)

    def put_import(self, import_id: str, key: str, started_at: datetime = NOON, **texts: str) -> None:
        """Enter an import of an object, with one row that was rejected."""
        named = {"key": key, "started_at": started_at.isoformat(), "status": "done", "rejects": "r", **texts}
        self.fake.put_import(import_id, read=1, rejected=1)
        entry = self.fake.dynamodb.tables["imports"][import_id, "import"]
        changed = {**entry, **{name: {"S": text} for name, text in named.items()}}
        self.fake.dynamodb.put_item(TableName="imports", Item=changed)


def wait_by(patch: pytest.MonkeyPatch, instead: Callable[[], None]) -> None:
    """Have each wait of an upload's watch do something else."""

    def watch_of(stack: Stack, known: frozenset[str]) -> watching.Watch:
        watch = watching.settlement_watch_of(stack, known)
        watch.sleep = lambda _: instead()
        return watch

    patch.setattr(upload_run, "settlement_watch_of", watch_of)
