"""Each command that `status` proposes is run by an end-to-end test, against the state that made it do so.

Those tests run it by `follow` (tests/e2e/command.py), which takes it out of the status.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdas.core.mail_entries import UNDECIDED
from operations.import_findings import failure_findings
from operations.mail_findings import mail_findings
from operations.mail_status import MailStatus
from operations.queues import QueueState

from ..program import ROOT

COMMAND = "rowrelay "
IMPORT = "0123456789abcdef0123"
# What `upload` says when it is interrupted, and no status does.
OF_UPLOAD = {"rowrelay status{}"}


def texts_in(tree: ast.AST) -> Iterator[str]:
    """The texts of a module; what a text is filled with is {}."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def proposed() -> set[str]:
    """The commands in operations, as they stand there: those in the midst of a text are no proposal."""
    texts = (text for path in (ROOT / "operations").glob("*.py") for text in texts_in(parsed(path)))
    return {text for text in texts if text.startswith(COMMAND)} - OF_UPLOAD


def followed() -> set[str]:
    """The commands that end-to-end tests take out of a status, and run."""
    return {
        str(node.args[1].value)
        for path in (ROOT / "tests" / "e2e").glob("test_*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "follow"
        if isinstance(node.args[1], ast.Constant)
    }


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


def fits(template: str, command: str) -> bool:
    """Whether a command is one of those that a template becomes, for the stack that needs no option."""
    pattern = re.escape(template).replace(re.escape("{}"), r"[\w-]*")
    return re.fullmatch(pattern, command) is not None


def test_they_are_found() -> None:
    assert "rowrelay reconcile{}" in proposed()
    assert len(proposed()) >= 8


@pytest.mark.parametrize("template", sorted(proposed()))
def test_each_is_run(template: str) -> None:
    assert any(fits(template, command) for command in followed()), "no end-to-end test follows it"


def test_none_is_run_that_is_not_proposed() -> None:
    assert {command for command in followed() if not any(fits(t, command) for t in proposed())} == set()


def test_that_of_each_failure_queue_is_run() -> None:
    names = ("ingest_failure_queue", "dead_letter_queue", "notifier_failure_queue")
    queues = {name: QueueState(name, 1) for name in names}
    assert {finding.command for finding in failure_findings(queues, "")} <= followed()


def test_that_of_each_state_of_mails_is_run() -> None:
    undecided = {state: Counter(why=1) for state in UNDECIDED}
    status = MailStatus(None, all_paused=False, imports=(), undecided=undecided)
    commands = {finding.command for finding in mail_findings(status, None, None, "")}
    assert len(commands) == len(UNDECIDED)
    assert commands <= followed()
    assert {f"{command} --import IMPORT" for command in commands} <= followed()
