"""The command line's entry: the commands and what they tell of themselves."""

import io
import os
import sys
from typing import Annotated

import typer

from components.version import VERSION
from operations.cost import MAILS_A_DAY, MAILS_A_SECOND, Plan

from . import mails, redrive, stack_commands
from .options import (
    LOCAL_STACK_PORT,
    CheckedFiles,
    Encoding,
    Json,
    MailPath,
    SchemaPath,
    TransformPath,
    filled,
)
from .run import INTERRUPTED, run

app = typer.Typer(
    name="rowrelay",
    help="CSV in, records and welcome mails out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(stack_commands.app)
app.add_typer(redrive.app, name="redrive")
app.add_typer(mails.app, name="mails")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rowrelay {VERSION}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
]


@app.callback()
def rowrelay(*, version: Version = False) -> None:
    """CSV in, records and welcome mails out."""


Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE", parser=filled, help="CSV files, or - (standard input). Default: a sample."
    ),
]
Keep = Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C.")]
KeptName = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="NAME",
        parser=filled,
        help="What --stack calls it: demo, or demo-…. Default: a free one.",
    ),
]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The emulator's port. Default: a free one.")]


@app.command()
def demo(
    files: Files = None,
    *,
    schema: SchemaPath = None,
    mail: MailPath = None,
    transform: TransformPath = None,
    encoding: Encoding = None,
    keep: Keep = False,
    name: KeptName = None,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Run the pipeline in an embedded AWS, on this machine.

    Shows where every row of the files ended. Nothing leaves this machine: no account, no Docker, no real
    mail. The seconds that are shown run from the first upload to the last row's end. Rejected rows are
    written into the current folder, as NAME.rejects.csv: correct them there, and give that file next. With
    --keep the other commands find it from any folder, by its name as --stack if several are kept.

    Exit codes: 0 every row is accounted for and none failed or is held (rejected rows are a result, not a
    failure); 1 otherwise, or a file was rejected as a whole; 2 wrong usage, such as a file that does not
    exist.
    """
    from .demo import run_demo  # boto3 is not needed for --help
    from .inputs import Inputs
    from .keeping import Keeping

    inputs = Inputs(schema=schema, transform=transform, mail=mail, encoding=encoding)
    keeping = Keeping(keep=keep, name=name)
    run(lambda: run_demo(files or [], inputs, port=port, keeping=keeping, as_json=as_json))


_PORT_HELP = f"The emulator's port; Pulumi.local.yaml points Pulumi at {LOCAL_STACK_PORT}."
EmulatorPort = Annotated[int, typer.Option(min=1, max=65535, help=_PORT_HELP)]


@app.command()
def emulator(*, port: EmulatorPort = LOCAL_STACK_PORT) -> None:
    """Run an empty AWS emulator until Ctrl-C.

    It is for `pulumi up --stack local`. It takes one key, its own, which is printed as two lines for the
    shell: type them in the terminal that runs `pulumi stack init local` (once) and `pulumi up --stack local`.

    Exit codes: 0 ended by Ctrl-C; 1 it could not start.
    """
    from .emulator import run_emulator

    run(lambda: run_emulator(port))


WriteAliases = Annotated[
    bool, typer.Option("--write", help="Write the aliases that are proposed into the schema's file.")
]


@app.command()
def check(
    files: CheckedFiles,
    *,
    schema: SchemaPath = None,
    mail: MailPath = None,
    transform: TransformPath = None,
    encoding: Encoding = None,
    write: WriteAliases = False,
    as_json: Json = False,
) -> None:
    """Check files against the schema, offline.

    It is done by the code that imports them. Prints every row that an import would reject, with its line and
    reason, and the counts. Where a file's header lacks columns, it proposes which of the file's they may be,
    as a patch of the schema, which --write applies. A mail is checked against the schema, too.

    Exit codes: 0 every row would be accepted; 1 a row, or a whole file, would be rejected; 2 wrong usage,
    such as a file that does not exist.
    """
    from .check import run_check
    from .inputs import Inputs

    inputs = Inputs(schema=schema, transform=transform, mail=mail, encoding=encoding)
    run(lambda: run_check(files, inputs, as_json=as_json, write=write))


_DRAFTED_HELP = "A CSV file, plain or gzipped; - for standard input."
DraftedFile = Annotated[str, typer.Argument(metavar="FILE", parser=filled, help=_DRAFTED_HELP)]


@app.command()
def schema(file: DraftedFile, *, encoding: Encoding = None) -> None:
    """Draft a Table Schema from a file's first rows.

    It has types, required columns and a key. Prints the schema on stdout; what it looked at, what it could
    not read, and the columns that it leaves out, on stderr. It takes the rows that it looked at; look it over
    before you use it.

    Exit codes: 0 drafted; 1 no row can be read, none is a header, or no column could be the key; 2 wrong
    usage, such as a file that does not exist.
    """
    from .schema import run_schema

    run(lambda: run_schema(file, encoding=encoding))


_ROWS_MAX = 10**9  # at one mail a day, the most days that Python can tell
Rows = Annotated[
    int,
    typer.Argument(metavar="ROWS", min=1, max=_ROWS_MAX, help="How many rows, all of them good and new."),
]
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
    """Show what an import costs on AWS.

    Also how long it takes there, and what a month without imports costs. Dated prices of one region, without
    free tiers; what is stored and logs are not in it.

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
