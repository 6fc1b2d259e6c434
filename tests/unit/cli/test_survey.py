import json
from dataclasses import dataclass
from typing import Any

import pytest

from cli.options import Options
from cli.survey import carry_out
from operations.errors import OperationError, UsageError

from ..helpers.failure_queue import filled, redrive_of

DO = Options(yes=True)


def redrive(sqs: Any, options: Options = DO, **queue: Any) -> bool:
    return carry_out(redrive_of(sqs, reason=options.reason, **queue), "send again", options)


def test_every_letter_is_sent_and_only_then_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [str(n) for n in range(25)]
    sqs = filled(*bodies)
    assert redrive(sqs)
    assert (sqs.bodies("work"), sqs.bodies("dead")) == (bodies, [])
    assert capsys.readouterr().out.splitlines() == [
        "25 messages to send again:",
        "  13: Reason 0",
        "  12: Reason 1",
        "25 messages done.",
    ]


def test_looking_tells_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.progress.LINE_SECONDS", 0.0)
    assert redrive(filled(*map(str, range(25))), Options(dry_run=True))
    lines = capsys.readouterr().out.splitlines()
    assert lines[: lines.index("25 messages to send again:")] == ["10 messages", "20 messages", "25 messages"]


def test_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = filled("a", "poison")
    assert redrive(sqs, Options(dry_run=True))
    assert (sqs.bodies("dead"), sqs.bodies("work"), sqs.hidden) == (["a", "poison"], [], set())
    assert "  stays: message poison: it is poison" in capsys.readouterr().out


def test_what_cannot_be_sent_stays_and_the_outcome_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = filled("poison", "a", "b")
    assert not redrive(sqs, Options(yes=True, as_json=True))
    assert sqs.bodies("dead") == ["poison"]
    document = json.loads(capsys.readouterr().out)
    assert {name: document[name] for name in ("chosen", "done", "reasons", "dry_run")} == {
        "chosen": 2,
        "done": 2,
        "reasons": {"Reason 0": 1, "Reason 1": 1},
        "dry_run": False,
    }
    assert document["stay"] == [
        {"message": "m0", "is": "message poison", "reason": "Reason 0", "stays": "it is poison"}
    ]


def test_letters_that_another_command_has_taken_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = filled("a", "b")
    sqs.hidden.add("m0")
    assert redrive(sqs)
    assert sqs.bodies("dead") == ["a"]
    assert "1 message taken by another command, or by one that was killed: back within 5 minutes." in (
        capsys.readouterr().out
    )


def test_without_a_terminal_nothing_is_done_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = filled("a")
    monkeypatch.setattr("sys.stdin", Terminal("y\n", terminal=False))
    with pytest.raises(UsageError, match=r"add --yes, or --dry-run to look\.$"):
        redrive(sqs, Options())
    assert (sqs.bodies("dead"), sqs.hidden) == (["a"], set())


@pytest.mark.parametrize(
    ("answer", "sent"), [("y\n", ["a"]), ("Yes\n", ["a"]), ("\n", []), ("", []), ("n\n", [])]
)
def test_the_operator_is_asked_and_obeyed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, sent: list[str]
) -> None:
    sqs = filled("a")
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    if sent:
        assert redrive(sqs, Options())
    else:
        with pytest.raises(OperationError, match="nothing was changed"):
            redrive(sqs, Options())
    assert sqs.bodies("work") == sent
    assert capsys.readouterr().err == "Send again 1 message? [y/N] "


@dataclass
class Terminal:
    """Standard input with an answer."""

    answer: str
    terminal: bool = True

    def isatty(self) -> bool:
        return self.terminal

    def readline(self) -> str:
        return self.answer


def test_a_letter_that_is_gone_by_the_time_of_the_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = filled("a", "b")

    class Slow(Terminal):
        def readline(self) -> str:
            del sqs.queues["dead"]["m0"]
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow(""))
    assert redrive(sqs, Options())
    assert sqs.bodies("work") == ["b"]
    assert (
        "1 message not found as before: dealt with by another command meanwhile." in capsys.readouterr().out
    )


def test_what_stays_is_told_with_what_to_type_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    options, hint = Options(dry_run=True), "To delete what stays: --discard"
    carry_out(redrive_of(filled("poison", "a")), "send again", options, hint)
    assert capsys.readouterr().out.splitlines()[-1] == hint
    carry_out(redrive_of(filled("a")), "send again", options, hint)
    assert hint not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bodies", "told"),
    [("ab", "1 other message: left as it is."), ("abcd", "2 other messages: left as they are.")],
)
def test_what_is_left_out_is_told(bodies: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    redrive(filled(*bodies), Options(dry_run=True, reason="reason 0"))
    assert told in capsys.readouterr().out.splitlines()
