"""Stack `local`, deployed by the engine into an emulator: a file that is uploaded ends in mails."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from local import mailbox
from local.clients import Clients
from local.emulator import Emulator
from operations.imports import Import
from operations.stack import Stack
from operations.watching import watch_of

from ..program import ROOT
from .project import Project, Ran

STACK = "local"


@pytest.fixture(scope="module", autouse=True)
def deployed(program: Project) -> Ran:
    return program.succeed("up", STACK)


@pytest.fixture(scope="module")
def outputs(program: Project) -> dict[str, Any]:
    return program.outputs(STACK)


def status(program: Project, running: Emulator) -> tuple[int, dict[str, Any]]:
    """What `rowrelay status --stack local` says, in an environment as Pulumi's own."""
    key = {"AWS_ACCESS_KEY_ID": running.access_key.id, "AWS_SECRET_ACCESS_KEY": running.access_key.secret}
    ended = subprocess.run(
        [sys.executable, "-m", "cli", "status", "--stack", STACK, "--json"],
        cwd=ROOT,
        env={**os.environ, **program.environment, **key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_the_state_is_read_before_any_resource_is_saved_to_it(deployed: Ran) -> None:
    types = [resource.split(" ")[0] for resource in deployed.steps]
    before = types[: types.index("pulumi:pulumi:StackReference")]
    assert set(before) <= {"pulumi:pulumi:Stack", "pulumi:providers:pulumi"}


def test_an_upload_ends_in_mails(
    program: Project, outputs: dict[str, Any], clients: Clients, running: Emulator
) -> None:
    key = f"{outputs['upload_prefix']}users.csv"
    sample = ROOT / "samples" / "users.csv"
    clients.client("s3").upload_file(str(sample), outputs["bucket"], key)

    watch = watch_of(Stack(STACK, "", outputs, clients.client))
    [one] = watch.until_settled([Import("users.csv", key)], lambda _: None)

    assert one.balanced
    assert (one.books.read, one.books.rejected, one.books.mailed) == (19, 7, 10)
    assert len(mailbox.read(running.endpoint, running.access_key)) == 10
    code, shown = status(program, running)
    assert code == 0
    assert shown["stack"] == f"stack {STACK}"
    # How it gets on the bookkeeper says, at a moment of its own.
    told = {**one.as_json(), "file": key}
    [import_shown] = shown["imports"]
    assert import_shown.keys() == told.keys()
    assert import_shown | one.progress.as_json() == told | one.progress.as_json()
