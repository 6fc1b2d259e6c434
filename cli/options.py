"""The options that several commands take."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; all else on stderr.")]
StackName = Annotated[
    str | None,
    typer.Option(
        "--stack",
        metavar="NAME",
        help="The Pulumi stack. Default: the embedded AWS that `rowrelay demo --keep` runs.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Discard = Annotated[
    bool, typer.Option("--discard", help="Delete the letters that nothing can be done with, and no others.")
]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Only letters with this text in their reason.")
]
