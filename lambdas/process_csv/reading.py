"""A file on its way through: read, packed into chunks, its rejects reported; it can stop between two rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.import_entries import ImportStatus
from ..core.schema import Schema
from ..core.upload import Upload
from ..csvfile.csv_file import CsvFile, open_csv, reopen_csv
from ..csvfile.findings import Findings
from ..csvfile.options import DEFAULT_OPTIONS, ReadOptions
from ..csvfile.reason_counts import ReasonCounts
from ..csvfile.repeated_keys import KeySearch
from ..csvfile.transform import TransformRow
from .checkpoint import Checkpoint
from .packer import ChunkPacker, Packed
from .rejects_upload import RejectsUpload, ReportProgress
from .reports import RejectsWriter, report_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Reading:
    """A file that is being read, and how far that has come."""

    file: CsvFile
    packer: ChunkPacker
    rejects: RejectsUpload
    reasons: ReasonCounts
    keys: KeySearch

    @classmethod
    def start(
        cls,
        s3: "S3Client",
        upload: Upload,
        open_at: Callable[[int], Iterator[bytes]],
        schema: Schema,
        rows_per_chunk: int,
        checkpoint: Checkpoint | None,
        transform_row: TransformRow | None = None,
        options: ReadOptions = DEFAULT_OPTIONS,
    ) -> "Reading":
        """Read an upload from its beginning, or from a checkpoint on.

        Args:
            s3: The client for the report.
            upload: The upload.
            open_at: Returns its bytes from one on.
            schema: What its rows must be.
            rows_per_chunk: The most rows of a chunk.
            checkpoint: Where to read on.
            transform_row: The user's function that changes them.
            options: How it is read.

        Raises:
            ImportRejectedError: the file as a whole cannot be imported.
        """
        if checkpoint:
            packed, sent = checkpoint.packed, checkpoint.sent
            reasons, keys = ReasonCounts(checkpoint.reasons), KeySearch(checkpoint.repeated_keys)
            file = reopen_csv(
                upload.key,
                open_at,
                schema,
                checkpoint.bookmark,
                transform_row,
                options=options,
                rows_before=packed.rows + sent.count,
            )
        else:
            packed, sent = Packed(), ReportProgress()
            reasons, keys = ReasonCounts(), KeySearch()
            file = open_csv(upload.key, open_at(0), schema, transform_row, options=options, size=upload.size)
        key = report_key(upload.key, upload.import_id, "rejects.csv")
        writer = RejectsWriter(file.header, file.delimiter)
        packer = ChunkPacker(upload.import_id, rows_per_chunk, packed)
        return cls(file, packer, RejectsUpload(s3, upload.bucket, key, writer, sent), reasons, keys)

    def bodies(self) -> Iterator[list[str]]:
        """Returns the bodies of chunks that became full, block after block of rows, and of the last chunk."""
        for parsed in self.file:
            self.rejects.add(parsed.rejects)
            self.reasons.add(parsed.rejects)
            self.keys.add(parsed.lines, parsed.keys)
            yield list(self.packer.add(parsed.accepted))
        yield list(self.packer.last())

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where it has come to; None where it cannot stop."""
        bookmark = self.file.bookmark
        if not bookmark:
            return None
        packed, sent = self.packer.packed, self.rejects.progress
        return Checkpoint(bookmark, packed, sent, self.reasons.counts, self.keys.found)

    def finish(self) -> dict[str, Any]:
        """Finish the report of the rejects; returns what the import came to."""
        found = Findings.of(self.file.header, self.reasons, self.keys)
        return {
            "status": ImportStatus.DONE,
            "reason": None,
            "read": self.packer.rows + self.rejects.count,
            "accepted": self.packer.rows,
            "rejected": self.rejects.count,
            "chunks": self.packer.chunks,
            "rejects": self.rejects.close(),
            **found.as_json(),
            "unknown_columns": self.file.header.unknown,
            "nearest_columns": self.file.header.nearest,
        }
