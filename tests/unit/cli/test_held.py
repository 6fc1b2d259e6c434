import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.options import Options


def held(monkeypatch: pytest.MonkeyPatch, *args: str) -> tuple[list[object], int, str]:
    """Run `rowrelay held`: what it asked to be done, its exit code, and what it told."""
    seen: list[object] = []

    def run(*args: object) -> bool:
        seen.extend(args)
        return True

    monkeypatch.setattr("cli.held.run_held", run)
    result = CliRunner().invoke(app, ["held", *args])
    return seen, result.exit_code, result.stderr


@pytest.mark.parametrize("decision", ["resend", "drop"])
def test_a_decision_and_its_options_reach_it(monkeypatch: pytest.MonkeyPatch, decision: str) -> None:
    options = Options(dry_run=True, yes=True, as_json=True)
    flags = ["--stack", "dev", "--dry-run", "--yes", "--json"]
    assert held(monkeypatch, decision, "m1", *flags) == (["dev", decision, "m1", options], 0, "")
    assert held(monkeypatch, decision, "--all", *flags) == (["dev", decision, None, options], 0, "")


@pytest.mark.parametrize(("args", "got"), [([], "neither"), (["m1", "--all"], "both")])
def test_a_decision_is_on_one_mail_or_on_all(
    monkeypatch: pytest.MonkeyPatch, args: list[str], got: str
) -> None:
    told = f"rowrelay: held drop: expected a MAIL, or --all, got {got}: `rowrelay held list`.\n"
    assert held(monkeypatch, "drop", *args) == ([], 2, told)
