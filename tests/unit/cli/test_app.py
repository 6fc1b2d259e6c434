import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

import cli.demo
from cli.app import app
from cli.inputs import Inputs
from cli.keeping import Keeping
from local.errors import EmulatorError
from operations.errors import OperationError, UsageError


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("one", "two"), 2, ["rowrelay: one", "rowrelay: two"]),
        (OperationError("no luck"), 1, ["rowrelay: no luck"]),
        (EmulatorError("no port"), 1, ["rowrelay: no port"]),
        (OSError(28, "No space left on device"), 1, ["rowrelay: [Errno 28] No space left on device"]),
        (
            EndpointConnectionError(endpoint_url="http://x"),
            1,
            ['rowrelay: Could not connect to the endpoint URL: "http://x"'],
        ),
        (
            ClientError({"Error": {"Code": "NoSuchBucket", "Message": "gone"}}, "PutObject"),
            1,
            ["rowrelay: An error occurred (NoSuchBucket) when calling the PutObject operation: gone"],
        ),
        (KeyboardInterrupt(), 130, ["rowrelay: stopped; it may be run again."]),
    ],
)
def test_what_a_user_can_cause_is_a_line_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: list[str]
) -> None:
    def fail(*_args: object, **_options: object) -> bool:
        raise error

    monkeypatch.setattr(cli.demo, "run_demo", fail)
    result = CliRunner().invoke(app, ["demo"])
    assert (result.exit_code, result.stderr.splitlines(), result.stdout) == (code, told, "")


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.demo, "run_demo", fail)
    assert isinstance(CliRunner().invoke(app, ["demo"]).exception, ZeroDivisionError)


@pytest.mark.parametrize("fine", [True, False])
def test_the_options_reach_the_run_and_its_outcome_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, fine: bool
) -> None:
    seen: list[object] = []

    def run(names: list[str], inputs: Inputs, *, port: int | None, keeping: Keeping, as_json: bool) -> bool:
        seen.extend([names, inputs, port, keeping, as_json])
        return fine

    monkeypatch.setattr(cli.demo, "run_demo", run)
    of_inputs = ["--schema", "s", "--transform", "t", "--mail", "m", "--encoding", "e"]
    args = ["demo", *of_inputs, "--port", "4566", "--keep", "--name", "demo-x", "--json", "a.csv", "-"]
    result = CliRunner().invoke(app, args)
    inputs = Inputs(schema="s", transform="t", mail="m", encoding="e")
    assert seen == [["a.csv", "-"], inputs, 4566, Keeping(keep=True, name="demo-x"), True]
    assert result.exit_code == (0 if fine else 1)


@pytest.mark.parametrize(
    "args", [["demo", "--port", "0"], ["demo", "--port", "x"], ["demo", "--nope"], ["x"]]
)
def test_wrong_options_are_wrong_usage(args: list[str]) -> None:
    assert CliRunner().invoke(app, args).exit_code == 2


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--name", "demo-x"], "--name is a kept demo's: add --keep."),
        (
            ["--keep", "--name", "prod"],
            "--name: expected demo, or demo- and letters, digits, _ and -, such as demo-shop, so that it is "
            "no deployed stack's; got prod.",
        ),
    ],
)
def test_a_name_that_no_kept_demo_may_have_is_wrong_usage(args: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["demo", *args])
    assert (result.exit_code, result.stderr) == (2, f"rowrelay: {told}\n")


def test_a_missing_file_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def start(**_options: object) -> None:
        pytest.fail("the emulator was started")

    monkeypatch.setattr(cli.demo, "embedded_aws", start)
    result = CliRunner().invoke(app, ["demo", str(tmp_path / "none.csv")])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"rowrelay: {tmp_path}/none.csv does not exist: expected a CSV file. Check the path."
    ]


def test_settings_that_are_wrong_are_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi import RunError

    def start(**_options: object) -> None:
        raise RunError("the setting sender is missing")

    monkeypatch.setattr(cli.demo, "embedded_aws", start)
    result = CliRunner().invoke(app, ["demo"])
    assert (result.exit_code, result.stderr) == (1, "rowrelay: the setting sender is missing\n")


def test_help_tells_the_exit_codes() -> None:
    commands = ("demo", "check", "upload", "rejects", "logs", "status", "redrive ingest", "redrive writer")
    for command in commands:
        assert "Exit codes: 0" in CliRunner().invoke(app, [*command.split(), "--help"]).stdout


@pytest.mark.parametrize("group", [[], ["mails"], ["redrive"]])
def test_on_eighty_columns_every_command_is_summed_up_whole(group: list[str]) -> None:
    told = CliRunner().invoke(app, [*group, "--help"], env={"COLUMNS": "80"}).stdout
    commands = told.partition("\nCommands:\n")[2].splitlines()
    assert commands
    assert all(command.endswith(".") and not command.endswith("...") for command in commands)


def test_the_sample_is_a_sample_of_everything() -> None:
    result = CliRunner().invoke(app, ["check", "--json", str(cli.demo.SAMPLE)])
    [document] = json.loads(result.stdout)["files"]
    assert (document["read"], document["accepted"], document["rejected"]) == (19, 12, 7)
