"""A second `pulumi up`, from wherever the repository is cloned to, has nothing to do."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from .conftest import ROOT

PROGRAM = ("__main__.py", "settings.py", "Pulumi.yaml", "Pulumi.local.yaml")
FOLDERS = ("components", "lambdas", "schemas", "mails")


def clone(of: Path, to: Path) -> Path:
    to.mkdir(parents=True)
    for name in PROGRAM:
        shutil.copy(of / name, to)
    for name in FOLDERS:
        shutil.copytree(of / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def registered(clone: Path, **environment: str) -> Any:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.components.print_inputs"],
        cwd=clone,
        # The folder it runs in comes first: the clone's own components, this repository's tests.
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_another_clone_at_another_time_registers_the_same(tmp_path: Path) -> None:
    one = clone(ROOT, tmp_path / "one")
    other = clone(one, tmp_path / "deep" / "er" / "clone")
    for path in other.rglob("*.py"):
        os.utime(path, (0, 0))
    cache = other / "lambdas" / "shared" / "__pycache__"
    cache.mkdir()
    (cache / "left.cpython-311.pyc").write_bytes(b"behind")
    (other / "lambdas" / "shared" / "notes.txt").write_text("of somebody's")

    first = registered(one, PYTHONHASHSEED="1")
    assert registered(other, PYTHONHASHSEED="2") == first

    # And what is compared is the contents, not just the names.
    code = first["inputs"]["aws:lambda/function:Function ingest-process-csv"]["code"]
    limits = (one / "lambdas" / "shared" / "limits.py").read_bytes()
    assert code["lambdas/shared/limits.py"]["sha256"] == hashlib.sha256(limits).hexdigest()
