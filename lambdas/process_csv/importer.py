"""One upload, from its bytes to chunks in the queue, its reports, and its entry in the import ledger."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..aws.clients import TIME_OUTS
from ..aws.sqs import Message, send
from ..core.clock import now
from ..core.import_entries import (
    ATTEMPT,
    CHECKPOINT,
    CONTINUATION,
    ENDED_EARLY,
    KEY,
    READ_OPTIONS,
    ROW_COUNTS,
    ROWS_PER_CHUNK,
    STARTED_AT,
    UPLOADED_BY,
    ImportStatus,
)
from ..core.import_ledger import ImportLedger
from ..core.schema import Schema
from ..core.upload import Upload, continuation_event
from ..csvfile.decode import SourceError
from ..csvfile.findings import Findings
from ..csvfile.header import ImportRejectedError
from ..csvfile.options import DEFAULT_OPTIONS, ReadOptions
from ..csvfile.transform import TransformRow
from .checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from .reading import Reading
from .reports import put_summary, report_key
from .s3_object import ImportInterruptedError, object_pieces

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# So many calls wait for SQS beside each other: enough that the rows never do, few enough to hold a megabyte
# each, and a connection.
BATCHES_AT_ONCE = TIME_OUTS["sqs"].connections


@dataclass(frozen=True)
class Importer:
    """Imports uploads into a queue; `invoke` invokes the same function again with an event.

    `transform_row` is the user's function that changes rows, if there is one;
    `options` say how files are read.
    """

    s3: "S3Client"
    sqs: "SQSClient"
    ledger: ImportLedger
    queue_url: str
    schema: Schema
    rows_per_chunk: int
    invoke: Callable[[Mapping[str, Any]], None]
    transform_row: TransformRow | None = None
    options: ReadOptions = DEFAULT_OPTIONS

    def run(self, upload: Upload, number: int, out_of_time: Callable[[], bool]) -> dict[str, Any]:
        """Import the upload, or reject it as a whole. May be repeated at any time.

        Args:
            upload: The upload.
            number: Which continuation of its import this is; 0 begins it.
            out_of_time: Whether the rest of the file must be left to another continuation.

        Returns:
            The import's summary, or its entry in the ledger where it is over already or not over yet.

        Raises:
            ImportInterruptedError: this attempt cannot see what an earlier one has seen.
        """
        attempt = uuid.uuid4().hex
        entry = self._claim(upload, number, attempt)
        if entry["status"] != ImportStatus.READING or _continuation(entry) > number:
            self._invoke_next(upload, number + 1, entry)  # who handed it over may have ended before that
            return entry
        first = entry[ATTEMPT] == attempt
        if not first and not self.ledger.mark_repeated(upload.import_id):
            raise ImportInterruptedError("another attempt ends the import early, where its object was gone")
        try:
            reading = self._open(upload, entry, first=first)
        except ImportRejectedError as rejected:
            return self._reject(upload, number, entry, str(rejected))
        while checkpoint := self._read(reading, out_of_time):
            if handed_over := self._hand_over(upload, number + 1, checkpoint):
                return handed_over
        return self._finish(upload, entry, reading.finish())

    def _claim(self, upload: Upload, number: int, attempt: str) -> dict[str, Any]:
        if not number:
            first = {"bucket": upload.bucket, KEY: upload.key, "size": upload.size, STARTED_AT: now()}
            first |= {
                ROWS_PER_CHUNK: self.rows_per_chunk,
                READ_OPTIONS: self.options.dump(),
                ATTEMPT: attempt,
            }
            first |= {UPLOADED_BY: upload.uploaded_by} if upload.uploaded_by else {}
            return self.ledger.begin(upload.import_id, first)
        entry = self.ledger.claim_continuation(upload.import_id, number, attempt)
        if _continuation(entry) < number:
            raise ImportInterruptedError(
                f"the import ledger has no continuation {number} of the import {upload.import_id}: upload the"
                " file again (rows that were imported are not imported twice)"
            )
        return entry

    def _open(self, upload: Upload, entry: Mapping[str, Any], *, first: bool) -> Reading:
        def gone(reason: str) -> Exception:
            # Every attempt must see the file as the others did, or the counts would not agree.
            alone = first and self.ledger.end_early(upload.import_id)
            return SourceError(reason) if alone else ImportInterruptedError(reason)

        def open_at(at: int) -> Iterator[bytes]:
            return object_pieces(self.s3, upload, gone=gone, at=at)

        key = entry.get(CHECKPOINT)
        checkpoint = load_checkpoint(self.s3, upload, key) if key else None
        # A repetition reads the file, and cuts it, as the first attempt did.
        rows_per_chunk, options = int(entry[ROWS_PER_CHUNK]), ReadOptions.parse(entry[READ_OPTIONS])
        return Reading.start(
            self.s3, upload, open_at, self.schema, rows_per_chunk, checkpoint, self.transform_row, options
        )

    def _reject(self, upload: Upload, number: int, entry: Mapping[str, Any], reason: str) -> dict[str, Any]:
        if number:
            raise ImportInterruptedError(f"the schema changed while the file was read: {reason}") from None
        counts = dict.fromkeys((*ROW_COUNTS, "chunks"), 0)
        return self._finish(upload, entry, {"status": ImportStatus.REJECTED, "reason": reason, **counts})

    def _read(self, reading: Reading, out_of_time: Callable[[], bool]) -> Checkpoint | None:
        """Send the rows on; returns where it stopped, if that was before the file's end."""
        checkpoint = None

        def bodies() -> Iterator[str]:
            nonlocal checkpoint
            for full in reading.bodies():
                yield from full
                if out_of_time() and (checkpoint := reading.checkpoint):
                    return

        # All of them, or there is no checkpoint.
        send(self.sqs, self.queue_url, map(Message, bodies()), at_once=BATCHES_AT_ONCE)
        return checkpoint

    def _hand_over(self, upload: Upload, number: int, checkpoint: Checkpoint) -> dict[str, Any] | None:
        """Leave the rest to continuation `number`, unless this attempt is to end the import early.

        Returns:
            The import's entry; None if this attempt is to end it.
        """
        key = save_checkpoint(self.s3, upload, checkpoint)
        entry = self.ledger.hand_over(upload.import_id, number, key)
        if ENDED_EARLY in entry and _continuation(entry) < number:
            return None
        self._invoke_next(upload, number, entry)
        return entry

    def _invoke_next(self, upload: Upload, number: int, entry: Mapping[str, Any]) -> None:
        """Invoke continuation `number`, if the import has come to it, and no attempt has begun it.

        One that has begun is repeated by Lambda, so that to invoke once more would only do its work twice.
        """
        here = _continuation(entry) == number and entry["status"] == ImportStatus.READING
        if here and ATTEMPT not in entry:
            self.invoke(continuation_event(upload, number))

    def _finish(self, upload: Upload, entry: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        at = {"import": upload.import_id, "bucket": upload.bucket, "key": upload.key, "size": upload.size}
        at |= {UPLOADED_BY: entry.get(UPLOADED_BY)}
        summary = {**at, **result, STARTED_AT: entry[STARTED_AT], "finished_at": now()}
        key = report_key(upload.key, upload.import_id, "summary.json")
        put_summary(self.s3, upload.bucket, key, summary)
        # The ledger's entry must fit an item, whatever the file holds.
        left_out = {*at, "unknown_columns", "nearest_columns"}
        ledger_entry = {name: value for name, value in summary.items() if name not in left_out}
        ledger_entry |= Findings.parse(summary).short().as_json()
        self.ledger.finish(upload.import_id, {**ledger_entry, "summary": key}, summary)
        return summary


def _continuation(entry: Mapping[str, Any]) -> int:
    """Returns which continuation an import has come to; 0 in the first part of its file."""
    return int(entry.get(CONTINUATION, 0))
