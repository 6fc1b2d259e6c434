import gzip
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from cli.files import check_files
from operations.errors import UsageError

HEADER = "email,first_name,last_name,company,plan,joined_on\n"
GOOD = "ada@example.com,Ada,Lovelace,,free,2026-01-31\n"
BAD = "nobody,Bob,,,,\n"


def run(*args: str | Path, piped: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, args)], input=piped)


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
    bad = write("Email;First_Name;extra;Compny\n" + "nobody;Bob;x;\n", "bad.csv")
    result = run("--json", good, bad)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["valid"] is False
    first, second = document["files"]
    assert (first["valid"], first["read"], first["accepted"], first["rejects"]) == (True, 1, 1, [])
    assert (second["status"], second["read"], second["rejected"]) == ("done", 1, 1)
    assert (second["unknown_columns"], second["nearest_columns"]) == (
        ["extra", "Compny"],
        {"Compny": "company"},
    )
    assert second["ignored_columns"] == "extra, Compny (nearest: company)"
    reason = "email: expected an e-mail address"
    assert second["reasons"] == [{"reason": reason, "rows": 1, "lines": [2]}]
    assert first["repeated_keys"] == {"rows": 0, "lines": [], "looked_at": 1}
    assert [reject["line"] for reject in second["rejects"]] == [2]


def test_what_was_found_is_what_one_reads_last(write: Write) -> None:
    path = write(HEADER.replace("company", "Compny") + GOOD + BAD * 100 + GOOD)
    lines = run(path).stdout.splitlines()
    assert sum(line.startswith(f"{path}:") for line in lines) == 103
    assert lines[-4:] == [
        f"{path}: 1 row with the key of a row before: line 103 (as line 2)",
        f"{path}: columns that the schema does not have are ignored: Compny (nearest: company)",
        f"{path}: 100 rows rejected:",
        "  email: expected an e-mail address · 100 rows, lines 3, 4, 5, 6, 7, …",
    ]


def test_a_file_that_is_rejected_as_a_whole_says_why(write: Write) -> None:
    path = write("name,age\nBob,3\n")
    result = run(path)
    assert result.exit_code == 1
    assert "rejected as a whole: the header lacks the columns email, first_name" in result.stdout


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_module_that_changes_rows(write: Write, options: list[str]) -> None:
    module = write("def transform_row(row):\n    return row if row['plan'] else 'no plan'\n", "mine.py")
    path = write(HEADER + GOOD + "bob@example.com,Bob,,,,\n")
    assert run(path, *options).exit_code == 0
    result = run("--transform", module, path, *options)
    assert result.exit_code == 1
    assert "no plan" in result.stdout
    assert run("--transform", path, path, *options).exit_code == 2


PRINTING = """
import sys
from sys import stdout
print("imported")
def transform_row(row):
    print("changed", file=stdout)
    sys.stdout.write("written")
    return row
"""


def test_what_a_module_prints_is_no_part_of_the_json(write: Write) -> None:
    module, path = write(PRINTING, "mine.py"), write(HEADER + GOOD)
    result = run("--json", "--transform", module, path)
    assert (result.exit_code, json.loads(result.stdout)["valid"]) == (0, True)
    assert {"imported", "changed"} <= set(result.stderr.splitlines())
    assert "written" in result.stderr
    assert "imported" in run("--transform", module, path).stdout


@pytest.mark.parametrize("command", ["check", "demo"])
@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "async def transform_row(row): ...",
            "line 1: expected transform_row to be a function that is not async",
        ),
        (
            "def transform_row(row, line): ...",
            "line 1: expected transform_row to take one argument, the row; got",
        ),
        ("transform_row = dict", "expected a function transform_row(row), found none at the top level"),
    ],
)
def test_a_module_that_would_not_be_deployed(
    write: Write, monkeypatch: pytest.MonkeyPatch, command: str, source: str, told: str
) -> None:
    monkeypatch.setattr("cli.demo.embedded_aws", lambda **_: pytest.fail("it was started"))
    module = write(source, "mine.py")
    result = CliRunner().invoke(app, [command, "--transform", str(module), str(write(HEADER + GOOD))])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"rowrelay: {module}: {told}")


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
    result = run(good, folder / "missing.csv", folder, "/dev/null", odd)
    assert (result.exit_code, result.stdout) == (2, "")
    told = result.stderr.splitlines()
    assert len(told) == 4
    assert f"{folder}/missing.csv does not exist" in told[0]
    assert f"{folder} is a folder" in told[1]
    assert told[2] == "rowrelay: /dev/null is not a regular file: pipe it into - (standard input)."
    assert "two\\nlines.csv' has control characters" in told[3]


