"""The command line's entry: the commands and what they tell of themselves."""

import io
import os
import sys
from typing import Annotated

import typer

from operations.cost import MAILS_A_DAY, MAILS_A_SECOND, Plan

from . import held, redrive
from .options import LOCAL_STACK_PORT, Json, Options, StackName, Yes
from .run import INTERRUPTED, run

app = typer.Typer(
    name="rowrelay",
    help="CSV in, records and welcome mails out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(redrive.app, name="redrive")
app.add_typer(held.app, name="held")


@app.callback()
def rowrelay() -> None:
    """CSV in, records and welcome mails out."""


Files = Annotated[list[str] | None, typer.Argument(metavar="FILE", help="CSV files. Default: a sample.")]
Keep = Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The emulator's port. Default: a free one.")]


@app.command()
def demo(files: Files = None, *, keep: Keep = False, port: Port = None, as_json: Json = False) -> None:
    """Run the pipeline in an embedded AWS and show where every row of the files ended.

    Nothing leaves this machine: no account, no Docker, no real mail. The seconds that are shown run from the
    first upload to the last row's end.

    Exit codes: 0 every row is accounted for and none failed or is held (rejected rows are a result, not a
    failure); 1 otherwise; 2 wrong usage, such as a file that does not exist.
    """
    from .demo import run_demo  # boto3 is not needed for --help

    run(lambda: run_demo(files or [], port=port, keep=keep, as_json=as_json))


_PORT_HELP = f"The emulator's port; Pulumi.local.yaml points Pulumi at {LOCAL_STACK_PORT}."
EmulatorPort = Annotated[int, typer.Option(min=1, max=65535, help=_PORT_HELP)]


@app.command()
def emulator(*, port: EmulatorPort = LOCAL_STACK_PORT) -> None:
    """Run an empty AWS emulator until Ctrl-C, for `pulumi up --stack local`.

    It takes one key, its own, which is printed as two lines for the shell: type them in the terminal that
    runs `pulumi stack init local` (once) and `pulumi up --stack local`.

    Exit codes: 0 ended by Ctrl-C; 1 it could not start.
    """
    from .emulator import run_emulator

    run(lambda: run_emulator(port))


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

    run(lambda: run_check(files, schema=schema, as_json=as_json))


Limit = Annotated[int, typer.Option(min=1, metavar="N", help="Show the newest N imports.")]


@app.command()
def status(*, stack: StackName = None, limit: Limit = 20, as_json: Json = False) -> None:
    """Show the imports and where their rows are, the queues, and what needs a decision.

    Changes nothing. A queue's age is that of its oldest message; on AWS it lags by some minutes.

    Exit codes: 0 nothing needs a decision; 1 something does, and is shown with the command to type;
    2 wrong usage.
    """
    from .status import run_status

    run(lambda: run_status(stack, limit=limit, as_json=as_json))


Queue = Annotated[bool, typer.Option("--queue", help="Queue the mails that are missing.")]


@app.command()
def reconcile(
    *, stack: StackName = None, queue: Queue = False, yes: Yes = False, as_json: Json = False
) -> None:
    """Hold the table against the mail ledger: which imported records have no mail on its way, and why.

    Reads the whole table. Records younger than an hour are left out. Queueing a mail twice does no harm.

    Exit codes: 0 nothing is missing, or all of it was queued; 1 something is, or you said no; 2 wrong usage.
    """
    from .reconcile import run_reconcile

    run(lambda: run_reconcile(stack, Options(yes=yes, as_json=as_json), queue=queue))


Rows = Annotated[int, typer.Argument(metavar="ROWS", min=1, help="How many rows, all of them good and new.")]
Rate = Annotated[float, typer.Option(min=0.001, metavar="N", help="Mails that SES lets you send a second.")]
Quota = Annotated[int, typer.Option(min=1, metavar="N", help="Mails that SES lets you send a day.")]


@app.command()
def cost(
    rows: Rows,
    *,
    mails_a_second: Rate = MAILS_A_SECOND,
    mails_a_day: Quota = MAILS_A_DAY,
    as_json: Json = False,
) -> None:
    """Show what an import costs on AWS and how long it takes there, and what a month without imports costs.

    Dated prices of one region, without free tiers; what is stored and logs are not in it.

    Exit codes: 0 shown; 2 wrong usage.
    """
    from .cost import run_cost

    plan = Plan(rows, mails_a_second, mails_a_day)
    run(lambda: run_cost(plan, as_json=as_json))


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
