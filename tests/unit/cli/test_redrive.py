import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from cli.decision import Options
from cli.redrive import Redrive
from operations.errors import OperationError, UsageError
from operations.messages import Letter

from ..fakes import Killed
from ..fakes_queue import FakeQueues

DO = Options(yes=True)


@dataclass
class FakeWork:
    """Sends letters to another queue; refuses those that say so."""

    sqs: Any
    to: str = "work"
    killed_after: int = 10**9
    stay: Mapping[str, str] = field(default_factory=dict)
    verb: str = "send again"

    def reason(self, letter: Letter) -> str:
        return letter.reason

    def name(self, letter: Letter) -> str:
        return f"letter {letter.body}"

    def concerns(self, letter: Letter) -> bool:
        return letter.body != "another's"

    def refuses(self, letter: Letter) -> str | None:
        return "it is poison" if letter.body == "poison" else None

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        for letter in letters:
            self.killed_after -= 1
            if self.killed_after < 0:
                raise Killed
            self.sqs.put(self.to, letter.body)
        return {letter.message_id: self.stay[letter.body] for letter in letters if letter.body in self.stay}


def queue(*bodies: str) -> Any:
    sqs = FakeQueues()
    for n, body in enumerate(bodies):
        sqs.put("dead", body, f"Reason {n % 2}")
    return sqs


def redrive(sqs: Any, options: Options = DO, **work: Any) -> bool:
    return Redrive(sqs, "dead", FakeWork(sqs, **work), options).run()


def test_every_letter_is_sent_and_only_then_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [str(n) for n in range(25)]
    sqs = queue(*bodies)
    assert redrive(sqs)
    assert (sqs.bodies("work"), sqs.bodies("dead")) == (bodies, [])
    assert capsys.readouterr().out.splitlines() == [
        "25 letters to send again:",
        "  13: Reason 0",
        "  12: Reason 1",
        "25 letters done.",
    ]


@pytest.mark.parametrize("after", [0, 1, 9, 10, 11, 24])
def test_killed_anywhere_and_repeated_no_letter_is_lost(after: int) -> None:
    bodies = [str(n) for n in range(25)]
    sqs = queue(*bodies)
    with pytest.raises(Killed):
        redrive(sqs, killed_after=after)
    sqs.hidden.clear()  # as after so many minutes
    assert set(sqs.bodies("work")) | set(sqs.bodies("dead")) == set(bodies)
    assert redrive(sqs)
    assert (set(sqs.bodies("work")), sqs.bodies("dead")) == (set(bodies), [])


def test_a_letter_that_fails_anew_is_left_for_the_next_time() -> None:
    sqs = queue("a", "b")
    assert redrive(sqs, to="dead")
    assert sorted(sqs.bodies("dead")) == ["a", "b"]


def test_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = queue("a", "poison")
    assert redrive(sqs, Options(dry_run=True))
    assert (sqs.bodies("dead"), sqs.bodies("work"), sqs.hidden) == (["a", "poison"], [], set())
    assert "  stays: letter poison: it is poison" in capsys.readouterr().out


def test_only_letters_with_the_text_in_their_reason_are_sent() -> None:
    sqs = queue("a", "b", "c")
    assert redrive(sqs, Options(yes=True, reason="reason 1"))
    assert (sqs.bodies("work"), sqs.bodies("dead"), sqs.hidden) == (["b"], ["a", "c"], set())


def test_letters_that_are_another_commands_are_left_to_it() -> None:
    sqs = queue("a", "another's")
    assert redrive(sqs, Options(yes=True))
    assert (sqs.bodies("work"), sqs.bodies("dead"), sqs.hidden) == (["a"], ["another's"], set())


def test_what_cannot_be_sent_stays_and_the_outcome_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = queue("poison", "a", "b")
    assert not redrive(sqs, Options(yes=True, as_json=True), stay={"b": "its mail is on its way"})
    assert sorted(sqs.bodies("dead")) == ["b", "poison"]
    document = json.loads(capsys.readouterr().out)
    assert {name: document[name] for name in ("chosen", "done", "reasons", "dry_run")} == {
        "chosen": 2,
        "done": 1,
        "reasons": {"Reason 0": 1, "Reason 1": 1},
        "dry_run": False,
    }
    assert [(entry["is"], entry["stays"]) for entry in document["stay"]] == [
        ("letter poison", "it is poison"),
        ("letter b", "its mail is on its way"),
    ]


def test_letters_that_another_command_has_taken_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = queue("a", "b")
    sqs.hidden.add("m0")
    assert redrive(sqs)
    assert sqs.bodies("dead") == ["a"]
    assert "1 letter taken by another command, or by one that was killed: back within 5 minutes." in (
        capsys.readouterr().out
    )


def test_without_a_terminal_nothing_is_done_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = queue("a")
    monkeypatch.setattr("sys.stdin", Terminal("y\n", terminal=False))
    with pytest.raises(UsageError, match="add --yes, or --dry-run"):
        redrive(sqs, Options())
    assert (sqs.bodies("dead"), sqs.hidden) == (["a"], set())


@pytest.mark.parametrize(
    ("answer", "sent"), [("y\n", ["a"]), ("Yes\n", ["a"]), ("\n", []), ("", []), ("n\n", [])]
)
def test_the_operator_is_asked_and_obeyed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, sent: list[str]
) -> None:
    sqs = queue("a")
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    if sent:
        assert redrive(sqs, Options())
    else:
        with pytest.raises(OperationError, match="nothing was changed"):
            redrive(sqs, Options())
    assert sqs.bodies("work") == sent
    assert capsys.readouterr().err == "Send again 1 letter? [y/N] "


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
    sqs = queue("a", "b")

    class Slow(Terminal):
        def readline(self) -> str:
            del sqs.queues["dead"]["m0"]
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow(""))
    assert redrive(sqs, Options())
    assert sqs.bodies("work") == ["b"]
    assert "1 letter not found again: taken by another command meanwhile." in capsys.readouterr().out
