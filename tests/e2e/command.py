"""The command `rowrelay`, run in this process against the pipeline of a test."""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.app import app
from local.kept import KeptRun, publish

from .pipeline import Pipeline


@contextlib.contextmanager
def found_by_commands(pipeline: Pipeline, cache: Path, name: str = "demo") -> Iterator[None]:
    """Let the commands find this pipeline, and none that the developer keeps running."""
    aws = pipeline.deployment
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        with publish(KeptRun(aws.endpoint, aws.access_key, aws.outputs), name):
            yield


def rowrelay(*args: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON of a command."""
    result = CliRunner().invoke(app, [*args, "--json"])
    assert result.stdout, result.output
    return result.exit_code, json.loads(result.stdout)


def follow(status: Mapping[str, Any], proposed: str) -> tuple[int, dict[str, Any]]:
    """Run the command that a status proposes; IMPORT stands for an import's id.

    tests/unit/test_proposed_commands.py sees to it that each that there is is run so.
    """
    pattern = re.escape(proposed).replace("IMPORT", "[0-9a-f]{20}")
    [command] = [each for each in commands_in(status) if re.fullmatch(pattern, each)]
    code, answer = rowrelay(*command.split()[1:])
    assert code in (0, 1), (command, code, answer)
    return code, answer


def commands_in(status: Mapping[str, Any]) -> list[str]:
    """The commands that a status proposes."""
    return [str(finding["command"]) for finding in status["findings"] if finding["command"]]
