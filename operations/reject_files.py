"""Rejects reports, written where the person is."""

import contextlib
import filecmp
import shutil
import uuid
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.aws.errors import code_of

from .errors import OperationError, UsageError
from .import_reader import find_named
from .imports import Import
from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SUFFIXES = (".gz", ".csv")


def save_rejects(s3: "S3Client", bucket: str, one: Import, folder: Path) -> Path | None:
    """Write an import's rejected rows as `<name>.rejects.csv`, whole or not at all.

    What is in the folder stays as it is: beside a file of that name with other content the report becomes
    `<name>.rejects-2.csv`, and where a file of the same content is, it is that one.

    Args:
        s3: The client.
        bucket: The uploads bucket.
        one: The import.
        folder: Where to write.

    Returns:
        The file; None if no row was rejected.

    Raises:
        OperationError: it cannot be written there.
    """
    if not one.rejects:
        return None
    with _downloaded(s3, bucket, one, folder) as part:
        return _named(part, folder, one.key.rpartition("/")[2])


def save_rejects_as(s3: "S3Client", bucket: str, one: Import, path: Path) -> Path | None:
    """Write an import's rejected rows to a file of this path, whole or not at all.

    Args:
        s3: The client.
        bucket: The uploads bucket.
        one: The import.
        path: Where to write.

    Returns:
        The file; None if no row was rejected.

    Raises:
        UsageError: it is there already.
        OperationError: it cannot be written there.
    """
    if not one.rejects:
        return None
    with _downloaded(s3, bucket, one, path.parent) as part:
        try:
            path.open("xb").close()
        except FileExistsError:
            raise UsageError(f"{path} is there already, and stays: name another file.") from None
        return part.replace(path)


def default_name(one: Import) -> str:
    """Returns what a file of an import's rejected rows is called, where that is free."""
    return next(_names(one.key.rpartition("/")[2]))


def download_rejects(stack: Stack, name: str, path: Path | None) -> tuple[Import, Path | None]:
    """Write the rejected rows of an import of a stack.

    Args:
        stack: Where the import is.
        name: The import's id, or the key of an object that has one import.
        path: Where to write; by default into the current folder, where a file that is there stays.

    Returns:
        The import, and the file; None if no row was rejected.

    Raises:
        UsageError: there is no such import, or several; or the file of that path is there already.
        OperationError: the rows are not there yet, or have expired, or cannot be written.
    """
    one = find_named(stack, name)
    if not one.read_to_the_end:
        raise OperationError(
            f"the rejected rows of {one.key} are there once it was read to its end, and it is {one.status}:"
            f" `rowrelay status --import {one.id}{stack.option}` says more"
        )
    s3, bucket = stack.client("s3"), stack.outputs["bucket"]
    file = save_rejects_as(s3, bucket, one, path) if path else save_rejects(s3, bucket, one, Path())
    return one, file


@contextlib.contextmanager
def _downloaded(s3: "S3Client", bucket: str, one: Import, folder: Path) -> Iterator[Path]:
    """Yields a file in the folder with the rejected rows, which is gone after that unless it was renamed."""
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        with part.open("xb") as file:
            shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=str(one.rejects))["Body"], file)
        yield part
    except ClientError as error:
        if code_of(error) != "NoSuchKey":
            raise
        raise OperationError(
            f"the rejected rows of {one.file} have expired: s3://{bucket}/{one.rejects} is there no more"
        ) from None
    except OSError as error:
        raise OperationError(
            f"the rejected rows of {one.file} could not be written to a file here ({error.strerror});"
            f" they are in s3://{bucket}/{one.rejects}"
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _named(part: Path, folder: Path, upload: str) -> Path:
    """Give a file the first name that is free, unless a file has its content already; returns that."""
    for path in (folder / name for name in _names(upload)):
        try:
            path.open("xb").close()  # so that no other process takes the name
        except FileExistsError:
            if path.is_file() and filecmp.cmp(part, path, shallow=False):
                return path
        else:
            return part.replace(path)
    raise AssertionError  # there are names without end


def _names(upload: str) -> Iterator[str]:
    stem = upload
    for suffix in _SUFFIXES:
        if stem.lower().endswith(suffix):
            stem = stem[: -len(suffix)]
    yield f"{stem}.rejects.csv"
    yield from (f"{stem}.rejects-{number}.csv" for number in count(2))
