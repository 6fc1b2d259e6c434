"""Uploading files, each as an import of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from boto3.exceptions import S3UploadFailedError

from operations.errors import OperationError
from operations.imports import Import

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
