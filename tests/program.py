"""A copy of the program that a test may change."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FILES = ("*.py", "Pulumi*.yaml")
_FOLDERS = ("components", "lambdas", "schemas", "mails")


def copy_program(to: Path, of: Path = ROOT) -> Path:
    """Copy what `pulumi up` reads into a new folder; returns that folder."""
    to.mkdir(parents=True)
    for path in (path for pattern in _FILES for path in of.glob(pattern)):
        shutil.copy(path, to)
    for name in _FOLDERS:
        shutil.copytree(of / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to
