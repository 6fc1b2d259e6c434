"""A text that shows nothing is refused wherever one is taken, before anything is looked up."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from cli.app import app

# What is given for those beside the one that is blank.
GIVEN = {"STATE": "held", "ROWS": "1"}


def commands(group: Any, *names: str) -> Iterator[tuple[list[str], Any]]:
    """Every command, with the names by which it is called."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)
        else:
            yield [*names, name], command


def blank(words: list[str], command: Any, text: str) -> Iterator[tuple[str, list[str]]]:
    """For each thing that a command takes, what it is called, and the command line with this text for it."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    for each in arguments:
        beside = [text if other is each else GIVEN.get(other.metavar, "x") for other in arguments]
        yield each.metavar, [*words, *beside]
    needed = [GIVEN.get(each.metavar, "x") for each in arguments if each.required]
    for option in command.params:
        if option.param_type_name == "option" and not option.is_flag:
            yield option.opts[0], [*words, *needed, option.opts[0], text]


CASES = [
    case
    for words, command in commands(typer.main.get_command(app))
    for text in ("", " \u200b")
    for case in blank(words, command, text)
]


@pytest.fixture(autouse=True)
def nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(_name: str | None) -> None:
        pytest.fail("a stack was looked for")

    for module in ("forget", "logs", "reconcile", "rejects", "status", "upload"):
        monkeypatch.setattr(f"cli.{module}.find_stack", find)
    monkeypatch.setattr("operations.stack.find_stack", find)  # last: the modules above import it


@pytest.mark.parametrize(
    ("name", "args"), CASES, ids=lambda part: part if isinstance(part, str) else " ".join(part)
)
def test_a_blank_text_is_wrong_usage(name: str, args: list[str]) -> None:
    result = CliRunner().invoke(app, args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Invalid value for '{name}': " in result.stderr


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("--reason", ["mails", "resend", "held", "--reason", ""]),
        ("--import", ["status", "--import", ""]),
        ("MAIL", ["mails", "resend", "held", ""]),
        ("IMPORT", ["rejects", ""]),
        ("IMPORT", ["mails", "pause", ""]),
        ("KEY", ["forget", ""]),
        ("--because", ["mails", "let-be", "m1", "--because", ""]),
        ("--stack", ["logs", "--stack", ""]),
        ("--output", ["rejects", "x", "--output", ""]),
        ("FILE", ["check", "x", ""]),
    ],
)
def test_it_is_told_what_is_blank(name: str, args: list[str]) -> None:
    told = (
        f"Invalid value for '{name}': expected a text that is not blank, got ''."
        " Is it a variable of the shell that is not set?"
    )
    assert CliRunner().invoke(app, args).stderr.splitlines()[-1] == f"Error: {told}"


def test_all_that_commands_take_is_tried() -> None:
    tried = {(name, *args[:2]) for name, args in CASES}
    assert {("KEY", "forget", ""), ("--stack", "mails", "list"), ("MAIL", "mails", "let-be")} <= tried
