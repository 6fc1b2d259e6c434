"""Running one work of `one_handler.py` in a process of its own."""

import json
import subprocess
import sys

from local.root import ROOT


def alone(*arguments: object) -> dict[str, float]:
    """Returns the figures that it prints: rows, seconds of the processor, seconds elapsed, peak memory."""
    command = [sys.executable, "-m", "benchmarks.one_handler", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
