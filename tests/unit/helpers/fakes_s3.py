"""S3 as process_csv sees it, in memory; `test_s3_object.py` and `test_importer.py` make it fail."""

import hashlib
import io
import itertools
from functools import lru_cache
from typing import Any

from botocore.response import StreamingBody

from .fakes import Calls, Fake, client_error

_LEAST_PART_BYTES = 5 * 1024 * 1024


class BrokenStream(io.BytesIO):
    """A connection that raises an error where the data ends."""

    def __init__(self, data: bytes, error: BaseException) -> None:
        super().__init__(data)
        self._error = error

    def read(self, amt: int | None = -1, /) -> bytes:
        data = super().read(amt)
        if not data:
            raise self._error
        return data


class FakeS3(Fake):
    """One bucket's objects by key.

    `breaks`: after how many bytes each of the next connections breaks, and the error; None: the data ends
    there, as it does when the other side hangs up.
    """

    def __init__(self, calls: Calls | None = None) -> None:
        super().__init__(calls)
        self.objects: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.breaks: list[tuple[int, BaseException | None]] = []
        self._parts: dict[str, dict[int, bytes]] = {}
        self._ids = itertools.count()

    @staticmethod
    @lru_cache(maxsize=2)
    def etag(data: bytes) -> str:
        """As an event has it, without quotes."""
        return hashlib.md5(data, usedforsecurity=False).hexdigest()

    def get_object(self, **request: Any) -> Any:
        return self._call("get_object", lambda: self._get(**request), request)

    def head_object(self, **request: Any) -> Any:
        return self._call("head_object", lambda: self._head(**request), request)

    def put_object(self, **request: Any) -> Any:
        return self._call("put_object", lambda: self._put(**request), request)

    def create_multipart_upload(self, **request: Any) -> Any:
        return self._call("create_multipart_upload", lambda: self._create(**request), request)

    def upload_part(self, **request: Any) -> Any:
        return self._call("upload_part", lambda: self._part(**request), request)

    def complete_multipart_upload(self, **request: Any) -> Any:
        return self._call("complete_multipart_upload", lambda: self._complete(**request), request)

    def _get(self, Bucket: str, Key: str, IfMatch: str = "", Range: str = "bytes=0-") -> Any:
        assert Bucket
        if Key not in self.objects:
            raise client_error("NoSuchKey", status=404)
        data = self.objects[Key]
        if IfMatch and IfMatch != f'"{self.etag(data)}"':
            raise client_error("PreconditionFailed", status=412)
        start = int(Range.removeprefix("bytes=").removesuffix("-"))
        if start >= len(data):
            raise client_error("InvalidRange", status=416)
        left = data[start:]
        stream: Any = io.BytesIO(left)
        if IfMatch and self.breaks:
            length, error = self.breaks.pop(0)
            stream = BrokenStream(left[:length], error) if error else io.BytesIO(left[:length])
        return {"Body": StreamingBody(stream, len(left))}

    def _head(self, Bucket: str, Key: str) -> Any:
        assert Bucket
        if Key not in self.objects:
            raise client_error("404", status=404)
        return {"ETag": f'"{self.etag(self.objects[Key])}"', "Metadata": self.metadata.get(Key, {})}

    def _put(
        self,
        Bucket: str,
        Key: str,
        Body: bytes,
        ContentType: str,
        Metadata: dict[str, str] | None = None,
        IfMatch: str = "",
        IfNoneMatch: str = "",
    ) -> Any:
        """A write on condition; `IfNoneMatch` is "*", the only value that S3 takes.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
        """
        assert Bucket
        assert len(Key.encode()) <= 1024
        assert IfNoneMatch in ("", "*")
        if IfMatch and Key not in self.objects:
            raise client_error("NoSuchKey", status=404)
        there = f'"{self.etag(self.objects[Key])}"' if Key in self.objects else ""
        if (IfMatch and IfMatch != there) or (IfNoneMatch and there):
            raise client_error("PreconditionFailed", status=412)
        self.objects[Key], self.types[Key], self.metadata[Key] = Body, ContentType, Metadata or {}
        return {}

    def _create(self, Bucket: str, Key: str, ContentType: str) -> Any:
        assert Bucket
        self.types[Key] = ContentType
        upload_id = f"upload-{next(self._ids)}"
        self._parts[upload_id] = {}
        return {"UploadId": upload_id}

    def _part(self, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes) -> Any:
        assert Bucket
        assert Key
        self._upload(UploadId)[PartNumber] = Body
        return {"ETag": f'"{self.etag(Body)}"'}

    def _complete(self, Bucket: str, Key: str, UploadId: str, MultipartUpload: Any) -> Any:
        assert Bucket
        stored = self._upload(UploadId)
        bodies = [stored[part["PartNumber"]] for part in MultipartUpload["Parts"]]
        assert [part["ETag"] for part in MultipartUpload["Parts"]] == [f'"{self.etag(b)}"' for b in bodies]
        if any(len(body) < _LEAST_PART_BYTES for body in bodies[:-1]):
            raise client_error("EntityTooSmall")
        self.objects[Key] = b"".join(bodies)
        del self._parts[UploadId]
        return {}

    def _upload(self, upload_id: str) -> dict[int, bytes]:
        if upload_id not in self._parts:
            raise client_error("NoSuchUpload", status=404)
        return self._parts[upload_id]
