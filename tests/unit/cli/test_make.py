"""What `make demo` gives the command of FILES and ARGS."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ...program import ROOT

STUB = """#!/usr/bin/env python3
import json, sys
print(json.dumps(sys.argv[1:]))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the Makefile, and a command that prints its arguments."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements-dev.txt").touch()
    command = tmp_path / ".venv" / "bin" / "rowrelay"
    command.parent.mkdir(parents=True)
    command.write_text(STUB)
    command.chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def given(folder: Path, *variables: str) -> list[str]:
    """The arguments of the command."""
    # A make that runs the tests tells its own how it was called, and they would say where they are.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")
    }
    done = subprocess.run(
        ["make", "demo", *variables], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    arguments: list[str] = json.loads(done.stdout)
    return arguments


@pytest.mark.parametrize(
    "name",
    [
        "people.csv",
        "people (1).csv",
        "it's.csv",
        'the "new" ones.csv',
        "a&b;c.csv",
        "50% $HOME [x] *.csv",
        "ü.csv",
    ],
)
def test_one_file_is_named_as_it_is(copy: Path, name: str) -> None:
    (copy / name).touch()
    assert given(copy, f"FILES={name}") == ["demo", name]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ("a.csv b.csv.gz", ["a.csv", "b.csv.gz"]),
        ("'people (1).csv' b.csv", ["people (1).csv", "b.csv"]),
        ('"people (1).csv" it\\\'s.csv', ["people (1).csv", "it's.csv"]),
        ("", []),
        ("-", ["-"]),
    ],
)
def test_several_files_are_quoted_as_in_a_shell(copy: Path, files: str, names: list[str]) -> None:
    for name in names:
        (copy / name).touch()
    assert given(copy, f"FILES={files}") == ["demo", *names]


def test_a_pattern_is_the_files_that_fit(copy: Path) -> None:
    for name in ("a 1.csv", "b.csv"):
        (copy / name).touch()
    assert given(copy, "FILES=*.csv") == ["demo", "a 1.csv", "b.csv"]


@pytest.mark.parametrize("name", ["people (1).csv", "it's.csv"])
def test_a_name_that_is_no_shell_text_is_left_to_the_command(copy: Path, name: str) -> None:
    assert given(copy, f"FILES={name}") == ["demo", name]


def test_other_arguments_come_first(copy: Path) -> None:
    (copy / "a b.csv").touch()
    assert given(copy, "FILES=a b.csv", "ARGS=--keep --mail 'my mail'") == [
        *["demo", "--keep", "--mail", "my mail"],
        "a b.csv",
    ]
