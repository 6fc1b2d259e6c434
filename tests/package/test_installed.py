"""The wheel in an environment that does not have this repository: what another project gets."""

import json
import os
import pkgutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pulumi
import pytest

import lambdas
from components.bundle import make_bundle
from components.contracts import FOLDERS_OF
from components.version import VERSION

from ..program import ROOT
from ..wheel import install

EVERY_MODULE = """
import importlib, json, pkgutil, rowrelay
found = [module.name for module in pkgutil.walk_packages(rowrelay.__path__, "rowrelay.")]
for name in found:
    importlib.import_module(name)
print(json.dumps(found))
"""
BUNDLES = """
import hashlib, json, pulumi
from pathlib import Path
from rowrelay.bundle import make_bundle
from rowrelay.contracts import FOLDERS_OF
bundles = {package: make_bundle(package, {}).assets for package in FOLDERS_OF}
digest = lambda asset: hashlib.sha256(Path(asset.path).read_bytes()).hexdigest()
print(json.dumps({of: {name: digest(a) for name, a in files.items()} for of, files in bundles.items()}))
"""
RIGHT = """
import pulumi

from rowrelay import BufferedWriter, BufferedWriterArgs, CsvIngest, CsvIngestArgs, MailTexts, StreamNotifier

args: BufferedWriterArgs = {"key": "email"}
writer = BufferedWriter("people", args, pulumi.ResourceOptions(protect=True))
ingest_args: CsvIngestArgs = {"schema": {}, "queue": writer.queue, "import_ledger": writer.import_ledger}
CsvIngest("people", ingest_args)
mail: MailTexts = {"subject": "Hello", "text": "Hello", "html": "Hello"}
StreamNotifier("people", {"stream_arn": writer.stream_arn, "sender": "us@example.com", "mail": mail})
"""
WRONG = """
from rowrelay import BufferedWriter, Nothing

BufferedWriter("people", {"key": 1})
BufferedWriter("people", {"key": "email", "keys": "email"})
"""
# Pulumi's own modules take mypy a minute, and say nothing of Rowrelay's.
MYPY = "[mypy]\nstrict = true\n[mypy-pulumi_aws.*,grpc.*,google.*,opentelemetry.*]\nfollow_imports = skip\n"


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv")


def run(*command: str | Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder), "COLUMNS": "100"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def python(commands: Path, program: str, folder: Path) -> Any:
    """What a program prints as JSON."""
    ended = run(commands / "python", "-I", "-c", program, folder=folder)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_every_module_can_be_imported_and_no_other_is_there(commands: Path, tmp_path: Path) -> None:
    found = set(python(commands, EVERY_MODULE, tmp_path))
    assert found >= {
        f"rowrelay.{module.name}" for module in pkgutil.walk_packages(lambdas.__path__, "lambdas.")
    }
    ended = run(commands / "python", "-I", "-c", "import lambdas", folder=tmp_path)
    assert "No module named 'lambdas'" in ended.stderr


def test_bundles_are_those_of_the_repository(commands: Path, tmp_path: Path) -> None:
    expected: dict[str, dict[str, str]] = {}
    for package in FOLDERS_OF:
        assets = make_bundle(package, {}).assets
        expected[package] = {
            name: sha256(Path(asset.path).read_bytes()).hexdigest()
            for name, asset in assets.items()
            if isinstance(asset, pulumi.FileAsset)
        }
    assert "lambdas/process_csv/handler.py" in expected["process_csv"]
    assert python(commands, BUNDLES, tmp_path) == expected


def test_the_command_needs_no_pulumi_to_say_its_version(commands: Path, tmp_path: Path) -> None:
    ended = run(commands / "rowrelay", "--version", folder=tmp_path)
    assert ended.stdout == f"rowrelay {VERSION}\n"
    loads = "import json, sys, rowrelay.cli.app; print(json.dumps([*sys.modules]))"
    assert not {"pulumi", "pulumi_aws"} & set(python(commands, loads, tmp_path))


def test_files_are_checked_in_any_folder(commands: Path, tmp_path: Path) -> None:
    sample = ROOT / "samples" / "users.csv"
    ended = run(commands / "rowrelay", "check", "--json", sample, folder=tmp_path)
    assert (ended.returncode, json.loads(ended.stdout)["files"][0]["accepted"]) == (1, 12)


@pytest.mark.e2e
def test_the_demo_runs_in_any_folder(commands: Path, tmp_path: Path) -> None:
    ended = run(commands / "rowrelay", "demo", "--json", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["balanced"]


def test_a_named_stack_is_that_of_the_folder(commands: Path, tmp_path: Path) -> None:
    pulumi_cli = tmp_path / "pulumi"
    pulumi_cli.write_text('#!/bin/sh\necho "here: $PWD" >&2\nexit 1\n')
    pulumi_cli.chmod(0o755)
    program = f"import os; os.environ['PATH'] = {str(tmp_path)!r}; from rowrelay.cli.app import main; main()"
    arguments = ["status", "--stack", "dev"]
    ended = run(commands / "python", "-I", "-c", program, *arguments, folder=tmp_path)
    assert (ended.returncode, f"here: {tmp_path}" in ended.stderr) == (1, True)


def test_a_strict_type_checker_sees_the_arguments(commands: Path, tmp_path: Path) -> None:
    for name, text in {"right.py": RIGHT, "wrong.py": WRONG, "mypy.ini": MYPY}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    mypy = ["-m", "mypy", "--config-file", "mypy.ini", "right.py", "wrong.py"]
    errors = [
        line
        for line in run(commands / "python", *mypy, folder=tmp_path).stdout.splitlines()
        if ": error: " in line
    ]
    assert [line.split(" error: ")[0] for line in errors] == ["wrong.py:2:", "wrong.py:4:", "wrong.py:5:"]
    assert 'no attribute "Nothing"' in errors[0]
    assert 'TypedDict item "key" has type "str"' in errors[1]
    assert 'Extra key "keys"' in errors[2]
