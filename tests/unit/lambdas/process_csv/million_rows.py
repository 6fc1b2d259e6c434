"""Imports a file of a million rows, made while it is read, and prints what came of it: for test_memory.py.

A process of its own, for its peak of memory is to be the import's alone.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from benchmarks.memory import peak_bytes
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.schema import parse_schema
from lambdas.core.upload import Upload
from lambdas.process_csv.importer import Importer

ROWS = 1_000_000
_STEP = 1000
_SCHEMA = Path(__file__).parents[4] / "schemas" / "users.json"


class Body(Protocol):
    """What an upload's bytes are read from."""

    def iter_chunks(self, size: int) -> Iterator[bytes]: ...


class _Body:
    def __init__(self) -> None:
        self.size = 0

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        waiting = b"email,first_name,last_name,company,plan,joined_on\n"
        for start in range(1, ROWS + 1, _STEP):
            waiting += b"".join(map(_row, range(start, start + _STEP)))
            while len(waiting) >= size:
                self.size += size
                yield waiting[:size]
                waiting = waiting[size:]
        self.size += len(waiting)
        yield waiting


def _row(n: int) -> bytes:
    # One in a hundred is a reject.
    at = b"@" if n % 100 else b"#"
    return b'user%07d%sexample.com,First%d,Last%d,"Company, Number %d",team,2024-01-%02d\n' % (
        n,
        at,
        n,
        n,
        n,
        n % 28 + 1,
    )


class _Services:
    """S3, SQS and DynamoDB that answer at once."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.report_bytes = 0
        self.batches: list[int] = []  # by threads beside each other

    def get_object(self, **_: Any) -> Any:
        return {"Body": self.body}

    def put_object(self, **request: Any) -> Any:
        self.report_bytes += len(request["Body"])

    def upload_part(self, **request: Any) -> Any:
        self.report_bytes += len(request["Body"])
        return {"ETag": '"etag"'}

    def create_multipart_upload(self, **_: Any) -> Any:
        return {"UploadId": "id"}

    def complete_multipart_upload(self, **_: Any) -> Any:
        return {}

    def send_message_batch(self, **request: Any) -> Any:
        self.batches.append(len(request["Entries"]))
        return {}

    def put_item(self, **_: Any) -> Any:
        return {}

    def invoke(self, _: Any) -> None:
        raise AssertionError("there is time enough")

    def update_item(self, **_: Any) -> Any:
        return {}


def run(name: str, body: Body) -> dict[str, Any]:
    """Import an upload; returns its outcome, and what was sent."""
    services: Any = _Services(body)
    schema = parse_schema(json.loads(_SCHEMA.read_text(encoding="utf-8")))
    ledger = ImportLedger(services, "imports", 400)
    importer = Importer(services, services, ledger, "queue", schema, 100, services.invoke)
    summary = importer.run(Upload("bucket", f"uploads/{name}", "etag", 1, "1"), 0, lambda: False)
    outcome = {name: summary[name] for name in ("status", "read", "accepted", "rejected", "chunks")}
    return {**outcome, "messages": sum(services.batches)}


def main() -> None:
    body = _Body()
    outcome = run("million.csv", body)
    print(json.dumps({**outcome, "peak": peak_bytes(), "bytes": body.size}))


if __name__ == "__main__":
    main()
