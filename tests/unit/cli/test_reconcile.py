"""How what is missing is shown and asked about; what is missing is tested with operations."""

import pytest
from typer.testing import CliRunner

from cli.app import app

from ..helpers.stack import FakeStack

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeStack:
    """A stack that the command finds, with two records whose mails never began."""
    fake = FakeStack()
    fake.put_record(2)
    fake.put_record(3)
    monkeypatch.setattr("cli.reconcile.find_stack", lambda _: fake.stack)
    return fake


@pytest.mark.usefixtures("fake")
def test_what_is_missing_is_told_with_what_to_type() -> None:
    shown = CliRunner().invoke(app, ["reconcile"])
    assert (shown.exit_code, shown.stdout.splitlines()[-1]) == (
        1,
        "To enter them as owed: rowrelay reconcile --owe --stack dev",
    )


def test_the_question_says_what_a_round_does_and_how_to_look_only(fake: FakeStack) -> None:
    asked = CliRunner().invoke(app, ["reconcile", "--owe"])
    assert asked.exit_code == 2
    assert "Enter 2 mails (a round sends those never begun, and holds the others)?" in asked.stderr
    assert asked.stderr.endswith("add --yes, or leave out --owe to look.\n")
    assert fake.states() == {}
    assert CliRunner().invoke(app, ["reconcile", "--owe", "--yes"]).exit_code == 0
    assert set(fake.states().values()) == {"owed"}


def test_how_many_records_are_too_young_is_told(fake: FakeStack) -> None:
    fake.put_record(4, hours=0.5)
    shown = CliRunner().invoke(app, ["reconcile"])
    assert "1 record younger than an hour left out: their mails may be on their way yet." in shown.stdout
