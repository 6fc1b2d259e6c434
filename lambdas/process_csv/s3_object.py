"""An S3 object's bytes, to the end, over broken connections, and of one version only."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError

from ..aws.backoff import pause
from ..aws.rowrelay_error import RowrelayError
from ..core.upload import Upload
from ..csvfile.decode import PIECE_BYTES, SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ATTEMPTS = 5
_NOTHING_LEFT = "InvalidRange"  # the object is empty, or was read to its end
_GONE = {
    "NoSuchKey": "the object was deleted before it was read to its end",
    "PreconditionFailed": "the object was overwritten before it was read to its end",
}


class ImportInterruptedError(RowrelayError):
    """An attempt cannot read what another has read, or may be reading."""


def object_pieces(
    s3: "S3Client", upload: Upload, *, gone: Callable[[str], Exception] = SourceError, at: int = 0
) -> Iterator[bytes]:
    """Returns the upload's bytes, as long as the object is still that version.

    Args:
        s3: The client.
        upload: The upload.
        gone: Makes the error that is raised if it is not, of the reason.
        at: The first byte.

    Raises:
        SourceError: the object was deleted or overwritten.
    """
    failures = 0
    while True:
        try:
            for piece in _open(s3, upload, at):
                yield piece
                at += len(piece)
                failures = 0
        except (HTTPClientError, IncompleteReadError):
            failures += 1
            if failures == _ATTEMPTS:
                raise
            pause(failures)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                raise gone(_GONE[code]) from None
            if code != _NOTHING_LEFT:
                raise
            return
        else:
            return


def _open(s3: "S3Client", upload: Upload, at: int) -> Iterator[bytes]:
    # The ETag is quoted in HTTP, and bare in the event.
    answer = s3.get_object(
        Bucket=upload.bucket, Key=upload.key, IfMatch=f'"{upload.etag}"', Range=f"bytes={at}-"
    )
    return answer["Body"].iter_chunks(PIECE_BYTES)
