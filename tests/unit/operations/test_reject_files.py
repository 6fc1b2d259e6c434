"""Rejects reports, written into a folder."""

import os
from pathlib import Path
from typing import Any

import pytest

from operations.errors import OperationError
from operations.imports import Import
from operations.reject_files import save_rejects

from ..helpers.fakes_s3 import FakeS3

REPORT = b"id,_line,_reason,_row\r\n,2,why,\r\n"


def save(folder: Path, name: str = "users.csv", report: bytes | None = REPORT) -> Path | None:
    """Write the report of an upload of this name."""
    s3: Any = FakeS3()
    rejects = "reports/rejects.csv" if report else None
    if report:
        s3.objects[rejects] = report
    return save_rejects(s3, "bucket", Import(f"some/{name}", f"uploads/1/{name}", rejects=rejects), folder)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("users.csv", "users.rejects.csv"),
        ("People (1).CSV.gz", "People (1).rejects.csv"),
        ("users.csv.rejects.csv", "users.csv.rejects.rejects.csv"),
        ("люди.csv", "люди.rejects.csv"),
    ],
)
def test_a_report_is_written_under_the_name_of_its_file(tmp_path: Path, name: str, written: str) -> None:
    assert save(tmp_path, name) == tmp_path / written
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {written: REPORT}


def test_without_rejects_nothing_is_written(tmp_path: Path) -> None:
    assert save(tmp_path, report=None) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_and_the_next_name_is_taken(tmp_path: Path) -> None:
    (tmp_path / "users.rejects.csv").write_bytes(b"being corrected")
    (tmp_path / "users.rejects-2.csv").mkdir()
    (tmp_path / "users.rejects-3.csv").symlink_to("nowhere")
    assert save(tmp_path) == tmp_path / "users.rejects-4.csv"
    assert (tmp_path / "users.rejects.csv").read_bytes() == b"being corrected"
    assert save(tmp_path, "users.csv.gz", REPORT + b"other") == tmp_path / "users.rejects-5.csv"
    assert len(list(tmp_path.iterdir())) == 5


def test_the_same_content_is_not_written_twice(tmp_path: Path) -> None:
    (tmp_path / "users.rejects.csv").write_bytes(REPORT.swapcase())  # of the same size
    paths = [save(tmp_path) for _ in range(3)]
    assert paths == [tmp_path / "users.rejects-2.csv"] * 3
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperationError) as told:
        save(tmp_path / "none")
    assert str(told.value) == (
        "the rejected rows of some/users.csv could not be written to a file here (No such file or directory);"
        " they are in s3://bucket/reports/rejects.csv"
    )


def test_a_report_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("operations.reject_files.shutil.copyfileobj", full)
    with pytest.raises(OperationError, match="No space left on device"):
        save(tmp_path)
    assert list(tmp_path.iterdir()) == []
