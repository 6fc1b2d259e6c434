"""The Pulumi CLI, and an environment of what requirements.txt names: `make engine` makes both."""

import os
import shutil
from pathlib import Path

from ..program import ROOT

BUILD = ROOT / "build" / "engine"
PYTHON = BUILD / "venv" / "bin" / "python"


def pulumi_cli() -> Path | None:
    """The `pulumi` on the PATH, else the one built from Go, else None."""
    found = shutil.which("pulumi") or shutil.which(BUILD / "bin" / "pulumi")
    return Path(found) if found else None


def missing() -> str:
    """What is not there and how to have it; empty if all is."""
    if pulumi_cli() is None:
        return "expected `pulumi` or `go` (1.26 or newer) on the PATH, found neither; then: make engine"
    if not os.access(PYTHON, os.X_OK):
        return "expected an environment of requirements.txt, found none; make it: make engine"
    return ""


def missing_yaml() -> str:
    """The same of Pulumi's host for programs in YAML."""
    cli = pulumi_cli()
    if cli and (shutil.which("pulumi-language-yaml") or shutil.which(cli.with_name("pulumi-language-yaml"))):
        return ""
    return "expected `pulumi-language-yaml` beside `pulumi`, found none; build it: make engine"