def test_no_file_is_wrong_usage() -> None:
    assert run().exit_code == 2


def test_text_from_a_file_cannot_drive_the_terminal(write: Write) -> None:
    result = run(write(HEADER + "\x1b[31mred\x9b\u202e,[bold]Bob[/bold],,,,\nb\u202eo,Bob,,,,\n"))
    assert "\x1b" not in result.stdout
    assert "\x9b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "email: U+001B is a control character" in result.stdout
    assert 'got "b<U+202E>o"' in result.stdout


@pytest.mark.parametrize(
    ("piped", "name"),
    [
        ((HEADER + BAD).encode(), "stdin.csv"),
        (gzip.compress((HEADER + BAD).encode(), mtime=0), "stdin.csv.gz"),
    ],
)
def test_standard_input_is_a_file(write: Write, piped: bytes, name: str) -> None:
    good = write(HEADER + GOOD)
    result = run(good, "-", "--json", piped=piped)
    first, second = json.loads(result.stdout)["files"]
    assert (result.exit_code, first["file"], first["valid"]) == (1, str(good), True)
    assert (second["file"], second["read"], second["rejected"]) == (name, 1, 1)
    told = run("-", piped=piped).stdout
    assert f'{name}:2: email: expected an e-mail address, got "nobody"' in told


def test_standard_input_is_given_once(write: Write) -> None:
    result = run("-", write(HEADER), "-", piped=b"x")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "rowrelay: - is given twice: standard input can be read once.\n"


def test_standard_input_that_is_closed_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match=r"^- is standard input, which is closed: name a file\.$"):
        check_files(["-"])


def test_standard_input_that_cannot_be_read_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Broken()))
    with pytest.raises(UsageError, match=r"which cannot be read \(Input/output error\)\.$"):
        check_files(["-"])


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    for name in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / name).write_text("Welcome, {{first_name}}!")
    return tmp_path


def test_a_mail_is_checked_against_the_schema(write: Write, mail: Path) -> None:
    file = write(HEADER + GOOD)
    assert run("--mail", mail, file).exit_code == 0
    (mail / "body.txt").write_text("{{nick}} of {{city}}, {{email}}")
    result = run("--mail", mail, file)
    assert (result.exit_code, result.stdout) == (2, "")
    among = "which is not among the columns email, first_name, last_name, company, plan, joined_on."
    assert result.stderr.splitlines() == [
        f"rowrelay: {mail}: uses the column {column!r}, {among} Name another with --mail."
        for column in ("city", "nick")
    ]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("subject.txt", b"a\nb", "the subject has more than one line"),
        ("body.html", b"{{", "the html has braces that are no {{column}}"),
        (
            "body.txt",
            b"\xff",
            "expected a mail in subject.txt, body.txt, body.html in UTF-8, got 'utf-8' codec",
        ),
        (
            "body.txt",
            None,
            "cannot be read (No such file or directory): expected a mail in subject.txt, body.txt",
        ),
    ],
)
def test_a_mail_that_cannot_be_sent_is_wrong_usage(
    write: Write, mail: Path, name: str, data: bytes | None, told: str
) -> None:
    if data is None:
        (mail / name).unlink()
    else:
        (mail / name).write_bytes(data)
    result = run("--mail", mail, write(HEADER))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"rowrelay: {mail}")
    assert told in result.stderr


@pytest.mark.parametrize("encoding", ["utf-16", "windows", "utf-8"])
def test_an_encoding_that_would_not_do_is_wrong_usage(write: Write, encoding: str) -> None:
    result = run("--encoding", encoding, write(HEADER))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"rowrelay: --encoding: '{encoding}' ")


def test_rows_are_read_in_the_encoding_that_is_named(write: Write) -> None:
    file = write((HEADER + GOOD.replace("Ada", "Åda")).encode("windows-1252"))
    assert run(file).exit_code == 1
    assert run("--encoding", "windows-1252", file).exit_code == 0
