import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app

ODD = "Kontakt;Vorname\nada@example.com;Ada\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, args)])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("odd.csv").write_text(ODD, encoding="utf-8")
    return tmp_path


def test_a_schema_is_printed_and_takes_the_file() -> None:
    result = run("schema", "odd.csv")
    assert (result.exit_code, result.stderr) == (0, "rowrelay: looked at all 1 row\n")
    Path("drafted.json").write_text(result.stdout, encoding="utf-8")
    assert json.loads(result.stdout)["primaryKey"] == "kontakt"
    assert run("check", "--schema", "drafted.json", "odd.csv").exit_code == 0


def test_a_schema_is_drafted_from_rows_in_the_encoding() -> None:
    Path("odd.csv").write_bytes(ODD.replace("Ada", "Zoé").encode("windows-1252"))
    without = run("schema", "odd.csv")
    assert (without.exit_code, without.stdout) == (1, "")
    told = "rowrelay: odd.csv: no row could be looked at; 1 could not be read: the row holds bytes that are"
    assert without.stderr.startswith(told)
    assert without.stderr.endswith(" (line 2).\n")
    result = run("schema", "odd.csv", "--encoding", "windows-1252")
    assert (result.exit_code, result.stderr) == (0, "rowrelay: looked at all 1 row\n")
    wrong = run("schema", "odd.csv", "--encoding", "utf-16")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("rowrelay: --encoding: 'utf-16' ")


def test_of_a_file_without_a_header_no_schema_is_drafted() -> None:
    Path("nh.csv").write_text("ada@example.com,Ada\nbob@example.com,Bob\n", encoding="utf-8")
    result = run("schema", "nh.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "rowrelay: nh.csv: the first row looks like data (cell 1 of 2 is an e-mail address)."
        " The file seems to have no header: write one above its first row.\n"
    )


def test_a_file_that_makes_no_schema_is_not_ok() -> None:
    Path("empty.csv").write_text("a,b\n", encoding="utf-8")
    result = run("schema", "empty.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        result.stderr == "rowrelay: empty.csv: no row could be looked at; it has a header and nothing else.\n"
    )
    assert run("schema", "none.csv").exit_code == 2
