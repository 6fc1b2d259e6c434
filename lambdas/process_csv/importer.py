"""One upload, from its bytes to chunks in the queue, its reports, and its entry in the import ledger."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..aws.sqs import Message, send
from ..core.clock import now
from ..core.import_entries import KEY, STARTED_AT, ImportStatus
from ..core.import_ledger import ImportLedger
from ..core.schema import Schema
from ..core.upload import Upload, continuation_event
from ..csvfile.decode import SourceError
from ..csvfile.header import ImportRejectedError
from .checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from .reading import Reading
from .reports import put_summary, report_key
from .s3_object import ImportInterruptedError, object_pieces

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# Enough for one SendMessageBatch, whatever the chunks' size.
_MESSAGES_HELD = 10


@dataclass(frozen=True)
class Importer:
    """Imports uploads into a queue; `invoke` invokes the same function again with an event."""

    s3: "S3Client"
    sqs: "SQSClient"
    ledger: ImportLedger
    queue_url: str
    schema: Schema
    rows_per_chunk: int
    invoke: Callable[[Mapping[str, Any]], None]

    def run(self, upload: Upload, number: int, out_of_time: Callable[[], bool]) -> dict[str, Any]:
        """Import the upload, or reject it as a whole. May be repeated at any time.

        Args:
            upload: The upload.
            number: Which continuation of its import this is; 0 begins it.
            out_of_time: Whether time is short, so that the rest of the file is left to another continuation.

        Returns:
            The import's summary, or its entry in the ledger where it is over already or not over yet.

        Raises:
            ImportInterruptedError: this attempt cannot see what an earlier one has seen.
        """
        attempt = uuid.uuid4().hex
        standing = self._claim(upload, number, attempt)
        if standing["status"] != ImportStatus.READING or _continuation(standing) > number:
            self._invoke_next(upload, number + 1, standing)  # whoever left it there may have died before
            return standing
        first = standing["attempt"] == attempt
        if not first and not self.ledger.mark_repeated(upload.import_id):
            raise ImportInterruptedError("another attempt ends the import early, where its object was gone")
        try:
            reading = self._open(upload, standing, first=first)
        except ImportRejectedError as rejected:
            if number:
                raise ImportInterruptedError(
                    f"the schema changed while the file was read: {rejected}"
                ) from None
            counts = dict.fromkeys(("read", "accepted", "rejected", "chunks"), 0)
            result = {"status": ImportStatus.REJECTED, "reason": str(rejected), **counts}
            return self._finish(upload, standing, result)
        while checkpoint := self._read(reading, out_of_time):
            if left := self._hand_over(upload, number + 1, checkpoint):
                return left
        return self._finish(upload, standing, reading.finish())

    def _claim(self, upload: Upload, number: int, attempt: str) -> dict[str, Any]:
        if not number:
            entry = {"bucket": upload.bucket, KEY: upload.key, "size": upload.size, STARTED_AT: now()}
            entry |= {"rows_per_chunk": self.rows_per_chunk, "attempt": attempt}
            return self.ledger.begin(upload.import_id, entry)
        standing = self.ledger.claim_continuation(upload.import_id, number, attempt)
        if _continuation(standing) < number:
            raise ImportInterruptedError(
                f"the import ledger has no continuation {number} of the import {upload.import_id}: upload the"
                " file again (rows that were imported are not imported twice)"
            )
        return standing

    def _open(self, upload: Upload, standing: Mapping[str, Any], *, first: bool) -> Reading:
        def gone(reason: str) -> Exception:
            # Every attempt must see the file as the others did, or the counts would not agree.
            alone = first and self.ledger.end_early(upload.import_id)
            return SourceError(reason) if alone else ImportInterruptedError(reason)

        def open_at(at: int) -> Iterator[bytes]:
            return object_pieces(self.s3, upload, gone, at)

        key = standing.get("checkpoint")
        checkpoint = load_checkpoint(self.s3, upload, key) if key else None
        # A repetition cuts the file as the first attempt did.
        rows_per_chunk = int(standing["rows_per_chunk"])
        return Reading.start(self.s3, upload, open_at, self.schema, rows_per_chunk, checkpoint)

    def _read(self, reading: Reading, out_of_time: Callable[[], bool]) -> Checkpoint | None:
        """Send the rows on; gives where it stopped, if that was before the file's end."""
        bodies: list[str] = []
        checkpoint = None
        for full in reading.bodies():
            bodies += full
            if out_of_time() and (checkpoint := reading.checkpoint):
                break
            if len(bodies) >= _MESSAGES_HELD:
                self._send(bodies)
                bodies = []
        self._send(bodies)
        return checkpoint

    def _send(self, bodies: list[str]) -> None:
        send(self.sqs, self.queue_url, map(Message, bodies))

    def _hand_over(self, upload: Upload, number: int, checkpoint: Checkpoint) -> dict[str, Any] | None:
        """Leave the rest to continuation `number`; nothing if this attempt ends the import early."""
        key = save_checkpoint(self.s3, upload, checkpoint)
        standing = self.ledger.hand_over(upload.import_id, number, key)
        if "ended_early" in standing and _continuation(standing) < number:
            return None
        self._invoke_next(upload, number, standing)
        return standing

    def _invoke_next(self, upload: Upload, number: int, standing: Mapping[str, Any]) -> None:
        """Have continuation `number` begin, if that is where the import stands, and nobody has begun it.

        Whoever has begun it is repeated by Lambda, so that to invoke once more would only do its work twice.
        """
        here = _continuation(standing) == number and standing["status"] == ImportStatus.READING
        if here and "attempt" not in standing:
            self.invoke(continuation_event(upload, number))

    def _finish(self, upload: Upload, standing: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        at = {"import": upload.import_id, "bucket": upload.bucket, "key": upload.key, "size": upload.size}
        summary = {**at, **result, STARTED_AT: standing[STARTED_AT], "finished_at": now()}
        key = report_key(upload.key, upload.import_id, "summary.json")
        put_summary(self.s3, upload.bucket, key, summary)
        # The ledger's entry must fit an item, whatever the header holds.
        left_out = {*at, "unknown_columns"}
        ledger_entry = {name: value for name, value in summary.items() if name not in left_out}
        self.ledger.finish(upload.import_id, {**ledger_entry, "summary": key})
        return summary


def _continuation(standing: Mapping[str, Any]) -> int:
    """Which continuation an import stands at; 0 in the first part of its file."""
    return int(standing.get("continuation", 0))
