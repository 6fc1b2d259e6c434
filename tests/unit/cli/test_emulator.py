import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

import cli.emulator
from cli.app import app
from cli.options import LOCAL_STACK_PORT
from local.access_key import AccessKey

from ...program import ROOT


class Running:
    """An emulator that is ready at once."""

    access_key = AccessKey("its-id", "its-secret")

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://localhost:{port}"

    def wait_until_ready(self) -> None:
        pass


def run(monkeypatch: pytest.MonkeyPatch, *args: str) -> Any:
    """Run `rowrelay emulator` until Ctrl-C, which comes at once."""

    @contextlib.contextmanager
    def emulator(port: int) -> Iterator[Running]:
        yield Running(port)

    def interrupt(_event: threading.Event) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.emulator, "emulator", emulator)
    monkeypatch.setattr(threading.Event, "wait", interrupt)
    return CliRunner().invoke(app, ["emulator", *args])


def test_standard_output_is_the_key_for_a_shell_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch)
    assert result.exit_code == 0
    assert result.stdout == "export AWS_ACCESS_KEY_ID=its-id\nexport AWS_SECRET_ACCESS_KEY=its-secret\n"


def test_the_port_is_where_the_local_stack_points_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text(encoding="utf-8"))
    [endpoints] = stack["config"]["aws:endpoints"]
    assert set(endpoints.values()) == {f"http://localhost:{LOCAL_STACK_PORT}"}
    told = run(monkeypatch).stderr
    assert f"Running at http://localhost:{LOCAL_STACK_PORT}: type these two lines" in told
    assert "aws:endpoints" not in told


def test_with_another_port_the_stacks_endpoints_must_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(monkeypatch, "--port", "5000").stderr
    assert "Running at http://localhost:5000: type these two lines" in told
    assert f"The stack's `aws:endpoints` must name this port, not {LOCAL_STACK_PORT}." in told
