"""The handlers by themselves, each in processes of its own, in turn with what it is held against."""

from collections.abc import Sequence

from .alone import alone
from .cold_starts import bundle_sizes, cold_starts, first_invocations
from .figures import announce, spread, table

MB = 1024 * 1024
_ROWS = 20_000
_COLD_REPEATS = 7
_IMPORTS = ("csv_reader", "process_csv", "transform_rows")
_LONG_BYTES = 500 * MB  # from here on once is enough


def process_csv(sizes: Sequence[int], repeats: int) -> None:
    """Importing files of so many bytes, against reading them with the csv module, and with rows changed."""
    rows = []
    for size in sizes:
        for form in ("plain", "gzip"):
            turns = []
            for _ in range(repeats if size < _LONG_BYTES else 1):
                announce(f"process_csv: {size // MB:,} MB, {form}")
                turns.append([alone(work, size, form) for work in _IMPORTS])
            rates = [[run["rows"] / run["seconds"] for run in turn] for turn in turns]
            rows.append(
                [
                    f"{size // MB:,} MB, {form}",
                    spread(own for _, own, _ in rates),
                    spread(bare for bare, _, _ in rates),
                    spread([own / bare for bare, own, _ in rates], 2),
                    spread(changed for _, _, changed in rates),
                    spread([changed / own for _, own, changed in rates], 2),
                    spread((own["peak_bytes"] / MB for _, own, _ in turns), 0),
                ]
            )
    heads = [
        "text",
        "process_csv, rows/s",
        *("csv.reader, rows/s", "of it"),
        *("with transform_rows, rows/s", "of process_csv"),
        "peak memory, MB",
    ]
    table("Parse, validate, normalise, pack; a processor's seconds", heads, rows)


def other_handlers(repeats: int) -> None:
    """insert_records and send_email over clients that answer at once."""
    rows = []
    for function in ("insert_records", "send_email"):
        announce(f"{function}: {_ROWS:,} rows")
        runs = [alone(function, _ROWS) for _ in range(repeats)]
        rows.append([function, spread(run["rows"] / run["seconds"] for run in runs)])
    table("Over clients that answer at once; a processor's seconds", ["", "rows/s"], rows)


def starts(repeats: int) -> None:
    """What a function's first invocation waits for, and how large its bundle is."""
    announce("cold starts")
    imports, sizes = cold_starts(_COLD_REPEATS), bundle_sizes()
    invocations = first_invocations(repeats)
    heads = ["", "import, ms", "against import boto3", "first invocation, ms", "second, ms", "bundle, KB"]
    rows = []
    for function, cold in imports.items():
        first, second = zip(*invocations[function], strict=True)
        rows.append(
            [
                function,
                spread((1000 * seconds for seconds in cold.seconds), 0),
                spread(cold.ratios, 2),
                spread((1000 * seconds for seconds in first), 0),
                spread((1000 * seconds for seconds in second), 0),
                f"{sizes[function] / 1024:,.0f}",
            ]
        )
    table("Cold start: from the bundle, and in the emulator", heads, rows)
