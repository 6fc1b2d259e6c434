"""`make bench`: Rowrelay against the usual way, against the limit, and its handlers by themselves.

Everything is measured on this machine, in one run, in turns; the tables are Markdown.
"""

from typing import Annotated

import typer

from .against_peers import against_peers
from .answering import waiting
from .document import origin, write_figures
from .figures import printed
from .handlers import MB, other_handlers, process_csv, starts
from .profiled import profile
from .side_by_side import chunk_sizes, costs, side_by_side

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Repeats = Annotated[int, typer.Option(min=1, help="How often each is measured; the longest once.")]
Rows = Annotated[list[int], typer.Option("--rows", min=1, help="A file's rows; may be given several times.")]
Megabytes = Annotated[
    list[int], typer.Option("--mb", min=1, help="A file's size; may be given several times.")
]

ROWS = [1_000, 5_000, 20_000, 100_000]
MEGABYTES = [1, 10, 100, 1_024]


@app.command("all")
def everything(repeats: Repeats = 3) -> None:
    """Measure all that docs/performance.md tells, and write it there: about an hour on two cores."""
    measured = origin()
    print(measured, flush=True)
    process_csv([size * MB for size in MEGABYTES], repeats)
    against_peers(repeats)
    profile()
    other_handlers(repeats)
    starts(repeats)
    waiting(repeats)
    side_by_side(ROWS, repeats)
    chunk_sizes(repeats)
    costs()
    write_figures(printed, measured)


@app.command("handlers")
def handlers(megabytes: Megabytes = MEGABYTES, repeats: Repeats = 3) -> None:
    """Measure the handlers by themselves."""
    print(origin(), flush=True)
    process_csv([size * MB for size in megabytes], repeats)
    other_handlers(repeats)


@app.command("cold")
def cold(repeats: Repeats = 3) -> None:
    """Measure cold starts."""
    print(origin(), flush=True)
    starts(repeats)


@app.command("peers")
def peers(repeats: Repeats = 3) -> None:
    """Measure process_csv beside what else reads a CSV file."""
    print(origin(), flush=True)
    against_peers(repeats)
    profile()


@app.command("waiting")
def as_aws_answers(repeats: Repeats = 3) -> None:
    """Measure the handlers with AWS's delays, and without."""
    print(origin(), flush=True)
    waiting(repeats)


@app.command("pipelines")
def pipelines(rows: Rows = ROWS, repeats: Repeats = 3) -> None:
    """Measure the pipelines side by side, and draw docs/growth.svg."""
    print(origin(), flush=True)
    side_by_side(rows, repeats)


@app.command("chunks")
def chunks(repeats: Repeats = 3) -> None:
    """Measure Rowrelay with several rowsPerChunk."""
    print(origin(), flush=True)
    chunk_sizes(repeats)


@app.command("costs")
def price() -> None:
    """Price a million rows by the calls of one run each."""
    print(origin(), flush=True)
    costs()


if __name__ == "__main__":
    app()
