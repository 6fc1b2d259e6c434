"""The commands that work on a stack: files up, what became of them, and what an operator decides."""

from typing import Annotated

import typer

from .options import ID_OR_KEY, CheckedFiles, Json, Options, StackName, Yes, filled
from .run import run

app = typer.Typer(rich_markup_mode=None)


Watch = Annotated[bool, typer.Option("--watch", help="Follow the imports until they are settled.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Overwrite what is in the bucket and was not read to its end.")
]


@app.command()
def upload(
    files: CheckedFiles,
    *,
    stack: StackName = None,
    watch: Watch = False,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Check files and upload them to a stack.

    Each is checked by what the stack imports it by. Shows which rows will be rejected. A file that would be
    rejected as a whole is not uploaded, nor one that would overwrite an object that is not read to its end
    yet; the others are. Its key is its name under the stack's upload prefix. With --watch it follows the
    imports until their books are settled, and writes rejected rows beside each file, as NAME.rejects.csv.
    Ctrl-C leaves no file half uploaded, and says which were; their imports go on.

    Exit codes: 0 every file was uploaded, and with --watch is settled with none failed or held (rejected rows
    are a result, not a failure); 1 otherwise; 2 wrong usage, such as two files of one name; 130 Ctrl-C.
    """
    from .upload import UploadOptions, run_upload

    options = UploadOptions(watch=watch, replace=replace, as_json=as_json)
    run(lambda: run_upload(files, stack, options))


Limit = Annotated[
    int,
    typer.Option(min=1, metavar="N", help="Show the newest N imports, besides those that are not settled."),
]


OfImport = Annotated[
    str | None,
    typer.Option(
        "--import", metavar="IMPORT", parser=filled, help=f"Show one import whole: its {ID_OR_KEY}."
    ),
]


@app.command()
def status(
    *, stack: StackName = None, of_import: OfImport = None, limit: Limit = 20, as_json: Json = False
) -> None:
    """Show where rows and mails are, and what is wrong.

    It looks at the stack's parts, its imports and its mails. Changes nothing. All imports that are not
    settled are shown, and the newest. A queue's age is that of its oldest message; on AWS it lags by some
    minutes.

    Exit codes: 0 at rest, or moving; 1 something needs you, or could not be looked at, and is shown with what
    to do; 2 wrong usage; 3 something does not move, and is shown with why.
    """
    from .status import run_status

    run(lambda: run_status(stack, of_import, limit=limit, as_json=as_json))


SomeImport = Annotated[str, typer.Argument(metavar="IMPORT", parser=filled, help=f"An import's {ID_OR_KEY}.")]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", metavar="FILE", parser=filled, help="Where to write. Default: NAME.rejects.csv, here."
    ),
]


@app.command()
def rejects(
    of_import: SomeImport, *, stack: StackName = None, output: Output = None, as_json: Json = False
) -> None:
    """Download an import's rejected rows.

    Each has its line and reason: correct them, and upload the file. A file that is there already stays: by
    default the next free name is taken, NAME.rejects-2.csv; one that --output names is refused.

    Exit codes: 0 written, or there are none; 1 they could not be written, are not there yet, or have
    expired; 2 wrong usage, such as an import that nobody knows.
    """
    from .rejects import run_rejects

    run(lambda: run_rejects(stack, of_import, output=output, as_json=as_json))


OneImport = Annotated[
    str | None,
    typer.Argument(metavar="[IMPORT]", parser=filled, help=f"An import's {ID_OR_KEY}. Default: all lines."),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        parser=filled,
        help="How far back: 30m, 2h, 1d. Default: 1h; with IMPORT, since it was begun.",
    ),
]
JsonLines = Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")]


@app.command()
def logs(
    of_import: OneImport = None,
    *,
    stack: StackName = None,
    since: Since = None,
    as_json: JsonLines = False,
) -> None:
    """Show what the functions logged, the oldest line first.

    All lines, or those about one import. Times are UTC. Lambda's own lines are shown where an invocation
    failed or was ended.

    Exit codes: 0 shown, or there was no line; 1 a log could not be read; 2 wrong usage.
    """
    from .logs import run_logs

    run(lambda: run_logs(stack, of_import, since=since, as_json=as_json))


Owe = Annotated[bool, typer.Option("--owe", help="Enter the mails that are missing as owed.")]


@app.command()
def reconcile(*, stack: StackName = None, owe: Owe = False, yes: Yes = False, as_json: Json = False) -> None:
    """Find imported records without a mail on its way.

    Holds the table against the mail ledger, and says why each has none. Reads the whole table. Records
    younger than an hour are left out, and those that are as old as what the ledgers forget. With --owe a
    round sends what never began; what was begun it holds, for you to decide.

    Exit codes: 0 nothing is missing, or all of it was entered; 1 something is, or you said no; 2 wrong usage.
    """
    from .reconcile import run_reconcile

    run(lambda: run_reconcile(stack, Options(yes=yes, as_json=as_json), owe=owe))


Key = Annotated[str, typer.Argument(metavar="KEY", parser=filled, help="The record's key.")]


@app.command()
def forget(key: Key, *, stack: StackName = None, yes: Yes = False, as_json: Json = False) -> None:
    """Erase a person from the table and the mail ledger.

    Says what may be left, and where. A mail that is owed is cancelled first. May be killed and repeated.

    Exit codes: 0 erased, or there was no such record; 1 its mail is being sent, or you said no; 2 wrong
    usage.
    """
    from .forget import run_forget

    run(lambda: run_forget(stack, key, Options(yes=yes, as_json=as_json)))
