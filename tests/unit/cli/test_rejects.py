"""What `rowrelay rejects` writes and says."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import cli.rejects
from cli.app import app
from operations.stack import Stack

from ..helpers.fakes import client_error
from ..helpers.fakes_s3 import FakeS3
from ..helpers.stack import IMPORT, IMPORTS, OTHER_IMPORT, FakeStack

REPORT = b"id,_line,_reason,_row\r\n,2,why,\r\n"
KEY = f"uploads/{IMPORT}.csv"


class Scenario:
    """A stack with one import, of which a row was rejected; its report is in the bucket."""

    def __init__(self) -> None:
        self.fake, self.s3 = FakeStack(), FakeS3()
        self.s3.objects["r"] = REPORT
        self.fake.put_import(created=1, read=2, rejected=1)
        self.enter(rejects="r")
        outputs = {**self.fake.stack.outputs, "bucket": "bucket"}
        self.stack = Stack("stack dev", " --stack dev", outputs, self._client)

    def _client(self, service: str) -> Any:
        return self.s3 if service == "s3" else self.fake.client(service)

    def enter(self, import_id: str = IMPORT, **texts: str) -> None:
        """Change an import's entry."""
        entry = self.fake.dynamodb.tables[IMPORTS][import_id, "import"]
        changed = {**entry, **{name: {"S": text} for name, text in texts.items()}}
        self.fake.dynamodb.put_item(TableName=IMPORTS, Item=changed)


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scenario:
    scenario = Scenario()
    monkeypatch.setattr(cli.rejects, "find_stack", lambda _: scenario.stack)
    monkeypatch.chdir(tmp_path)
    return scenario


def rejects(*args: str) -> Result:
    return CliRunner().invoke(app, ["rejects", *args])


@pytest.mark.usefixtures("scenario")
@pytest.mark.parametrize("name", [IMPORT, KEY])
def test_they_are_written_here_under_the_name_of_the_file(tmp_path: Path, name: str) -> None:
    result = rejects(name)
    written = f"{IMPORT}.rejects.csv"
    assert (result.exit_code, result.stdout) == (
        0,
        f"{written}: 1 rejected row of {KEY}, each with its reason.\n",
    )
    assert (tmp_path / written).read_bytes() == REPORT


@pytest.mark.usefixtures("scenario")
def test_a_file_that_is_there_stays_and_that_is_said(tmp_path: Path) -> None:
    mine = tmp_path / f"{IMPORT}.rejects.csv"
    mine.write_bytes(b"being corrected")
    result = rejects(IMPORT, "--json")
    file = f"{IMPORT}.rejects-2.csv"
    assert json.loads(result.stdout) == {"import": IMPORT, "key": KEY, "rejected": 1, "rejects_file": file}
    assert f"{mine.name} is there already, and stays as it is.\n" in result.stderr
    assert (mine.read_bytes(), (tmp_path / file).read_bytes()) == (b"being corrected", REPORT)


@pytest.mark.usefixtures("scenario")
def test_they_are_written_where_output_says_but_over_no_file(tmp_path: Path) -> None:
    assert rejects(IMPORT, "--output", "mine.csv").exit_code == 0
    (tmp_path / "mine.csv").write_bytes(b"being corrected")
    again = rejects(IMPORT, "--output", "mine.csv")
    assert (again.exit_code, again.stderr) == (
        2,
        "rowrelay: mine.csv is there already, and stays: name another file.\n",
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"mine.csv": b"being corrected"}


def test_where_there_are_none_that_is_said(scenario: Scenario, tmp_path: Path) -> None:
    scenario.fake.put_import(OTHER_IMPORT, created=1)
    result = rejects(OTHER_IMPORT)
    assert (result.exit_code, result.stdout) == (0, f"No row of uploads/{OTHER_IMPORT}.csv was rejected.\n")
    scenario.enter(OTHER_IMPORT, status="rejected", reason="no header")
    assert (
        "was rejected as a whole, and has no single rejected rows: no header\n"
        in rejects(OTHER_IMPORT).stdout
    )
    assert list(tmp_path.iterdir()) == []


def test_before_the_file_was_read_they_are_not_there(scenario: Scenario) -> None:
    scenario.enter(status="reading")
    result = rejects(IMPORT)
    assert result.exit_code == 1
    assert f"it is reading: `rowrelay status --import {IMPORT} --stack dev` says more" in result.stderr


def test_a_report_that_has_expired_is_told(scenario: Scenario, tmp_path: Path) -> None:
    scenario.s3.script("get_object", client_error("NoSuchKey", status=404))
    result = rejects(IMPORT)
    assert result.exit_code == 1
    assert result.stderr == (
        f"rowrelay: the rejected rows of {KEY} have expired: s3://bucket/r is there no more\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("scenario")
def test_an_import_that_nobody_knows_is_wrong_usage() -> None:
    result = rejects("nothing")
    assert (result.exit_code, "got nothing: `rowrelay status --stack dev` shows" in result.stderr) == (
        2,
        True,
    )
