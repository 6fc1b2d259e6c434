"""What `rowrelay upload` says; what it does is tested with operations."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import cli.upload
from cli.app import app

from ..helpers.stack import IMPORT
from ..helpers.uploads import HEADER, NOON, UploadStack, wait_by

GOOD, BAD, REFUSED = HEADER + b"a@example.com,Ann\n", HEADER + b"no,Bob\n", b"name\nBob\n"


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> UploadStack:
    scenario = UploadStack()
    monkeypatch.setattr(cli.upload, "find_stack", lambda _: scenario.stack)
    monkeypatch.chdir(tmp_path)
    for name, data in {"good": GOOD, "bad": BAD, "refused": REFUSED}.items():
        (tmp_path / f"{name}.csv").write_bytes(data)
    return scenario


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Has each wait of a watch do something else."""
    return lambda instead: wait_by(monkeypatch, instead)


def upload(*args: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["upload", *args], input=stdin)


def enter(scenario: UploadStack, name: str, **texts: str) -> None:
    """What the functions write of an upload once it was read."""
    scenario.s3.objects["r"] = b"email,name,_line,_reason,_row\r\nno,Bob,2,why,\r\n"
    scenario.put_import(IMPORT, f"uploads/{name}.csv", NOON + timedelta(hours=1), **texts)


@pytest.mark.usefixtures("scenario")
def test_it_says_what_is_refused_and_what_was_uploaded() -> None:
    result = upload("good.csv", "bad.csv", "refused.csv")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "What an import would come to"
    assert "bad.csv: 1 row rejected:" in lines
    uploaded, also, refused = (line for line in lines if "uploaded" in line)
    assert uploaded == "good.csv: uploaded to s3://bucket/uploads/good.csv"
    assert also == "bad.csv: uploaded to s3://bucket/uploads/bad.csv"
    assert refused == "refused.csv: NOT uploaded: it would be rejected as a whole"
    assert any(line.startswith("refused.csv: rejected as a whole: the header lacks") for line in lines)
    assert lines[-2:] == ["To see what becomes of it:", "  rowrelay status --stack dev"]


@pytest.mark.usefixtures("scenario")
def test_rows_that_will_be_rejected_are_no_failure() -> None:
    result = upload("bad.csv", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document.keys() == {"files", "ended_because"}
    [file] = document["files"]
    fields = ["file", "key", "uploaded", "refused", "check", "import", "rejects_file"]
    assert [*file] == fields
    assert (file["uploaded"], file["check"]["rejected"], file["import"]["status"]) == (True, 1, "waiting")
    assert "bad.csv: uploaded to s3://bucket/uploads/bad.csv" in result.stderr


def test_standard_input_is_a_file_like_any_other(scenario: UploadStack) -> None:
    assert upload("-", stdin=GOOD).exit_code == 0
    assert scenario.s3.objects == {"uploads/stdin.csv": GOOD}


def test_what_is_in_its_place_is_said_to_be_replaced(scenario: UploadStack) -> None:
    scenario.s3.objects["uploads/good.csv"] = b""
    refused = upload("good.csv")
    assert (refused.exit_code, "add --replace to lose what is in the bucket" in refused.stdout) == (1, True)
    result = upload("good.csv", "--replace")
    assert result.exit_code == 0
    assert "good.csv: uploaded to s3://bucket/uploads/good.csv, in place of what was there\n" in result.stdout


def test_watched_to_the_end_it_shows_what_came_of_it(
    scenario: UploadStack, waiting: Any, tmp_path: Path
) -> None:
    steps = iter([{}, {"settled_at": "2026-01-31T14:00:00Z"}])
    waiting(lambda: enter(scenario, "bad", **next(steps)))
    result = upload("bad.csv", "--watch")
    assert result.exit_code == 0
    assert result.stdout.count("Every row is accounted for; the books are settled within") == 1
    assert "Where every row ended" in result.stdout
    assert "Rejected rows of bad.csv (bad.rejects.csv):\n  line 2: why\n" in result.stdout
    assert result.stdout.splitlines()[-1] == "Settled: every row is accounted for."
    assert (tmp_path / "bad.rejects.csv").exists()


def test_what_is_never_settled_is_a_failure_that_says_why(
    scenario: UploadStack, waiting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.watching.REST", 0.0)
    waiting(lambda: enter(scenario, "bad", status="reading", stuck_since="2026-01-31T12:00:00Z"))
    result = upload("bad.csv", "--watch")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2:] == [
        "NOT settled: bad.csv is stuck, and waits for its file to be read to the end. To look again:",
        f"  rowrelay status --import {IMPORT} --stack dev",
    ]


def interrupt() -> None:
    raise KeyboardInterrupt


def test_stopped_while_it_watches_it_says_how_to_go_on(scenario: UploadStack, waiting: Any) -> None:
    enter(scenario, "good", status="reading")
    waiting(interrupt)
    result = upload("good.csv", "--watch", "--replace")
    assert result.exit_code == 130
    assert result.stdout.endswith(
        "Stopped.\n"
        "good.csv: uploaded as uploads/good.csv; its import goes on.\n"
        "To go on watching:\n"
        "  rowrelay status --stack dev\n"
    )


def test_stopped_while_it_uploads_it_says_what_is_there(scenario: UploadStack) -> None:
    scenario.s3.on_upload = lambda key: interrupt() if "bad" in key else None
    scenario.s3.objects.clear()
    last = Path("last.csv")
    last.write_bytes(GOOD)
    result = upload("good.csv", "bad.csv", str(last), "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["ended_because"]) == (130, "it was stopped")
    assert [file["uploaded"] for file in document["files"]] == [True, False, False]
    assert result.stderr.endswith(
        "Stopped.\n"
        "good.csv: uploaded as uploads/good.csv; its import goes on.\n"
        "bad.csv: NOT uploaded, unless it was at its end; no part of it is left.\n"
        "last.csv: NOT uploaded.\n"
        "To go on watching:\n"
        "  rowrelay status --stack dev\n"
    )


@pytest.mark.usefixtures("scenario")
@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["good.csv", "good.csv"],
            "rowrelay: good.csv and good.csv would both be uploads/good.csv: rename one",
        ),
        (["none.csv"], "rowrelay: none.csv does not exist: expected a CSV file."),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_uploaded_is_wrong_usage(args: list[str], told: str) -> None:
    result = upload(*args)
    assert (result.exit_code, told in result.stderr) == (2, True)
