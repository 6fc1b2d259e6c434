"""Rejects reports, written where the person is."""

import filecmp
import shutil
import uuid
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import OperationError
from .imports import Import

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
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        with part.open("xb") as file:
            shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=one.rejects)["Body"], file)
        return _named(part, folder, one.key.rpartition("/")[2])
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
