"""One upload, from its bytes to chunks in the queue, its reports, and its entry in the import ledger."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..shared.chunk import MAX_CHUNK_BYTES, chunk_body
from ..shared.clock import now
from ..shared.import_ledger import DONE, READING, REJECTED, ImportLedger
from ..shared.queue import Message, send
from ..shared.schema import Schema
from .events import Upload
from .header import ImportRejected
from .parse import CsvFile
from .reports import RejectsUpload, RejectsWriter, put_summary, report_key
from .s3_object import ImportInterrupted, object_pieces
from .source import SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# Enough for one SendMessageBatch, whatever the chunks' size.
_MESSAGES_HELD = 10


@dataclass(frozen=True)
class Importer:
    """Imports uploads into a queue."""

    s3: "S3Client"
    sqs: "SQSClient"
    ledger: ImportLedger
    queue_url: str
    schema: Schema
    rows_per_chunk: int

    def run(self, upload: Upload) -> dict[str, Any]:
        """Import the upload, or reject it as a whole; gives its summary. May be repeated at any time."""
        entry = {"bucket": upload.bucket, "key": upload.key, "size": upload.size, "started_at": now()}
        entry |= {"rows_per_chunk": self.rows_per_chunk, "attempt": uuid.uuid4().hex}
        standing = self.ledger.begin(upload.import_id, entry)
        if standing["status"] != READING:
            return standing
        first = standing["attempt"] == entry["attempt"]
        if not first:
            self.ledger.repeat(upload.import_id)

        def gone(reason: str) -> Exception:
            # Every attempt must see the file as the others did, or the counts would not agree.
            alone = first and self.ledger.end_early(upload.import_id)
            return SourceError(reason) if alone else ImportInterrupted(reason)

        try:
            # For the same reason a repetition cuts the file as the first attempt did.
            result = self._import(upload, int(standing["rows_per_chunk"]), gone)
        except ImportRejected as rejected:
            counts = dict.fromkeys(("read", "accepted", "rejected", "chunks"), 0)
            result = {"status": REJECTED, "reason": str(rejected), **counts}
        return self._finish(upload, standing["started_at"], result)

    def _import(
        self, upload: Upload, rows_per_chunk: int, gone: Callable[[str], Exception]
    ) -> dict[str, Any]:
        file = CsvFile(upload.key, object_pieces(self.s3, upload, gone), self.schema)
        rejects = RejectsUpload(
            self.s3,
            upload.bucket,
            report_key(upload.key, upload.import_id, "rejects.csv"),
            RejectsWriter(file.header, file.delimiter),
        )
        packer = ChunkPacker(upload.import_id, rows_per_chunk)
        bodies: list[str] = []
        for parsed in file:
            rejects.add(parsed.rejects)
            bodies += packer.add(parsed.accepted)
            if len(bodies) >= _MESSAGES_HELD:
                send(self.sqs, self.queue_url, map(Message, bodies))
                bodies = []
        send(self.sqs, self.queue_url, map(Message, [*bodies, *packer.rest()]))
        return {
            "status": DONE,
            "reason": None,
            "read": packer.rows + rejects.count,
            "accepted": packer.rows,
            "rejected": rejects.count,
            "chunks": packer.chunks,
            "rejects": rejects.close(),
            "unknown_columns": file.header.unknown,
        }

    def _finish(self, upload: Upload, started_at: str, result: dict[str, Any]) -> dict[str, Any]:
        at = {"import": upload.import_id, "bucket": upload.bucket, "key": upload.key, "size": upload.size}
        summary = {**at, **result, "started_at": started_at, "finished_at": now()}
        key = report_key(upload.key, upload.import_id, "summary.json")
        put_summary(self.s3, upload.bucket, key, summary)
        # The ledger's entry must fit an item, whatever the header holds.
        left_out = {*at, "unknown_columns"}
        ledger_entry = {name: value for name, value in summary.items() if name not in left_out}
        self.ledger.finish(upload.import_id, {**ledger_entry, "summary": key})
        return summary


class ChunkPacker:
    """Cuts rows into chunks: so many rows each, fewer where they are large; numbered from 1."""

    def __init__(self, import_id: str, rows_per_chunk: int) -> None:
        self._import_id = import_id
        self._limit = rows_per_chunk
        self._texts: list[str] = []
        self._bytes = 0
        self._frame = len(chunk_body(import_id, 10**9, []))
        self.rows = 0
        self.chunks = 0

    def add(self, texts: Iterable[str]) -> Iterator[str]:
        """Take rows (ASCII JSON texts); gives the bodies of chunks that became full."""
        for text in texts:
            if self._texts and self._frame + self._bytes + len(text) + 1 > MAX_CHUNK_BYTES:
                yield self._body()
            self._texts.append(text)
            self._bytes += len(text) + 1
            self.rows += 1
            if len(self._texts) == self._limit:
                yield self._body()

    def rest(self) -> Iterator[str]:
        """The last chunk, if there are rows left for one."""
        if self._texts:
            yield self._body()

    def _body(self) -> str:
        self.chunks += 1
        body = chunk_body(self._import_id, self.chunks, self._texts)
        self._texts, self._bytes = [], 0
        return body
