"""Rowrelay and the usual way in turn, from upload to last mail, and the bare calls that are the limit."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.root import ROOT

from .bare_calls import bare_call_seconds
from .end_to_end import Run, run
from .figures import announce, spread, table
from .growth import plot
from .pipelines import REPLACING, ROWRELAY, USUAL, Kind
from .prices import dollars_per_million

# From here on once is enough, and the usual way is left out: with so many messages waiting, the emulator is
# so slow that it had mailed 37,000 of 100,000 rows after 15 minutes.
_LONG_ROWS = 50_000
# As AWS answers, the usual way sends some fifteen mails a second, since one function reads the stream.
_LONG_SLOW_ROWS = 10_000
_COLD_ROWS = 1_000
_PRICED_ROWS = 5_000
_CHUNK_ROWS = (10, 50, 100, 250, 500)


@dataclass(frozen=True)
class Turns:
    """So many rows, in turn: ours, the usual way (if not too many), and the limit in rows a second.

    `slow`: each pipeline once as AWS answers, by its name.
    """

    rows: int
    ours: list[Run]
    usual: list[Run]
    limits: list[float]
    slow: dict[str, Run]


def side_by_side(sizes: Sequence[int], repeats: int) -> None:
    """Measure files of these sizes, and print and plot what came of it."""
    turns = []
    for rows in sizes:
        turns.append(_turns(rows, repeats if rows < _LONG_ROWS else 1))
        _print_uses(turns[-1])  # at once, for the next may take long, and be broken off
    _print_cold(repeats)
    _print_rates(turns)
    _print_slow(turns)
    series = {
        ROWRELAY.name: [turn.ours[0] for turn in turns],
        USUAL.name: [turn.usual[0] for turn in turns if turn.usual],
    }
    for kind in (ROWRELAY.slow, USUAL.slow):
        series[kind.name] = [turn.slow[kind.name] for turn in turns if kind.name in turn.slow]
    plot(series)


def costs() -> None:
    """What a million rows would cost on AWS, from the calls of one run each."""
    runs = {kind.name: _run(kind, _PRICED_ROWS, warm=True) for kind in (ROWRELAY, REPLACING, USUAL)}
    services = list(dollars_per_million(runs[USUAL.name], with_mail=True))
    table(
        "Dollars a million rows, from the calls counted",
        ["", *services, "all", "all, without send_email"],
        [[name, *_dollars(measured)] for name, measured in runs.items()],
    )


def chunk_sizes(repeats: int) -> None:
    """What the rows in a message are worth: for its default, which is 100."""
    kinds = [Kind(f"{size}", ROOT, {"rowsPerChunk": str(size)}) for size in _CHUNK_ROWS]
    turns = [[_run(kind, _PRICED_ROWS, warm=True) for kind in kinds] for _ in range(repeats)]
    rows = []
    for kind, runs in zip(kinds, zip(*turns, strict=True), strict=True):
        units = dollars_per_million(runs[0], with_mail=False)
        calls = f"{runs[0].usage.calls.total():,}"
        rows.append([kind.name, spread(run.rate for run in runs), calls, f"{sum(units.values()):,.2f}"])
    heads = ["rows a chunk", "rows/s", "calls", "dollars a million, without send_email"]
    table(f"Rows a chunk, {_PRICED_ROWS:,} rows", heads, rows)


def _turns(rows: int, repeats: int) -> Turns:
    turns = Turns(rows, [], [], [], {})
    for _ in range(repeats):
        turns.ours.append(_run(ROWRELAY, rows, warm=True))
        if rows < _LONG_ROWS:
            turns.usual.append(_run(USUAL, rows, warm=True))
        announce(f"the bare calls: {rows:,} rows")
        turns.limits.append(rows / bare_call_seconds(rows))
        announce(f"  {turns.limits[-1]:,.0f} rows/s")
    slow = [ROWRELAY.slow, *([USUAL.slow] if rows < _LONG_SLOW_ROWS else [])]
    turns.slow.update({kind.name: _run(kind, rows, warm=True) for kind in slow})
    return turns


def _run(kind: Kind, rows: int, *, warm: bool) -> Run:
    announce(f"{kind.name}: {rows:,} rows{'' if warm else ', cold'}")
    measured = run(kind, rows, warm=warm)
    announce(f"  {measured.rate:,.0f} rows/s")
    return measured


def _print_rates(turns: Sequence[Turns]) -> None:
    def row(turn: Turns) -> list[str]:
        ours, usual = [run.rate for run in turn.ours], [run.rate for run in turn.usual]
        return [
            f"{turn.rows:,}",
            spread(ours),
            spread(usual),
            spread([a / b for a, b in zip(ours, usual, strict=False)], 1),
            spread(turn.limits),
            spread([a / b for a, b in zip(ours, turn.limits, strict=True)], 2),
        ]

    heads = [
        "rows",
        "Rowrelay, rows/s",
        "the usual way, rows/s",
        "times",
        "bare calls, rows/s",
        "of the bare calls",
    ]
    table("From the upload to the last mail, functions warm", heads, map(row, turns))


def _print_slow(turns: Sequence[Turns]) -> None:
    rows = []
    for turn in turns:
        runs = [turn.slow[kind.name] for kind in (ROWRELAY.slow, USUAL.slow) if kind.name in turn.slow]
        rates = [f"{run.rate:,.0f}" for run in runs]
        billed = [f"{1000 * sum(run.usage.billed_seconds.values()):,.0f}" for run in runs]
        times = [f"{runs[0].rate / run.rate:,.1f}" for run in runs[1:]]
        rows.append([f"{turn.rows:,}", *(*rates, "-")[:2], *(*billed, "-")[:2], *(times or "-")])
    heads = [
        "rows",
        "Rowrelay, rows/s",
        "the usual way, rows/s",
        "Rowrelay, billed ms",
        "the usual way, billed ms",
    ]
    table("The same as AWS answers", [*heads, "times"], rows)


def _print_cold(repeats: int) -> None:
    rows = []
    for kind in (ROWRELAY, USUAL):
        runs = [_run(kind, _COLD_ROWS, warm=False) for _ in range(repeats)]
        times = ([run.deployed, run.first_record, run.first_mail, run.last_mail] for run in runs)
        rows.append([kind.name, *(spread(each, 2) for each in zip(*times, strict=True))])
    heads = ["", "deployed", "first record", "first mail", "last mail"]
    table(f"Seconds, {_COLD_ROWS:,} rows, no function running yet", heads, rows)


def _print_uses(turn: Turns) -> None:
    rows = []
    for name, runs in ((ROWRELAY.name, turn.ours), (USUAL.name, turn.usual)):
        if not runs:
            continue
        usage = runs[0].usage
        emulator = spread((1000 * run.usage.emulator_seconds / turn.rows for run in runs), 2)
        functions = spread((1000 * run.usage.function_seconds / turn.rows for run in runs), 2)
        invocations = ", ".join(f"{count:,} {function}" for function, count in usage.invocations.items())
        calls = ", ".join(f"{count:,} {operation}" for operation, count in usage.calls.most_common())
        rows.append([name, emulator, functions, invocations, calls])
    heads = ["", "emulator, CPU ms a row", "functions, CPU ms a row", "invocations", "calls"]
    table(f"What {turn.rows:,} rows take", heads, rows)


def _dollars(measured: Run) -> list[str]:
    whole = dollars_per_million(measured, with_mail=True)
    without = dollars_per_million(measured, with_mail=False)
    return [f"{price:,.2f}" for price in (*whole.values(), sum(whole.values()), sum(without.values()))]
