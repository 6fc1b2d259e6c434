"""Uploading files, each as an import of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from .errors import OperationError
from .imports import Import
from .standard_input import File

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def upload(
    s3: "S3Client", bucket: str, files: Mapping[str, File], on_bytes: Callable[[int], None] | None = None
) -> list[Import]:
    """Upload the files, in order, each to its key; a large one in parts.

    An interruption leaves nothing of a file that is not whole: the parts that were sent are taken back.
    https://docs.aws.amazon.com/boto3/latest/reference/services/s3/client/upload_fileobj.html

    Args:
        s3: The client.
        bucket: The uploads bucket.
        files: The files by their keys.
        on_bytes: Called with how many bytes more were sent; those sent again count less than none.

    Raises:
        OperationError: a file could not be read or stored.
    """
    imports = [Import(str(file), key) for key, file in files.items()]
    for key, file in files.items():
        try:
            with file.open("rb") as data:
                s3.upload_fileobj(data, bucket, key, Callback=on_bytes)
        except (OSError, BotoCoreError, ClientError) as error:
            raise OperationError(f"{file} could not be uploaded: {error}") from None
    return imports


def split_repeated_files(files: Sequence[File]) -> list[list[File]]:
    """Returns the files in order, cut so that one given again goes up when its first import is done.

    Else the two would share the rows between them, in any proportion.
    """
    cut: list[list[File]] = [[]]
    for file in files:
        if file in cut[-1]:
            cut.append([])
        cut[-1].append(file)
    return cut
