from dataclasses import replace

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.options import Options

from ..helpers.stack import OUTPUTS, FakeStack


@pytest.mark.parametrize("step", ["ingest", "writer", "notifier"])
def test_the_options_of_a_redrive_reach_it(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    seen: list[object] = []

    def run(*args: object) -> bool:
        seen.extend(args)
        return False

    monkeypatch.setattr("cli.redrive.run_redrive", run)
    args = ["--stack", "dev", "--reason", "denied", "--dry-run", "--yes", "--json", "--discard"]
    assert CliRunner().invoke(app, ["redrive", step, *args]).exit_code == 1
    options = Options(dry_run=True, yes=True, as_json=True, reason="denied", discard=True)
    assert seen == [step, "dev", options]


@pytest.mark.parametrize("discard", [True, False])
def test_what_stays_may_be_deleted_where_it_is_not_already(
    monkeypatch: pytest.MonkeyPatch, discard: bool
) -> None:
    seen: list[tuple[object, ...]] = []

    def carry_out(*args: object) -> bool:
        seen.append(args[1:])
        return True

    fake, options = FakeStack(), Options(discard=discard)
    outputs = {**OUTPUTS, "dead_letter_queue_url": "dead", "queue_url": "work"}
    monkeypatch.setattr("operations.stack.find_stack", lambda _: replace(fake.stack, outputs=outputs))
    monkeypatch.setattr("cli.survey.carry_out", carry_out)
    assert CliRunner().invoke(app, ["redrive", "writer", *["--discard"] * discard]).exit_code == 0
    hint = "To delete what stays, once nothing can be done with it: rowrelay redrive writer --discard"
    assert seen == [("delete", options) if discard else ("send again", options, f"{hint} --stack dev")]
