"""The options that several commands take, and the question before something is changed."""

import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from lambdas.core.blanks import trimmed
from operations.errors import OperationError, UsageError

LOCAL_STACK_PORT = 4566  # where Pulumi.local.yaml points Pulumi

# How an import is named, in every command that takes one.
ID_OR_KEY = "id or S3 key; a key that several imports have is refused, with their ids"


def filled(text: str) -> str:
    """Returns the text that an option or argument is given: the parser of each that takes any text.

    Raises:
        BadParameter: it shows nothing, and so means nothing, or else everything.
    """
    if trimmed(text):
        return text
    raise typer.BadParameter(
        f"expected a text that is not blank, got {text!r}. Is it a variable of the shell that is not set?"
    )


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; all else on stderr.")]
StackName = Annotated[
    str | None,
    typer.Option(
        "--stack",
        metavar="NAME",
        parser=filled,
        help="A demo that `rowrelay demo --keep` keeps, or a Pulumi stack. Default: the only such demo.",
    ),
]
SchemaPath = Annotated[
    str | None,
    typer.Option("--schema", metavar="PATH", parser=filled, help="Table Schema. Default: the program's."),
]
TransformPath = Annotated[
    str | None,
    typer.Option(
        "--transform",
        metavar="PATH",
        parser=filled,
        help="Python module that changes rows; it is run. Default: none.",
    ),
]
CheckedFiles = Annotated[
    list[str],
    typer.Argument(metavar="FILE", parser=filled, help="CSV files, plain or gzipped; - for standard input."),
]
MailPath = Annotated[
    str | None,
    typer.Option(
        "--mail", metavar="PATH", parser=filled, help="Folder with subject.txt, body.txt and body.html."
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        parser=filled,
        help="What rows that are not UTF-8 are in. Default: none.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Discard = Annotated[
    bool, typer.Option("--discard", help="Delete the messages that nothing can be done with, and no others.")
]
Reason = Annotated[
    str | None,
    typer.Option(
        "--reason", metavar="TEXT", parser=filled, help="Only messages with this text in their reason."
    ),
]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the operator asked for.

    Attributes:
        dry_run: Show what would be done, and change nothing.
        yes: Do it without asking.
        as_json: Print one JSON object on stdout; all else on stderr.
        reason: Only what has this text in its reason.
        discard: Delete messages that nothing can be done with, and no others.
    """

    dry_run: bool = False
    yes: bool = False
    as_json: bool = False
    reason: str | None = None
    discard: bool = False


def confirm(question: str, options: Options, to_look: str = "--dry-run") -> None:
    """Ask the operator, unless the options say not to.

    Args:
        question: What to ask.
        options: What the operator asked for.
        to_look: What to do with the command's options to look only; empty if it cannot.

    Raises:
        UsageError: there is no terminal to ask at.
        OperationError: the operator said no.
    """
    if options.yes:
        return
    if not sys.stdin.isatty():
        hint = f", or {to_look} to look" if to_look else ""
        raise UsageError(f"{question} Expected an answer, got no terminal to ask at: add --yes{hint}.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise OperationError("stopped, as you said; nothing was changed.")
