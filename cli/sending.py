"""`rowrelay mails pause`, `resume` and `cancel`: whether mails leave, of an import or of all."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from operations.errors import UsageError
from operations.text import count, stack_option

from .options import ID_OR_KEY, DryRun, Json, Options, StackName, Yes, confirm, filled
from .printer import Printer, printing
from .run import run

if TYPE_CHECKING:
    from operations.imports import Import
    from operations.stack import Stack

app = typer.Typer()
_HELP = f"An import's {ID_OR_KEY}."
ImportName = Annotated[str | None, typer.Argument(metavar="IMPORT", parser=filled, help=_HELP)]
CancelledName = Annotated[str, typer.Argument(metavar="IMPORT", parser=filled, help=_HELP)]
All = Annotated[bool, typer.Option("--all", help="The mails of every import.")]


@app.command()
def pause(
    import_name: ImportName = None, *, every: All = False, stack: StackName = None, as_json: Json = False
) -> None:
    """Let an import's mails wait, or all mails.

    From within a minute on; what waits goes on with `resume`. May be killed and repeated. Records are written
    all the while.

    Exit codes: 0 done; 1 the import's mails are cancelled; 2 wrong usage.
    """
    run(lambda: run_pause(stack, _one_or_all("pause", import_name, stack, every=every), as_json=as_json))


@app.command()
def resume(
    import_name: ImportName = None, *, every: All = False, stack: StackName = None, as_json: Json = False
) -> None:
    """Let an import's mails leave again, or all mails.

    They go on where they stopped. With --all the next round also looks whether SES takes mails, by sending
    one, where it would else have waited. Imports that were paused by themselves stay so, and are named. May
    be killed and repeated.

    Exit codes: 0 done; 1 the import's mails are cancelled; 2 wrong usage.
    """
    run(lambda: run_resume(stack, _one_or_all("resume", import_name, stack, every=every), as_json=as_json))


@app.command()
def cancel(
    import_name: CancelledName,
    *,
    stack: StackName = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Never send the mails that an import owes.

    Nor those that it would owe; this cannot be taken back. What has left, or is on its way, stays so. May be
    killed and repeated; a round ends what is left.

    Exit codes: 0 done, or --dry-run; 1 you said no; 2 wrong usage.
    """
    run(lambda: run_cancel(stack, import_name, Options(dry_run=dry_run, yes=yes, as_json=as_json)))


def _one_or_all(command: str, import_name: str | None, stack: str | None, *, every: bool) -> str | None:
    if every == (import_name is not None):
        raise UsageError(
            f"mails {command}: expected an IMPORT, or --all, got {'both' if every else 'neither'}:"
            f" `rowrelay status{stack_option(stack)}` shows the imports that owe mails."
        )
    return import_name


def run_pause(stack_name: str | None, import_name: str | None, *, as_json: bool) -> bool:
    """Pause an import's mails, or all (None); returns True, for what fails is raised."""
    from operations.sending import pause  # boto3 is not needed for --help
    from operations.stack import find_stack

    stack = find_stack(stack_name)
    one = _find(stack, import_name)
    pause(stack, one)
    if as_json:
        print(json.dumps({"import": one and one.id, "done": "pause"}))
    else:
        Printer().line(f"The mails of {one.title if one else 'all imports'}: paused.")
    return True


def run_resume(stack_name: str | None, import_name: str | None, *, as_json: bool) -> bool:
    """Resume an import's mails, or all (None); returns True, for what fails is raised."""
    from operations.sending import resume
    from operations.stack import find_stack

    stack = find_stack(stack_name)
    one = _find(stack, import_name)
    paused = resume(stack, one)
    if as_json:
        print(json.dumps({"import": one and one.id, "done": "resume", "still_paused": paused}))
    elif one:
        Printer().line(f"The mails of {one.title}: resumed.")
    else:
        stay = "stays paused by itself" if len(paused) == 1 else "stay paused by themselves"
        but = f"; {count(len(paused), 'import')} {stay}: {', '.join(paused)}" if paused else "."
        Printer().line(f"The pause of all mails is taken back{but}")
    return True


def _find(stack: "Stack", import_name: str | None) -> "Import | None":
    """Returns the import of this id or key; None if all are meant."""
    from operations.import_reader import find_named

    return None if import_name is None else find_named(stack, import_name)


def run_cancel(stack_name: str | None, import_name: str, options: Options) -> bool:
    """Cancel an import's mails; returns True, for what fails is raised."""
    from operations.import_reader import find_named
    from operations.mails import StackMails
    from operations.sending import Cancelling
    from operations.stack import find_stack

    from .progress import counting

    stack, ended = find_stack(stack_name), 0
    one = find_named(stack, import_name)
    cancelling, owed = Cancelling(StackMails.of(stack), one), one.books.owed
    with printing(as_json=options.as_json) as printer:
        printer.line(f"{one.title}: {count(owed, 'mail')} to cancel.")
        if not options.dry_run:
            confirm("Cancel the import's mails, which cannot be taken back?", options)
            with counting(printer.console, "mail", owed) as add:
                ended = cancelling.carry_out(add)
            printer.line(f"{count(ended, 'mail')} cancelled.")
    if options.as_json:
        told = {"import": one.id, "owed": owed, "dry_run": options.dry_run, "cancelled": ended}
        print(json.dumps(told), flush=True)
    return True
