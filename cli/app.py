"""The command line's entry: options, messages, exit codes."""

import io
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from local.errors import EmbeddedAwsError

from .errors import Unsuccessful, UsageProblem
from .text import shown

OK, NOT_OK, USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="rowrelay",
    help="CSV in, accounts and welcome mails out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def rowrelay() -> None:
    """CSV in, accounts and welcome mails out."""


Files = Annotated[list[str] | None, typer.Argument(metavar="FILE", help="CSV files. Default: a sample.")]
Keep = Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The emulator's port. Default: a free one.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; all else on stderr.")]


@app.command()
def demo(files: Files = None, *, keep: Keep = False, port: Port = None, as_json: Json = False) -> None:
    """Run the pipeline in an embedded AWS and show where every row of the files ended.

    Nothing leaves this machine: no account, no Docker, no real mail. The seconds that are shown run from the
    first upload to the last row's end.

    Exit codes: 0 every row is accounted for and none failed or is held (rejected rows are a result, not a
    failure); 1 otherwise; 2 wrong usage, such as a file that does not exist.
    """
    from .demo import run_demo  # boto3 is not needed for --help

    _run(lambda: run_demo(files or [], port=port, keep=keep, as_json=as_json))


CheckedFiles = Annotated[list[str], typer.Argument(metavar="FILE", help="CSV files, plain or gzipped.")]
SchemaPath = Annotated[
    str | None, typer.Option(metavar="PATH", help="Table Schema. Default: schemas/users.json.")
]


@app.command()
def check(files: CheckedFiles, *, schema: SchemaPath = None, as_json: Json = False) -> None:
    """Check files against the schema, offline, with the code that imports them.

    Prints every row that an import would reject, with its line and reason, and the counts.

    Exit codes: 0 every row would be accepted; 1 a row, or a whole file, would be rejected; 2 wrong usage,
    such as a file that does not exist.
    """
    from .check import run_check

    _run(lambda: run_check(files, schema=schema, as_json=as_json))


def _run(work: Callable[[], bool]) -> None:
    """Do the work and end with its exit code; what a user can cause is a line on stderr."""
    try:
        code = OK if work() else NOT_OK
    except KeyboardInterrupt:
        code = _complain(INTERRUPTED, "stopped; nothing is left running.")
    except UsageProblem as problem:
        code = _complain(USAGE, *map(str, problem.args))
    except (Unsuccessful, EmbeddedAwsError, BotoCoreError, ClientError, OSError) as error:
        code = _complain(NOT_OK, str(error))
    raise typer.Exit(code)


def _complain(code: int, *messages: str) -> int:
    for message in messages:
        print(f"rowrelay: {shown(message, 10_000, lines=True)}", file=sys.stderr)
    return code


def main() -> None:
    """Run the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows a ? instead
    try:
        app(prog_name="rowrelay")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # Python itself would end by the signal if that came inside of an exec(), handled or not.
            sys.stderr.flush()
            os._exit(INTERRUPTED)
        raise
