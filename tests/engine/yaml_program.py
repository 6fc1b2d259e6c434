"""A program in YAML that uses the components as a plugin, from a clone of this repository beside it."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..program import ROOT
from .installed import PYTHON
from .project import Project, Ran, project

HOST = Path(__file__).with_name("python_host.py")
_CLONED = ("components", "lambdas", "plugin")
STACK = "dev"


@dataclass
class YamlProgram:
    """The program.

    Attributes:
        plugin: The plugin's folder in the clone.
        project: What runs it.
    """

    plugin: Path
    project: Project

    def write(self, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> None:
        """Make it of these resources. What `pulumi package add` adds to a project is `packages`."""
        program = {
            "name": "consumer",
            "runtime": "yaml",
            "packages": {"rowrelay": str(self.plugin)},
            "resources": resources,
            "outputs": outputs or {},
        }
        text = yaml.safe_dump(program, sort_keys=False)
        (self.project.folder / "Pulumi.yaml").write_text(text, encoding="utf-8")

    def run(self, operation: str) -> Ran:
        """Preview, up or destroy; it may fail."""
        return self.project.run(operation, STACK)

    def succeed(self, operation: str) -> Ran:
        """The same, of what must not fail."""
        return self.project.succeed(operation, STACK)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        return self.project.outputs(STACK)

    def pulumi(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the CLI in the program's folder."""
        return subprocess.run(
            ["pulumi", *arguments],
            cwd=self.project.folder,
            env={**os.environ, **self.project.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, *arguments: str) -> Any:
        """The same, of what prints JSON and must not fail."""
        ended = self.pulumi(*arguments)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)


@contextlib.contextmanager
def yaml_program(folder: Path, provider_clients: Any) -> Iterator[YamlProgram]:
    """An empty program in a new folder, and the clone.

    The plugin finds its environment in place, made of the same requirements: pip, which may ask no index,
    installs nothing, and fails if anything is missing.
    """
    program, clone, hosts = folder / "program", folder / "clone", folder / "hosts"
    program.mkdir(parents=True)
    for name in _CLONED:
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__", "venv"))
    shutil.copy(ROOT / "requirements.txt", clone)
    (clone / "plugin" / "venv").symlink_to(PYTHON.parents[1])
    hosts.mkdir()
    host = hosts / "pulumi-language-python"
    host.write_text(f'#!/bin/sh\nexec "{PYTHON}" "{HOST}" "$@"\n', encoding="utf-8")
    host.chmod(0o755)
    with project(folder, provider_clients, program, hosts=hosts) as made:
        yield YamlProgram(clone / "plugin", made)
