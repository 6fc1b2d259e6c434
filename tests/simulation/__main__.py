"""`make simulate SEEDS=N`: any number of seeds on all cores; or one, step by step; or a backlog."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .backlog import QUOTA_DAYS, RATE, Backlog, Plan, work_off
from .faults import KINDS
from .progress import progress
from .run import Result, run
from .substitutes import substituted

_AT_ONCE = 50  # seeds that a core is given
_MOST_SHOWN = 20
_REPLAY = "make simulate SEED={seed}"

Seeds = Annotated[int, typer.Option(min=1, help="How many seeds.")]
First = Annotated[int, typer.Option(min=0, help="The first of them.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Replay this one, step by step.")]
Mails = Annotated[int | None, typer.Option(min=1, help="Work off so many mails instead.")]
Quota = Annotated[int | None, typer.Option(min=1, help=f"At so many a day; by default in {QUOTA_DAYS} days.")]
Rate = Annotated[int, typer.Option(min=1, help="And so many a second.")]
Shut = Annotated[bool, typer.Option("--shut", help="With the first day's quota used up.")]
Refused = Annotated[float, typer.Option(min=0, max=0.9, help="This share refused for now, each time.")]


def main(
    seeds: Seeds = 1_000,
    first: First = 0,
    seed: Seed = None,
    backlog: Mails = None,
    quota: Quota = None,
    rate: Rate = RATE,
    shut: Shut = False,
    refused: Refused = 0.0,
) -> None:
    """Run the pipeline's handlers under faults drawn from seeds, and check the books after each.

    Exit codes: 0 every promise held in every run; 1 otherwise.
    """
    if seed is not None:
        with substituted():
            result = run(seed, print)
        _complain(result)
        raise typer.Exit(bool(result.wrong))
    if backlog is not None:
        plan = Plan(backlog, quota or max(1, backlog // QUOTA_DAYS), rate, shut=shut, refused=refused)
        with progress("mails", plan.count) as tell:
            worked_off = work_off(plan, tell)
        _show_backlog(worked_off)
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
    with progress("seeds", count) as tell:
        for done, result in enumerate(results, 1):
            yield result
            tell(done)


def _show(results: list[Result], seconds: float) -> None:
    injected = sum((result.injected for result in results), Counter[str]())
    figures = (
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
    )
    _print((name, f"{value:,}") for name, value in figures)


def _show_backlog(worked_off: Backlog) -> None:
    def units(of: Mapping[str, int]) -> Iterator[tuple[str, str]]:
        for what, count in sorted(of.items()):
            yield f"  {what}", f"{count:,}"

    mails = worked_off.mailed
    _print(
        (
            ("mails that left", f"{mails:,}"),
            ("  of them refused for now, times", f"{worked_off.refusals:,}"),
            ("days", f"{worked_off.days:.1f}"),
            ("rounds", f"{worked_off.rounds:,}"),
            ("invocations", f"{worked_off.invocations:,}"),
            *((f"SES's {action}, calls", f"{n:,}") for action, n in worked_off.calls.items()),
            ("hours until the stream had seen to its last record", f"{worked_off.stream_hours:.2f}"),
            ("hours until the last mail of the import in the middle left", f"{worked_off.other_hours:.2f}"),
            ("write units a mail", f"{worked_off.units_a_mail:.3f}"),
            *units(worked_off.units),
            ("write units of the rounds themselves", f"{sum(worked_off.round_units.values()):,}"),
            *units(worked_off.round_units),
            ("memory, MB", f"{worked_off.megabytes:,}"),
            ("seconds", f"{worked_off.seconds:,.0f}"),
            ("seconds of the processor", f"{worked_off.processor_seconds:,.0f}"),
            ("promises that do not hold", f"{len(worked_off.wrong):,}"),
            *((f"  {wrong}", "") for wrong in worked_off.wrong),
        )
    )


def _print(figures: Iterable[tuple[str, str]]) -> None:
    table = Table("", "", show_header=False, box=None)
    for figure in figures:
        table.add_row(*figure)
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
