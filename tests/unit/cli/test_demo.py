"""What the demo makes of an outcome; the whole run is tested with e2e."""

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import cli.demo
from cli.app import app
from cli.demo import Outcome
from cli.printer import Printer
from lambdas.core.books import Books
from operations.imports import Import

REPORT = b"id,_line,_reason,_row\r\n,2,why,\r\n"
ONE = Import("a.csv", "uploads/1/a.csv", "id", status="done", rejects="r", books=Books(read=1, rejected=1))
REFUSED = Import("b.csv", "uploads/2/b.csv", "id2", status="rejected", reason="no header")


def demo(patch: pytest.MonkeyPatch, folder: Path, *args: str, imports: list[Import]) -> Result:
    """The command in a folder, with a run that comes to these imports."""
    s3 = SimpleNamespace(get_object=lambda **_: {"Body": io.BytesIO(REPORT)})
    aws: Any = SimpleNamespace(
        client=lambda _: s3, outputs={"bucket": "bucket"}, resources=[], seconds=1, endpoint="http://x"
    )

    @contextlib.contextmanager
    def deployed(_printer: Printer, _port: int | None, _settings: Mapping[str, str]) -> Iterator[Any]:
        yield aws

    patch.chdir(folder)
    patch.setattr(cli.demo, "_deployed", deployed)
    patch.setattr(cli.demo, "import_files", lambda *_, **__: Outcome(imports, 1.0, None, ""))
    return CliRunner().invoke(app, ["demo", *args])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_rejected_rows_are_in_a_file_in_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: list[str]
) -> None:
    result = demo(monkeypatch, tmp_path, *options, imports=[ONE])
    assert result.exit_code == 0
    assert (tmp_path / "a.rejects.csv").read_bytes() == REPORT
    if options:
        assert json.loads(result.stdout)["imports"][0]["rejects_file"] == "a.rejects.csv"
    else:
        assert "Rejected rows of a.csv (a.rejects.csv):\n  line 2: why\n" in result.stdout


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_where_no_file_can_be_written_that_is_told_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: list[str]
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("operations.reject_files.shutil.copyfileobj", full)
    result = demo(monkeypatch, tmp_path, *options, imports=[ONE])
    assert result.exit_code == 0
    assert "the rejected rows of a.csv could not be written to a file here (No space left" in result.output
    if options:
        assert json.loads(result.stdout)["imports"][0]["rejects_file"] is None
    else:
        assert "Rejected rows of a.csv (s3://bucket/r):\n  line 2: why\n" in result.stdout


def test_a_file_that_is_refused_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = demo(monkeypatch, tmp_path, imports=[ONE, REFUSED])
    assert result.exit_code == 1
    assert "b.csv  rejected: no header" in result.stdout
