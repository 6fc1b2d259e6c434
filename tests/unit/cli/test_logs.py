"""How log lines are shown; which they are is tested with operations."""

import io
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

import cli.logs
from cli.app import app
from cli.printer import Printer
from operations.log_lines import LogLine
from operations.looking import NotSeen

from ..helpers.stack import FakeStack

NOON = 1_800_000_000.0
MANY = {"status": "done", "read": 1000, "rejected": 100, "stackTrace": ["x"]}
LINES = [
    LogLine(NOON, "process_csv", "INFO", "import read", "0123", "r", MANY),
    LogLine(NOON + 86_400, "insert_records", "ERROR", "KeyError: 'x'"),
]


class FakeLogs:
    """In place of a stack's; `since` and `import_id` are what it was asked for."""

    def __init__(self, lines: Sequence[LogLine], not_seen: Sequence[NotSeen] = ()) -> None:
        self._lines = lines
        self.not_seen = not_seen
        self.since = 0.0
        self.import_id: str | None = None

    def __call__(self, _stack: Any, since: float, import_id: str | None) -> "FakeLogs":
        self.since, self.import_id = since, import_id
        return self

    def lines(self) -> Sequence[LogLine]:
        return self._lines


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeLogs:
    fake = FakeLogs(LINES)
    monkeypatch.setattr(cli.logs, "StackLogs", fake)
    monkeypatch.setattr(cli.logs, "find_stack", lambda _: FakeStack().stack)
    return fake


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["logs", *args])


def test_piped_a_line_is_a_line_under_its_day(fake: FakeLogs) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2027-01-15 (UTC)",
        "08:00:00 process_csv import read · import 0123 · status done · read 1000 · rejected 100",
        "2027-01-16 (UTC)",
        "08:00:00 insert_records ERROR KeyError: 'x'",
    ]
    assert (fake.import_id, round(time.time() - fake.since)) == (None, 3600)


def test_on_a_terminal_no_line_is_wider_than_it(fake: FakeLogs) -> None:
    out, printer = io.StringIO(), Printer()
    printer.console = Console(file=out, width=40, force_terminal=True, markup=False, highlight=False)
    logs: Any = fake(None, NOON, None)
    cli.logs._print(printer, logs)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[1:4] == [
        "08:00:00 process_csv import read ·",
        "         import 0123 · status done ·",
        "         read 1000 · rejected 100",
    ]


def test_of_one_import_each_line_need_not_name_it(fake: FakeLogs) -> None:
    result = run("unknown", "--since", "2d")
    assert "import 0123" not in result.stdout
    assert (fake.import_id, round(time.time() - fake.since)) == ("unknown", 2 * 86_400)


@pytest.mark.usefixtures("fake")
def test_as_json_each_line_is_an_object() -> None:
    result = run("--json", "--stack", "dev")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [line.as_json() for line in LINES]


def test_a_time_before_1970_is_the_first_that_there_is(fake: FakeLogs) -> None:
    fake._lines = []
    result = run("--since", "999999d")
    assert (result.exit_code, result.stdout) == (0, "No line since 1970-01-01T00:00:00Z.\n")


def test_that_there_is_none_is_said_and_is_no_failure(fake: FakeLogs) -> None:
    fake._lines = []
    result = run("unknown")
    assert result.exit_code == 0
    assert result.stdout.startswith("No line about the import unknown since 20")
    assert run("--json").stdout == ""


def test_a_log_that_could_not_be_read_is_told(fake: FakeLogs) -> None:
    fake.not_seen = [NotSeen("the log of send_email", "AccessDeniedException")]
    result = run()
    told = "rowrelay: the log of send_email could not be read: AccessDeniedException.\n"
    assert (result.exit_code, result.stderr) == (1, told)


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("since", ["1", "h", "0h", "1w", "-1h", "1 h", "9999999d"])
def test_a_time_that_cannot_be_read_is_wrong_usage(since: str) -> None:
    result = run("--since", since)
    assert (result.exit_code, "such as 30m or 2d" in result.stderr) == (2, True)
