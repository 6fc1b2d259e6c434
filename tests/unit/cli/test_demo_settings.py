"""The settings that the demo's options come to, and what is found wrong with them before anything starts."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.demo_settings import demo_settings
from cli.inputs import Inputs
from operations.errors import OperationError, UsageError

from ...program import ROOT

EMAIL = {"type": "string", "format": "email"}
UNFIT = r"mails/welcome: uses the column 'first_name', which is not among the columns "


def schema(folder: Path, **fields: object) -> str:
    """The path of a schema of these fields, the first of which is the key."""
    path = folder / "schema.json"
    listed = [{"name": name, **(of if isinstance(of, dict) else {})} for name, of in fields.items()]
    path.write_text(json.dumps({"fields": listed, "primaryKey": listed[0]["name"]}))
    return str(path)


def mail(folder: Path, text: str = "Hello") -> str:
    """The path of a mail."""
    (folder / "mail").mkdir()
    for name in ("subject.txt", "body.txt", "body.html"):
        (folder / "mail" / name).write_text(text)
    return str(folder / "mail")


def test_without_options_the_stack_s_settings_stand() -> None:
    assert demo_settings(Inputs()) == {}


def test_every_option_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema(tmp_path, email=EMAIL, nick={})
    mail(tmp_path, "{{nick}}")
    (tmp_path / "mine.py").write_text("def transform_row(row):\n    return row\n")
    monkeypatch.chdir(tmp_path)
    inputs = Inputs(schema="schema.json", transform="mine.py", mail="mail", encoding="cp1252")
    assert demo_settings(inputs) == {
        "schema": str(tmp_path / "schema.json"),
        "transformRows": str(tmp_path / "mine.py"),
        "mail": str(tmp_path / "mail"),
        "encoding": "cp1252",
    }


def test_the_mail_of_the_stack_must_fit_another_schema(tmp_path: Path) -> None:
    fits = schema(tmp_path, email=EMAIL, first_name={})
    assert demo_settings(Inputs(schema=fits)) == {"schema": fits}
    with pytest.raises(UsageError, match=rf"^{ROOT}/{UNFIT}email, nick\. Name another with --mail\.$"):
        demo_settings(Inputs(schema=schema(tmp_path, email=EMAIL, nick={})))


def test_mails_go_to_the_only_column_of_addresses(tmp_path: Path) -> None:
    path, folder = schema(tmp_path, id={}, contact=EMAIL), mail(tmp_path)
    assert demo_settings(Inputs(schema=path, mail=folder))["addressColumn"] == "contact"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": {}, "contact": {}}, "none of format email: id, contact. "),
        ({"a": EMAIL, "b": EMAIL, "c": {}}, "several of format email: a, b. "),
    ],
)
def test_which_column_mails_go_to_must_be_known(tmp_path: Path, fields: dict[str, object], told: str) -> None:
    inputs = Inputs(schema=schema(tmp_path, **fields), mail=mail(tmp_path))
    with pytest.raises(UsageError) as error:
        demo_settings(inputs)
    assert str(error.value) == (
        f"the schema has no column email, which the mails would go to, and {told}"
        "Name the column in Pulumi.local.yaml as rowrelay:addressColumn."
    )


@pytest.mark.parametrize(("options", "printed"), [([], "mine\n"), (["--json"], "")])
def test_what_a_module_prints_is_no_part_of_the_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], printed: str
) -> None:
    monkeypatch.setattr("cli.demo._deployed", lambda *_: fail())
    path = tmp_path / "mine.py"
    path.write_text("print('mine')\ndef transform_row(row):\n    return row\n")
    result = CliRunner().invoke(app, ["demo", "--transform", str(path), *options])
    assert (result.exit_code, result.stdout, "mine" in result.stderr) == (1, printed, not printed)


def fail() -> None:
    raise OperationError("it did not start")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--schema", "/none cannot be read (No such file or directory): expected a Table Schema in JSON."),
        ("--transform", "/none cannot be read (No such file or directory): expected a Python module."),
        ("--mail", "/none/subject.txt cannot be read (No such file or directory): expected a mail in "),
        ("--encoding", "rowrelay: --encoding: '/none' is no text encoding that Python knows"),
    ],
)
def test_what_an_option_names_is_read_before_anything_starts(
    option: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.demo.embedded_aws", lambda **_: pytest.fail("it was started"))
    result = CliRunner().invoke(app, ["demo", option, "/none"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
