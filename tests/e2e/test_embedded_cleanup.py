"""The embedded AWS leaves no process and no file behind, however a run ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local.root import ROOT

from .tiny import WAIT, program_in, until

pytestmark = pytest.mark.e2e

# A run of its own in a process: says when it is up, then waits.
WAITING = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from local.embedded import embedded_aws
try:
    with embedded_aws(root=Path({project!r})) as deployment:
        busy = {{"FunctionName": deployment.outputs["functions"][0], "Payload": b'{{"sleep": 60}}'}}
        deployment.client("lambda").invoke(InvocationType="Event", **busy)
        time.sleep(1)
        print("up", flush=True)
        try:
            {body}
        except KeyboardInterrupt:
            deployment.client("s3").list_buckets()  # the emulator is ours to end, not the terminal's
            raise
except KeyboardInterrupt:
    print("interrupted")
"""


@contextlib.contextmanager
def waiting(tmp_path: Path, body: str) -> Iterator[subprocess.Popen[str]]:
    script = WAITING.format(root=str(ROOT), project=str(program_in(tmp_path)), body=body)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def nothing_is_in(folder: Path) -> bool:
    return not processes_naming(folder.resolve()) and not list(folder.iterdir())


def processes_naming(folder: Path) -> list[str]:
    """The command lines that name the folder: supervisor and workers, and the emulator by its parent."""
    listing = subprocess.run(
        ["ps", "-ewwo", "pid,ppid,stat,args"], capture_output=True, text=True, check=True
    )
    lines = [line.split(None, 3) for line in listing.stdout.splitlines()[1:]]
    named = {line[0] for line in lines if str(folder) in line[3] and "Z" not in line[2]}
    return [line[3] for line in lines if line[0] in named or line[1] in named]


@pytest.mark.parametrize("ending", ["success", "error", signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind(tmp_path: Path, ending: str | signal.Signals) -> None:
    body = {"success": "pass", "error": "raise ValueError"}.get(str(ending), "time.sleep(60)")
    with waiting(tmp_path, body) as process:
        temporary = tmp_path / "temporary"
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        if isinstance(ending, signal.Signals):
            running = processes_naming(temporary.resolve())
            assert any("supervisor" in line for line in running)
            assert any("_worker.py" in line for line in running)
            # Ctrl-C reaches the whole foreground process group.
            (os.killpg if ending == signal.SIGINT else os.kill)(process.pid, ending)
        output = process.communicate(timeout=WAIT)[0]
        until(partial(nothing_is_in, temporary))
        if ending == signal.SIGINT:
            assert output == "interrupted\n"
        assert ("Traceback" in output) == (ending == "error")


def test_nothing_is_left_behind_when_interrupted_in_the_middle(tmp_path: Path) -> None:
    for number, seconds in enumerate((0.1, 0.6, 1.2)):
        (tmp_path / str(number)).mkdir()
        with waiting(tmp_path / str(number), "time.sleep(60)") as process:
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            output = process.communicate(timeout=WAIT)[0]
            temporary = tmp_path / str(number) / "temporary"
            # The supervisor, if it was not yet waited for, sees by itself that it is alone.
            until(partial(nothing_is_in, temporary))
            assert "Task" not in output
