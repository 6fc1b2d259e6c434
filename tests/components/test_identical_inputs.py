"""A second `pulumi up`, from wherever the repository is cloned to, has nothing to do."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..program import ROOT, copy_program


def registered(folder: Path, **environment: str) -> Any:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.components.print_inputs"],
        cwd=folder,
        # The folder it runs in comes first: the clone's own components, this repository's tests.
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.slow
def test_another_clone_at_another_time_registers_the_same(tmp_path: Path) -> None:
    one = copy_program(tmp_path / "one")
    other = copy_program(tmp_path / "deep" / "er" / "clone", of=one)
    for path in other.rglob("*.py"):
        os.utime(path, (0, 0))
    cache = other / "lambdas" / "core" / "__pycache__"
    cache.mkdir()
    (cache / "left.cpython-311.pyc").write_bytes(b"behind")
    (other / "lambdas" / "core" / "notes.txt").write_text("of somebody's")

    first = registered(one, PYTHONHASHSEED="1")
    assert registered(other, PYTHONHASHSEED="2") == first

    # And what is compared is the contents, not just the names.
    code = first["inputs"]["aws:lambda/function:Function ingest-process-csv"]["code"]
    limits = (one / "lambdas" / "aws" / "limits.py").read_bytes()
    assert code["lambdas/aws/limits.py"]["sha256"] == hashlib.sha256(limits).hexdigest()
