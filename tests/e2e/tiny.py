"""The tiny pipeline: a small program that has the shape of Rowrelay's, for the tests of the embedded AWS."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TINY = Path(__file__).parent / "tiny_pipeline"
WAIT = 60.0  # seconds for what takes one or two; more, where the machine has much to do


def until(come_true: Callable[[], Any]) -> Any:
    """Wait for what the pipeline does by itself."""
    deadline = time.monotonic() + WAIT
    while not (found := come_true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


def program_in(folder: Path, source: str | None = None) -> Path:
    """The tiny pipeline's project in a folder of its own, with another program if given."""
    for name in ("Pulumi.yaml", "Pulumi.local.yaml", "tiny_handlers.py"):
        shutil.copy(TINY / name, folder)
    (folder / "__main__.py").write_text(source or (TINY / "tiny_program.py").read_text())
    return folder
