"""An upload and what `process_csv` makes of it, with the services in memory."""

import csv
from collections.abc import Callable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from lambdas.core.chunk import Chunk, parse_chunk
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.schema import Schema
from lambdas.core.upload import Upload
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.transform import TransformRow
from lambdas.process_csv.importer import Importer

from .csv_files import USERS
from .fakes import Calls, FakeSqs
from .fakes_dynamodb import FakeDynamoDB
from .fakes_s3 import FakeS3

KEY, QUEUE, TABLE = "uploads/a b.csv", "https://sqs/chunks", "imports"
EXPIRE_DAYS = 400
HEAD = b"email,first_name,last_name\n"


def person(n: int) -> bytes:
    """A row of the file."""
    return b"p%d@example.com,Ann%d,Lee\n" % (n, n)


class ImportScenario:
    """An upload, and the services as its import leaves them."""

    def __init__(
        self,
        data: bytes,
        key: str = KEY,
        schema: Schema = USERS,
        transform_row: TransformRow | None = None,
    ) -> None:
        self.schema = schema
        self.transform_row = transform_row
        self.calls = Calls()
        self.invoked: list[Mapping[str, Any]] = []  # the events that the function invoked itself with
        self.s3, self.sqs = FakeS3(self.calls), FakeSqs(self.calls)
        self.dynamodb = FakeDynamoDB({TABLE: ("import_id", "part")}, self.calls)
        self.s3.objects[key] = data
        self.upload = Upload("bucket", key, FakeS3.etag(data), len(data), "0001")

    def run(
        self,
        rows_per_chunk: int = 100,
        number: int = 0,
        out_of_time: Callable[[], bool] = lambda: False,
        options: ReadOptions = DEFAULT_OPTIONS,
    ) -> dict[str, Any]:
        clients: list[Any] = [self.s3, self.sqs, self.dynamodb]
        s3, sqs, dynamodb = clients
        ledger = ImportLedger(dynamodb, TABLE, EXPIRE_DAYS)
        invoke, transform_row = self.invoked.append, self.transform_row
        importer = Importer(
            s3, sqs, ledger, QUEUE, self.schema, rows_per_chunk, invoke, transform_row, options
        )
        return importer.run(self.upload, number, out_of_time)

    @property
    def chunks(self) -> list[Chunk]:
        """The chunks in the queue, one of each number; those that were sent twice must be the same."""
        chunks: dict[int, Chunk] = {}
        for body in self.sqs.bodies(QUEUE):
            chunk = parse_chunk(body)
            assert chunks.setdefault(chunk.number, chunk) == chunk
        return [chunks[number] for number in sorted(chunks)]

    @property
    def lines(self) -> list[int]:
        return [line for chunk in self.chunks for line, _ in chunk.rows]

    @property
    def entry(self) -> dict[str, Any]:
        """The import's entry in the ledger."""
        item = self.dynamodb.tables[TABLE][self.upload.import_id, "import"]
        return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}

    def report(self, name: str) -> bytes:
        return self.s3.objects[f"reports/{self.upload.key}/{self.upload.import_id}/{name}"]

    @property
    def rejects(self) -> list[list[str]]:
        return list(csv.reader(self.report("rejects.csv").decode("utf-8-sig").splitlines()))[1:]
