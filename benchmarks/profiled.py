"""Where process_csv's time goes: its functions' shares of a processor's time."""

import cProfile
import pstats
import time
from pathlib import Path
from typing import Any

from .figures import announce, spread, table
from .one_handler import WORKS

_BYTES = 20 * 1024 * 1024
_FUNCTIONS = 16


def profile() -> None:
    """Print the functions of `lambdas/` that most of the time is spent in; the profiler itself takes some."""
    announce("process_csv, with a profiler")
    _, work = WORKS["process_csv"](_BYTES, "plain")
    profiler = cProfile.Profile(time.thread_time)
    profiler.runcall(work)
    stats: Any = pstats.Stats(profiler)
    found = [
        (with_calls / stats.total_tt, own / stats.total_tt, f"{Path(file).stem}.{function}")
        for (file, _, function), (_, _, own, with_calls, _) in stats.stats.items()
        if "/lambdas/" in file and function.isidentifier()
    ]
    most = sorted(found, reverse=True)[:_FUNCTIONS]
    rows = [[name, spread([with_calls], 2), spread([own], 2)] for with_calls, own, name in most]
    table("Where process_csv's time goes", ["", "with what it calls", "alone"], rows)
