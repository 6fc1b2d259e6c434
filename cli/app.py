"""The command line's entry: the commands and what they tell of themselves."""

import io
import os
import sys
from typing import Annotated

import typer

from operations.cost import MAILS_A_DAY, MAILS_A_SECOND, Plan
from operations.errors import UsageError

from .options import Discard, DryRun, Json, Options, Reason, StackName, Yes
from .run import INTERRUPTED, run

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


EmulatorPort = Annotated[int, typer.Option(min=1, max=65535, help="The emulator's port.")]
_EMULATOR_PORT = 4566  # where Pulumi.local.yaml points the provider


@app.command()
def emulator(*, port: EmulatorPort = _EMULATOR_PORT) -> None:
    """Run an empty AWS emulator until Ctrl-C, for `pulumi up --stack local`.

    It takes one key, its own, which is printed as two lines for the shell: type them where Pulumi runs.

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
redrive = typer.Typer(no_args_is_help=True, help="Deal again with what failed for good, its cause mended.")
app.add_typer(redrive, name="redrive")


@app.command()
def status(*, stack: StackName = None, limit: Limit = 20, as_json: Json = False) -> None:
    """Show the imports and where their rows are, the queues, and what needs a decision.

    Changes nothing. A queue's age is that of its oldest message; on AWS it lags by some minutes.

    Exit codes: 0 nothing needs a decision; 1 something does, and is shown with the command to type;
    2 wrong usage.
    """
    from .status import run_status

    run(lambda: run_status(stack, limit=limit, as_json=as_json))


@redrive.command("ingest")
def redrive_ingest(
    *,
    stack: StackName = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    discard: Discard = False,
    as_json: Json = False,
) -> None:
    """Import anew what process_csv gave up reading, such as for a permission that was missing.

    An upload that has expired or was overwritten cannot be read any more; its message stays until
    --discard. May be killed and repeated: an import is one import however often it is sent.

    Exit codes: 0 every message was dealt with, or none was there; 1 some stay, or you said no; 2 wrong usage.
    """
    options = Options(dry_run=dry_run, yes=yes, as_json=as_json, reason=reason, discard=discard)
    _redrive("ingest", stack, options)


@redrive.command("writer")
def redrive_writer(
    *,
    stack: StackName = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    discard: Discard = False,
    as_json: Json = False,
) -> None:
    """Send the rows that could not be written to the work queue again.

    A message that is no chunk is not ours; it is shown, and stays until --discard. May be killed and
    repeated: a row that is in the table changes nothing there (if on_conflict is replace, it wins over a
    later import's).

    Exit codes: 0 every message was dealt with, or none was there; 1 some stay, or you said no; 2 wrong usage.
    """
    options = Options(dry_run=dry_run, yes=yes, as_json=as_json, reason=reason, discard=discard)
    _redrive("writer", stack, options)


@redrive.command("notifier")
def redrive_notifier(
    *,
    stack: StackName = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    discard: Discard = False,
    as_json: Json = False,
) -> None:
    """Send mails again that SES refused for good, such as for a sender that was not verified.

    Mails that are held are left to `rowrelay held`. Lambda's note of a stream batch that it gave up stays
    until --discard; `rowrelay reconcile` finds its records. May be killed and repeated: a mail leaves once.

    Exit codes: 0 every message was dealt with, or none was there; 1 some stay, or you said no; 2 wrong usage.
    """
    options = Options(dry_run=dry_run, yes=yes, as_json=as_json, reason=reason, discard=discard)
    _redrive("notifier", stack, options)


def _redrive(queue: str, stack: str | None, options: Options) -> None:
    from .redrive import run_redrive

    run(lambda: run_redrive(queue, stack, options))


held = typer.Typer(no_args_is_help=True, help="Decide on mails of which nobody knows whether they left.")
app.add_typer(held, name="held")
MailId = Annotated[str | None, typer.Argument(metavar="MAIL", help="The mail's id, from `held list`.")]
All = Annotated[bool, typer.Option("--all", help="Every mail that is held.")]


@held.command("list")
def held_list(*, stack: StackName = None, as_json: Json = False) -> None:
    """Show the mails that are held, and to whom they are.

    Exit codes: 0 none is held; 1 some are; 2 wrong usage.
    """
    from .held import run_held_list

    run(lambda: run_held_list(stack, as_json=as_json))


@held.command("resend")
def held_resend(
    mail: MailId = None,
    *,
    every: All = False,
    stack: StackName = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Send a mail that is held, or all: you know that it did not leave, or that twice does no harm.

    May be killed and repeated.

    Exit codes: 0 done, or none is held; 1 some stay, or you said no; 2 wrong usage.
    """
    _decide("resend", mail, every, stack, Options(dry_run=dry_run, yes=yes, as_json=as_json))


@held.command("drop")
def held_drop(
    mail: MailId = None,
    *,
    every: All = False,
    stack: StackName = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Never send a mail that is held, or all of them: it then counts as undeliverable.

    May be killed and repeated.

    Exit codes: 0 done, or none is held; 1 some stay, or you said no; 2 wrong usage.
    """
    _decide("drop", mail, every, stack, Options(dry_run=dry_run, yes=yes, as_json=as_json))


def _decide(verb: str, mail: str | None, every: bool, stack: str | None, options: Options) -> None:
    from .held import run_held

    def work() -> bool:
        if every == (mail is not None):
            got = "both" if every else "neither"
            raise UsageError(f"held {verb}: expected a MAIL, or --all, got {got}: `rowrelay held list`.")
        return run_held(stack, verb, mail, options)

    run(work)


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
