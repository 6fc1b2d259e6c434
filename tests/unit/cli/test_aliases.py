"""The aliases that `rowrelay check` proposes, shows and writes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import check
from cli.aliases import merged
from cli.app import app

PEOPLE = {
    "fields": [
        {"name": "email", "format": "email"},
        {"name": "first_name", "constraints": {"required": True}},
        {"name": "company"},
    ],
    "primaryKey": "email",
}
ODD = "Kontakt;Vorname\nada@example.com;Ada\n"
SHOWN = "Kontakt for email, Vorname for first_name."


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, args)])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("schema.json").write_text(json.dumps(PEOPLE), encoding="utf-8")
    Path("odd.csv").write_text(ODD, encoding="utf-8")
    return tmp_path


def test_aliases_are_proposed_as_a_patch_and_nothing_is_changed() -> None:
    result = run("--schema", "schema.json", "odd.csv")
    assert result.exit_code == 1
    assert "\nThese columns may be the ones that lack." in result.stdout
    patch = result.stdout[result.stdout.index("--- a/schema.json\n") :]
    assert '+{"fields": [{"name": "email", "rowrelay:aliases": ["Kontakt"]' in patch
    assert json.loads(Path("schema.json").read_text(encoding="utf-8")) == PEOPLE


def test_a_schema_that_is_written_keeps_its_encoding_and_line_ends() -> None:
    text = json.dumps(PEOPLE, indent=1).replace("\n", "\r\n")
    Path("schema.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    run("--schema", "schema.json", "odd.csv", "--write")
    changed = Path("schema.json").read_bytes()
    assert changed.startswith(b"\xef\xbb\xbf{\r\n")
    assert changed.count(b"\n") == changed.count(b"\r\n") == text.count("\n") + 2


def test_aliases_are_written_when_that_is_asked_for() -> None:
    first = run("--schema", "schema.json", "odd.csv", "--write")
    assert first.exit_code == 1
    assert f"schema.json: added the aliases {SHOWN}" in first.stdout
    assert run("--schema", "schema.json", "odd.csv").exit_code == 0


def test_of_a_file_without_a_header_nothing_is_proposed() -> None:
    rows = "".join(f"person{n}@example.com,Name{n},Last{n}\n" for n in range(5))
    Path("nh.csv").write_text(rows, encoding="utf-8")
    before = Path("schema.json").read_bytes()
    result = run("--schema", "schema.json", "nh.csv", "--write")
    assert result.exit_code == 1
    assert "nh.csv: rejected as a whole: the header lacks the columns email, first_name" in result.stdout
    assert "The file seems to have no header: write one above its first row\n" in result.stdout
    assert "person0" not in result.stdout
    assert "These columns" not in result.stdout
    assert Path("schema.json").read_bytes() == before
    shown = json.loads(run("--json", "--schema", "schema.json", "nh.csv").stdout)
    assert shown["files"][0]["proposed_aliases"] == {}


def test_json_has_the_aliases_and_writes_them_too() -> None:
    proposed = {"email": "Kontakt", "first_name": "Vorname"}
    shown = json.loads(run("--json", "--schema", "schema.json", "odd.csv").stdout)
    assert (shown["files"][0]["proposed_aliases"], shown["written"]) == (proposed, None)
    result = json.loads(run("--json", "--schema", "schema.json", "odd.csv", "--write").stdout)
    assert (result["files"][0]["proposed_aliases"], result["written"]) == (proposed, "schema.json")
    again = run("--json", "--schema", "schema.json", "odd.csv", "--write")
    document = json.loads(again.stdout)
    assert (document["files"][0]["proposed_aliases"], document["written"]) == ({}, None)
    assert again.exit_code == 0


def test_a_file_whose_columns_are_there_has_no_aliases_proposed() -> None:
    Path("good.csv").write_text("email,first_name,Firma\nada@example.com,,Engines\n", encoding="utf-8")
    result = run("--schema", "schema.json", "good.csv")
    assert result.exit_code == 1
    assert "patch" not in result.stdout


def test_an_alias_is_the_column_s_name_without_its_quotes() -> None:
    Path("odd.csv").write_text('Kontakt, "Given, Name" \nada@example.com,Ada\n', encoding="utf-8")
    text = json.dumps(PEOPLE).replace("first_name", "given_nam")
    Path("schema.json").write_text(text, encoding="utf-8")
    run("--schema", "schema.json", "odd.csv", "--write")
    fields = json.loads(Path("schema.json").read_text(encoding="utf-8"))["fields"]
    assert fields[1]["rowrelay:aliases"] == ["Given, Name"]


def test_a_schema_that_is_not_below_the_folder_has_no_patch(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    for schema in ("../schema.json", folder / "schema.json"):
        told = run("--schema", schema, "../odd.csv").stdout
        assert told.endswith(
            f"These columns may be the ones that lack: {SHOWN} Look at them, then add --write.\n"
        )


def test_the_package_s_own_schema_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = Path("schema.json").absolute()
    monkeypatch.setattr("cli.inputs.SCHEMA", schema)
    monkeypatch.setattr(check, "SCHEMA", schema)
    monkeypatch.setattr(check, "INSTALLED", True)
    before = schema.read_bytes()
    refused = run("odd.csv", "--write")
    assert (refused.exit_code, refused.stdout) == (2, "")
    told = f"rowrelay: --write: {schema} is the package's own schema: name yours with --schema.\n"
    assert refused.stderr == told
    shown = run("odd.csv").stdout
    assert shown.endswith(f"{SHOWN} Add them to a schema of yours, named with --schema.\n")
    assert schema.read_bytes() == before
    monkeypatch.setattr(check, "INSTALLED", False)  # a clone's is the user's own
    assert run("odd.csv", "--write").exit_code == 1
    assert b"Kontakt" in schema.read_bytes()


def test_of_several_files_the_first_alias_for_a_column_is_taken() -> None:
    assert merged([{"a": "A"}, {}, {"b": "B", "a": "X"}]) == {"a": "A", "b": "B"}
