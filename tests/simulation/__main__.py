"""`make simulate SEEDS=N`: any number of seeds on all cores; or one, step by step."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from .backlog import work_off
from .faults import KINDS
from .run import Result, run
from .substitutes import substituted

_AT_ONCE = 50  # seeds that a core is given
_PLAIN_SECONDS = 10.0  # between two lines of progress, where there is no terminal
_MOST_SHOWN = 20
_REPLAY = "make simulate SEED={seed}"

Seeds = Annotated[int, typer.Option(min=1, help="How many seeds.")]
First = Annotated[int, typer.Option(min=0, help="The first of them.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Replay this one, step by step.")]


Users = Annotated[int | None, typer.Option(min=1, help="Work off so many users at a fiftieth of them a day.")]


def main(seeds: Seeds = 1_000, first: First = 0, seed: Seed = None, backlog: Users = None) -> None:
    """Run the pipeline's handlers under faults drawn from seeds, and check the books after each.

    Exit codes: 0 every promise held in every run; 1 otherwise.
    """
    if seed is not None:
        with substituted():
            result = run(seed, print)
        _complain(result)
        raise typer.Exit(bool(result.wrong))
    if backlog is not None:
        worked_off = work_off(backlog, max(1, backlog // 50))
        print(worked_off)
        raise typer.Exit(bool(worked_off.wrong))
    started = time.monotonic()
    results: list[Result] = []
    failed = 0
    for result in _with_progress(_results(first, seeds), seeds):
        results.append(result)
        failed += bool(result.wrong)
        if failed <= _MOST_SHOWN:
            _complain(result)
    _show(results, time.monotonic() - started)
    raise typer.Exit(bool(failed))


def _results(first: int, seeds: int) -> Iterator[Result]:
    starts = range(first, first + seeds, _AT_ONCE)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(_run, ((start, min(start + _AT_ONCE, first + seeds)) for start in starts)):
            yield from results


def _run(seeds: tuple[int, int]) -> list[Result]:
    with substituted():
        return [run(seed) for seed in range(*seeds)]


def _with_progress(results: Iterator[Result], count: int) -> Iterator[Result]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from _with_lines(results, count, console)
        return
    columns = (TextColumn("seeds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield from progress.track(results, total=count)


def _with_lines(results: Iterator[Result], count: int, console: Console) -> Iterator[Result]:
    told = time.monotonic()
    for n, result in enumerate(results, 1):
        yield result
        if time.monotonic() - told >= _PLAIN_SECONDS or n == count:
            told = time.monotonic()
            console.print(f"{n:,} of {count:,} seeds", highlight=False)


def _show(results: list[Result], seconds: float) -> None:
    injected = sum((result.injected for result in results), Counter[str]())
    table = Table("", "", show_header=False, box=None)
    for name, value in (
        ("runs", len(results)),
        ("runs a minute", round(len(results) / seconds * 60)),
        ("invocations", sum(result.invocations for result in results)),
        ("faults injected", injected.total()),
        *((f"  {kind}", injected[kind]) for kind in KINDS),
        ("rows", sum(result.rows for result in results)),
        ("rows lost", sum(result.lost for result in results)),
        ("mails", sum(result.mails for result in results)),
        ("mails sent twice", sum(result.twice for result in results)),
        ("runs whose books do not balance", sum(bool(result.wrong) for result in results)),
    ):
        table.add_row(name, f"{value:,}")
    table.columns[1].justify = "right"
    Console(highlight=False, markup=False).print(table)


def _complain(result: Result) -> None:
    """Say at once what is wrong with a run: of many, it would otherwise be heard of only at the end."""
    if result.wrong:
        print(f"seed {result.seed} (replay it: {_REPLAY.format(seed=result.seed)}):", file=sys.stderr)
        for wrong in result.wrong:
            print(f"  {wrong}", file=sys.stderr)


if __name__ == "__main__":
    typer.run(main)
