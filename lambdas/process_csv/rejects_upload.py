"""The rejects report on its way to S3, in parts."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..aws.limits import S3_PART_BYTES
from ..csvfile.validate import Reject
from .reports import RejectsWriter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class ReportProgress:
    """How far the report has come: rejects written, parts sent in a multipart upload, bytes yet to send."""

    count: int = 0
    upload_id: str = ""
    etags: list[str] = field(default_factory=list)
    waiting: str = ""  # in Base64


class RejectsUpload:
    """Streams a rejects report to S3; makes no object when there are no rejects.

    Parts are cut at the same bytes always, so invocations that go on from one checkpoint send the same parts.
    """

    def __init__(
        self, s3: "S3Client", bucket: str, key: str, writer: RejectsWriter, progress: ReportProgress
    ) -> None:
        self._s3 = s3
        self._at: Any = {"Bucket": bucket, "Key": key}
        self._type: Any = {"ContentType": "text/csv; charset=utf-8"}
        self._writer = writer
        self._waiting = bytearray(base64.b64decode(progress.waiting))
        self._upload_id = progress.upload_id
        self._etags = list(progress.etags)
        self._complete = False
        self.count = progress.count
        if self.count:
            writer.take()  # the header, which was sent

    @property
    def progress(self) -> ReportProgress:
        """How far it has come."""
        waiting = base64.b64encode(self._waiting).decode()
        return ReportProgress(self.count, self._upload_id, list(self._etags), waiting)

    def add(self, rejects: list[Reject]) -> None:
        """Write rejects; sends a part when there is one to send."""
        if not rejects:
            return
        self.count += len(rejects)
        self._writer.add(rejects)
        self._waiting += self._writer.take()
        while len(self._waiting) >= S3_PART_BYTES:
            self._send_part(bytes(self._waiting[:S3_PART_BYTES]))
            del self._waiting[:S3_PART_BYTES]

    def close(self) -> str | None:
        """Finish the report; returns its key, or None if there was nothing to report."""
        if not self.count:
            return None
        if not self._upload_id:
            self._s3.put_object(Body=bytes(self._waiting), **self._at, **self._type)
            return str(self._at["Key"])
        if self._waiting:
            self._send_part(bytes(self._waiting))
        parts: Any = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(self._etags, 1)]
        self._while_open(
            lambda: self._s3.complete_multipart_upload(
                UploadId=self._upload_id, MultipartUpload={"Parts": parts}, **self._at
            )
        )
        return str(self._at["Key"])

    def _send_part(self, data: bytes) -> None:
        if not self._upload_id:
            self._upload_id = self._s3.create_multipart_upload(**self._at, **self._type)["UploadId"]
        number = len(self._etags) + 1
        part = self._while_open(
            lambda: self._s3.upload_part(UploadId=self._upload_id, PartNumber=number, Body=data, **self._at)
        )
        self._etags.append(part.get("ETag", ""))

    def _while_open(self, call: Callable[[], Any]) -> Any:
        """Returns what the call answers; nothing if another invocation has completed the same report."""
        if self._complete:
            return {}
        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
            # Or S3 has given up an upload that was left for too long; then there is no report.
            self._s3.head_object(**self._at)
            self._complete = True
            return {}
