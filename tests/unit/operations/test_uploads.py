from pathlib import Path
from typing import Any

import pytest
from boto3.exceptions import S3UploadFailedError

from operations.errors import OperationError
from operations.uploads import split_repeated_files, upload


class FakeS3:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.uploads: list[tuple[str, str, str]] = []

    def upload_file(self, file: str, bucket: str, key: str) -> None:
        if self.error:
            raise self.error
        self.uploads.append((file, bucket, key))


def test_every_file_goes_to_its_key_in_order() -> None:
    s3: Any = FakeS3()
    imports = upload(s3, "bucket", {"uploads/1/a.csv": Path("x/a.csv"), "uploads/2/b.csv": Path("b.csv")})
    assert s3.uploads == [("x/a.csv", "bucket", "uploads/1/a.csv"), ("b.csv", "bucket", "uploads/2/b.csv")]
    assert [(one.file, one.key, one.status) for one in imports] == [
        ("x/a.csv", "uploads/1/a.csv", "waiting"),
        ("b.csv", "uploads/2/b.csv", "waiting"),
    ]


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file"), S3UploadFailedError("denied")])
def test_a_file_that_cannot_be_uploaded_is_named(error: Exception) -> None:
    s3: Any = FakeS3(error)
    with pytest.raises(OperationError, match=r"^b\.csv could not be uploaded: "):
        upload(s3, "bucket", {"uploads/1/b.csv": Path("b.csv")})


def test_a_file_given_again_waits_for_its_first_import() -> None:
    a, b = Path("a.csv"), Path("b.csv")
    assert split_repeated_files([a, b, a, a, b]) == [[a, b], [a], [a, b]]
