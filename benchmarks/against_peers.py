"""process_csv beside what else reads a CSV file, in turn, each in a process of its own."""

from .alone import alone
from .figures import announce, spread, table

_MB = 1024 * 1024
# What reads, the file's form and megabytes, what checks the rows, and what comes of them. The slowest has a
# short file.
_READERS = {
    "csv_reader": ("csv_reader", "plain", 20, "nothing", "lists"),
    "process_csv": ("process_csv", "plain", 20, "the schema", "messages of 100 rows, and reports"),
    "process_csv, cells in quotes": ("process_csv", "quoted", 20, "the schema", "the same"),
    "process_csv, one row in 100 rejected": ("process_csv", "rejects", 20, "the schema", "the same"),
    "dict_reader": ("dict_reader", "plain", 20, "nothing", "JSON texts"),
    "pydantic_model": ("pydantic_model", "plain", 20, "the schema", "JSON texts"),
    "frictionless_resource": ("frictionless_resource", "plain", 1, "the schema", "JSON texts"),
}


def against_peers(repeats: int) -> None:
    """Measure all of them, and print their rates."""
    turns = []
    for _ in range(repeats):
        turn = {}
        for reader, (work, form, megabytes, *_) in _READERS.items():
            announce(f"{reader}: {megabytes} MB")
            run = alone(work, megabytes * _MB, form)
            turn[reader] = run["rows"] / run["seconds"]
        turns.append(turn)
    rows = [
        [
            reader,
            checks,
            made,
            spread(turn[reader] for turn in turns),
            spread([turn[reader] / turn["csv_reader"] for turn in turns], 3),
            spread([turn["process_csv"] / turn[reader] for turn in turns], 2),
        ]
        for reader, (*_, checks, made) in _READERS.items()
    ]
    heads = ["", "checks", "makes", "rows/s", "of csv.reader", "process_csv is faster, times"]
    table("Plain text; a processor's seconds", heads, rows)
