"""Uploading files, each as an import of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from boto3.exceptions import S3UploadFailedError

from .errors import OperationError
from .imports import Import

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def upload(s3: "S3Client", bucket: str, files: Mapping[str, Path]) -> list[Import]:
    """Upload the files, in order, each to its key.

    Raises:
        OperationError: a file could not be read or stored.
    """
    imports = [Import(str(file), key) for key, file in files.items()]
    for one in imports:
        try:
            s3.upload_file(one.file, bucket, one.key)
        except (OSError, S3UploadFailedError) as error:
            raise OperationError(f"{one.file} could not be uploaded: {error}") from None
    return imports


def split_repeated_files(files: Sequence[Path]) -> list[list[Path]]:
    """Returns the files in order, cut so that one given again goes up when its first import is done.

    Else the two would share the rows between them, in any proportion.
    """
    cut: list[list[Path]] = [[]]
    for file in files:
        if file in cut[-1]:
            cut.append([])
        cut[-1].append(file)
    return cut
