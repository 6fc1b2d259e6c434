import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app

HEADER = "email,first_name,last_name,company,plan,joined_on\n"
GOOD = "ada@example.com,Ada,Lovelace,,free,2026-01-31\n"
BAD = "nobody,Bob,,,,\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, args)])


@pytest.fixture
def write(tmp_path: Path) -> "Write":
    return Write(tmp_path)


class Write:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str | bytes, name: str = "users.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


def test_a_file_without_rejects_is_valid(write: Write) -> None:
    result = run(write(HEADER + GOOD))
    assert result.exit_code == 0
    assert "users.csv     1         1         0" in result.stdout


def test_every_reject_is_a_line_with_file_line_and_reason(write: Write) -> None:
    path = write(HEADER + GOOD + BAD + "\n" + BAD)
    result = run(path)
    assert result.exit_code == 1
    for line in (3, 5):
        assert f'{path}:{line}: email: expected an e-mail address, got "nobody"' in result.stdout.splitlines()


def test_json_is_one_object_with_the_same_counts_and_rejects(write: Write) -> None:
    good = write(gzip.compress((HEADER + GOOD).encode()), "good.CSV.gz")
    bad = write("Email;First_Name;extra\n" + "nobody;Bob;x\n", "bad.csv")
    result = run("--json", good, bad)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["valid"] is False
    first, second = document["files"]
    assert (first["valid"], first["read"], first["accepted"], first["rejects"]) == (True, 1, 1, [])
    assert (second["status"], second["read"], second["rejected"]) == ("done", 1, 1)
    assert second["unknown_columns"] == ["extra"]
    assert [reject["line"] for reject in second["rejects"]] == [2]


def test_a_file_that_is_rejected_as_a_whole_says_why(write: Write) -> None:
    path = write("name,age\nBob,3\n")
    result = run(path)
    assert result.exit_code == 1
    assert "rejected as a whole: the header lacks the column email, first_name" in result.stdout


def test_another_schema(write: Write) -> None:
    fields = [{"name": "id", "type": "integer"}]
    schema = write(json.dumps({"fields": fields, "primaryKey": "id"}), "schema.json")
    assert run("--schema", schema, write("id\n1\n")).exit_code == 0
    assert run("--schema", schema, write("id\none\n")).exit_code == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "got no JSON"),
        ("[]", "got JSON that is no object"),
        ('{"fields": []}', "fields: expected a list of at least one field"),
        (b"\xff\xfe\xfa", "got no JSON"),
    ],
)
def test_a_schema_that_cannot_be_used_is_wrong_usage(write: Write, text: str | bytes, told: str) -> None:
    schema = write(text, "schema.json")
    result = run("--schema", schema, write(HEADER))
    assert result.exit_code == 2
    assert told in result.stderr
    assert str(schema) in result.stderr
    assert "Traceback" not in result.output


def test_a_schema_that_does_not_exist_is_wrong_usage(write: Write) -> None:
    result = run("--schema", "nowhere.json", write(HEADER))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rowrelay: nowhere.json cannot be read (No such file or directory)")


def test_every_file_that_cannot_be_read_is_named(write: Write) -> None:
    good, folder = write(HEADER + GOOD), write.folder
    odd = write(HEADER, "two\nlines.csv")
    result = run(good, folder / "missing.csv", folder, "", "/dev/null", odd)
    assert (result.exit_code, result.stdout) == (2, "")
    told = result.stderr.splitlines()
    assert len(told) == 5
    assert f"{folder}/missing.csv does not exist" in told[0]
    assert f"{folder} is a folder" in told[1]
    assert "FILE is empty" in told[2]
    assert "/dev/null is not a regular file" in told[3]
    assert "two\\nlines.csv' has control characters" in told[4]


def test_no_file_is_wrong_usage() -> None:
    assert run().exit_code == 2


def test_text_from_a_file_cannot_drive_the_terminal(write: Write) -> None:
    result = run(write(HEADER + "\x1b[31mred\x9b\u202e,[bold]Bob[/bold],,,,\n"))
    assert "\x1b" not in result.stdout
    assert "\x9b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "�[31mred" in result.stdout
