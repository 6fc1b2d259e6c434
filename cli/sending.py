"""`rowrelay mails pause`, `resume` and `cancel`: whether mails leave, of an import or of all."""

import contextlib
import json
import sys
from typing import Annotated

import typer

from operations.errors import UsageError
from operations.text import count, stack_option

from .options import DryRun, Json, Options, StackName, Yes, confirm
from .printer import Printer
from .run import run

app = typer.Typer()
ImportId = Annotated[
    str | None, typer.Argument(metavar="IMPORT", help="The import's id, from `status` or `mails list`.")
]
CancelledId = Annotated[str, typer.Argument(metavar="IMPORT", help="The import's id, from `status`.")]
All = Annotated[bool, typer.Option("--all", help="The mails of every import.")]


@app.command()
def pause(
    import_id: ImportId = None, *, every: All = False, stack: StackName = None, as_json: Json = False
) -> None:
    """Let an import's mails wait, or all, from within a minute on; what waits goes on with `resume`.

    May be killed and repeated. Records are written all the while.

    Exit codes: 0 done; 1 the import's mails are cancelled; 2 wrong usage.
    """
    run(lambda: run_pause(stack, _one_or_all("pause", import_id, stack, every=every), as_json=as_json))


@app.command()
def resume(
    import_id: ImportId = None, *, every: All = False, stack: StackName = None, as_json: Json = False
) -> None:
    """Let an import's mails leave again, where they stopped, or all of them.

    With --all the next round also looks whether SES takes mails, by sending one, where it would else have
    waited. Imports that were paused by themselves stay so, and are named. May be killed and repeated.

    Exit codes: 0 done; 1 the import's mails are cancelled; 2 wrong usage.
    """
    run(lambda: run_resume(stack, _one_or_all("resume", import_id, stack, every=every), as_json=as_json))


@app.command()
def cancel(
    import_id: CancelledId,
    *,
    stack: StackName = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Never send the mails that an import owes, nor those that it would; this cannot be taken back.

    What has left, or is on its way, stays so. May be killed and repeated; a round ends what is left.

    Exit codes: 0 done, or --dry-run; 1 you said no; 2 wrong usage.
    """
    run(lambda: run_cancel(stack, import_id, Options(dry_run=dry_run, yes=yes, as_json=as_json)))


def _one_or_all(command: str, import_id: str | None, stack: str | None, *, every: bool) -> str | None:
    if every == (import_id is not None):
        raise UsageError(
            f"mails {command}: expected an IMPORT, or --all, got {'both' if every else 'neither'}:"
            f" `rowrelay status{stack_option(stack)}` shows the imports that owe mails."
        )
    return import_id


def run_pause(stack_name: str | None, import_id: str | None, *, as_json: bool) -> bool:
    """Pause an import's mails, or all (None); returns True, for what fails is raised."""
    from operations.sending import pause  # boto3 is not needed for --help
    from operations.stack import find_stack

    pause(find_stack(stack_name), import_id)
    if as_json:
        print(json.dumps({"import": import_id, "done": "pause"}))
    else:
        Printer().line(f"The mails of {f'import {import_id}' if import_id else 'all imports'}: paused.")
    return True


def run_resume(stack_name: str | None, import_id: str | None, *, as_json: bool) -> bool:
    """Resume an import's mails, or all (None); returns True, for what fails is raised."""
    from operations.sending import resume
    from operations.stack import find_stack

    paused = resume(find_stack(stack_name), import_id)
    if as_json:
        print(json.dumps({"import": import_id, "done": "resume", "still_paused": paused}))
    elif import_id:
        Printer().line(f"The mails of import {import_id}: resumed.")
    else:
        stay = "stays paused by itself" if len(paused) == 1 else "stay paused by themselves"
        but = f"; {count(len(paused), 'import')} {stay}: {', '.join(paused)}" if paused else "."
        Printer().line(f"The pause of all mails is taken back{but}")
    return True


def run_cancel(stack_name: str | None, import_id: str, options: Options) -> bool:
    """Cancel an import's mails; returns True, for what fails is raised."""
    from operations.sending import Cancelling
    from operations.stack import find_stack

    from .progress import counting

    out, ended = sys.stdout, 0
    cancelling = Cancelling.of(find_stack(stack_name), import_id)
    owed = cancelling.one.books.owed
    with contextlib.redirect_stdout(sys.stderr if options.as_json else out):
        printer = Printer()
        printer.line(f"{cancelling.one.key}: {count(owed, 'mail')} to cancel.")
        if not options.dry_run:
            confirm("Cancel the import's mails, which cannot be taken back?", options)
            with counting(printer.console, "mail", owed) as add:
                ended = cancelling.carry_out(add)
            printer.line(f"{count(ended, 'mail')} cancelled.")
    if options.as_json:
        told = {"import": import_id, "owed": owed, "dry_run": options.dry_run, "cancelled": ended}
        print(json.dumps(told), file=out, flush=True)
    return True
