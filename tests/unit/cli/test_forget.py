import json

import pytest
from typer.testing import CliRunner

from cli.app import app
from operations.forget import LEFT

from ..helpers.stack import FakeStack


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeStack:
    """A stack that the command finds, with one record."""
    fake = FakeStack()
    fake.owe(fake.put_record(2, hours=30))
    monkeypatch.setattr("cli.forget.find_stack", lambda _: fake.stack)
    return fake


def test_a_record_is_erased_once_confirmed_and_what_is_left_is_told(fake: FakeStack) -> None:
    asked = CliRunner().invoke(app, ["forget", "p2@example.com"])
    assert (asked.exit_code, asked.stderr.rpartition(": ")[2]) == (2, "add --yes.\n")
    assert len(fake.dynamodb.items("users")) == 1
    done = CliRunner().invoke(app, ["forget", "p2@example.com", "--yes"])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["Erased.", "What may be left:", *(f"  {each}" for each in LEFT)]
    assert (fake.dynamodb.items("users"), fake.states()) == ([], {})


@pytest.mark.usefixtures("fake")
def test_a_key_that_no_record_has_is_told() -> None:
    done = CliRunner().invoke(app, ["forget", "nobody@example.com", "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"erased": False, "left": list(LEFT)})
    assert done.stderr.startswith("Nothing was erased: no record has this key")
