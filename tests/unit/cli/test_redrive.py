import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.options import Options


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
