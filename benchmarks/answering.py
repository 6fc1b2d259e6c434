"""What waiting for AWS costs: the handlers over clients that answer as soon as AWS does, and at once."""

from collections.abc import Mapping

from components.defaults import INSERT_RECORDS_MEMORY_MB, PROCESS_CSV_MEMORY_MB, SEND_EMAIL_MEMORY_MB
from operations.load import Load

from .alone import alone
from .figures import announce, spread, table
from .one_handler import ROWS_AN_INVOCATION

_MB = 1024 * 1024
_MILLION = 1_000_000
_MEMORY_MB = {
    "process_csv": PROCESS_CSV_MEMORY_MB,
    "insert_records": INSERT_RECORDS_MEMORY_MB,
    "send_email": SEND_EMAIL_MEMORY_MB,
}
# About so many seconds of waiting each.
_WORKS: Mapping[str, tuple[object, ...]] = {
    "process_csv": (100 * _MB, "plain"),
    "insert_records": (20_000,),
    "send_email": (5_000,),
}
Figures = Mapping[str, float]


def waiting(repeats: int) -> None:
    """Measure each handler with AWS's delays, in turn with none, and print both, by the clock on the wall."""
    rows = []
    for function, arguments in _WORKS.items():
        turns = []
        for _ in range(repeats):
            announce(f"{function}: with AWS's delays, and without")
            turns.append([alone(function, *arguments, *waits) for waits in (("waits",), ())])
        slow, fast = zip(*turns, strict=True)
        rows.append(
            [
                function,
                spread(map(_rate, fast)),
                spread(map(_rate, slow)),
                spread([_rate(a) / _rate(b) for a, b in turns], 2),
                spread(map(_share_waited, slow), 2),
                spread(map(_billed_milliseconds, slow)),
                spread((dollars_of_lambda(function, run) for run in slow), 4),
                spread((dollars_of_lambda(function, run) for run in fast), 4),
            ]
        )
    heads = [
        "",
        "rows/s, answered at once",
        "rows/s, as AWS answers",
        "of it",
        "share of the time waiting",
        "billed ms a million rows",
        "dollars of Lambda a million rows",
        "the same, answered at once",
    ]
    table("One invocation at a time, by the clock on the wall", heads, rows)


def _rate(run: Figures) -> float:
    return run["rows"] / run["elapsed"]


def _share_waited(run: Figures) -> float:
    return max(0.0, 1 - run["seconds"] / run["elapsed"])


def _billed_milliseconds(run: Figures) -> float:
    return run["elapsed"] * 1000 / run["rows"] * _MILLION


def dollars_of_lambda(function: str, run: Figures) -> float:
    """Lambda's price of a million rows, which it bills by memory and elapsed time, waiting or not."""
    load = Load(
        invocations=_MILLION / ROWS_AN_INVOCATION.get(function, _MILLION),
        gb_seconds=_billed_milliseconds(run) / 1000 * _MEMORY_MB[function] / 1024,
    )
    return load.dollars()["Lambda"]
