import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from botocore.exceptions import ClientError

from operations.errors import OperationError
from operations.standard_input import StandardInput
from operations.uploads import split_repeated_files, upload


class FakeS3:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.uploads: list[tuple[bytes, str, str]] = []

    def upload_fileobj(
        self, data: BinaryIO, bucket: str, key: str, Callback: Callable[[int], None] | None
    ) -> None:
        if self.error:
            raise self.error
        sent = data.read()
        self.uploads.append((sent, bucket, key))
        if Callback:
            Callback(len(sent))


def test_every_file_goes_to_its_key_in_order(tmp_path: Path) -> None:
    s3: Any = FakeS3()
    file = tmp_path / "a.csv"
    file.write_bytes(b"a")
    piped = StandardInput(io.BytesIO(b"b"))
    imports = upload(s3, "bucket", {"uploads/1/a.csv": file, "uploads/2/stdin.csv": piped})
    assert s3.uploads == [(b"a", "bucket", "uploads/1/a.csv"), (b"b", "bucket", "uploads/2/stdin.csv")]
    assert [(one.file, one.key, one.status) for one in imports] == [
        (str(file), "uploads/1/a.csv", "waiting"),
        ("stdin.csv", "uploads/2/stdin.csv", "waiting"),
    ]


def test_how_many_bytes_were_sent_is_told() -> None:
    s3: Any = FakeS3()
    told: list[int] = []
    upload(s3, "bucket", {"uploads/stdin.csv": StandardInput(io.BytesIO(b"abc"))}, told.append)
    assert told == [3]


DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "denied"}}, "PutObject")


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), DENIED])
def test_a_file_that_cannot_be_uploaded_is_named(error: Exception) -> None:
    s3: Any = FakeS3(error)
    with pytest.raises(OperationError, match=r"^stdin\.csv could not be uploaded: "):
        upload(s3, "bucket", {"uploads/1/stdin.csv": StandardInput(io.BytesIO())})
    with pytest.raises(OperationError, match=r"^none\.csv could not be uploaded: .*No such file"):
        upload(s3, "bucket", {"uploads/1/none.csv": Path("none.csv")})


def test_a_file_given_again_waits_for_its_first_import() -> None:
    a, b = Path("a.csv"), Path("b.csv")
    assert split_repeated_files([a, b, a, a, b]) == [[a, b], [a], [a, b]]
