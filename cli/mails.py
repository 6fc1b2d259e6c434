"""`rowrelay mails`: the mails that wait, and what an operator decides of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from operations.choices import Decision, Undecided, Waiting, Which
from operations.errors import UsageError
from operations.text import count, stack_option

from . import sending
from .options import ID_OR_KEY, DryRun, Json, Options, StackName, Yes, filled
from .printer import Printer, printing
from .run import run

if TYPE_CHECKING:
    from operations.mails import WaitingMail
    from operations.stack import Stack

app = typer.Typer(no_args_is_help=True, help="Mails that wait: show them, decide on them, stop them.")
app.add_typer(sending.app)

MailId = Annotated[
    str | None, typer.Argument(metavar="MAIL", parser=filled, help="The mail's id, from `mails list`.")
]
OfImport = Annotated[
    str | None,
    typer.Option(
        "--import", metavar="IMPORT", parser=filled, help=f"Only one import's mails: its {ID_OR_KEY}."
    ),
]
Reason = Annotated[
    str | None,
    typer.Option(
        "--reason", metavar="TEXT", parser=filled, help="Only mails with this text in their reason."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every mail in that state.")]
_BECAUSE = {
    Decision.RESEND: "How you know that they did not leave (needed for mails that are held), or why you send"
    " them again. The ledger keeps it as the reason; it must not hold an address.",
    Decision.LET_BE: "Why. The ledger keeps it as the reason, instead of SES's; it must not hold an address.",
    Decision.COUNT_AS_MAILED: "How you know that they left; needed. The ledger keeps it as the reason; it"
    " must not hold an address.",
}
State = Annotated[Undecided, typer.Argument(metavar="STATE", help="The mails' state: undeliverable or held.")]
ListedState = Annotated[Waiting | None, typer.Option("--state", help="Only mails in this state.")]
_LIMIT_MAX = 1_000_000  # what is shown is kept in memory first
Limit = Annotated[int, typer.Option(min=1, max=_LIMIT_MAX, metavar="N", help="Show so many of each state.")]

# What to type next, for a list of mails that wait for a decision.
_NEXT = {
    Waiting.OWED: (),
    Waiting.UNDELIVERABLE: (
        "Once the cause is mended: rowrelay mails resend undeliverable MAIL",
        "To leave it undeliverable: rowrelay mails let-be MAIL",
    ),
    Waiting.HELD: (
        "If you know that it left: rowrelay mails count-as-mailed MAIL --because TEXT",
        "If you know that it did not: rowrelay mails resend held MAIL --because TEXT",
    ),
}
_EXIT_CODES = """One MAIL, those of an import or with a reason, or all of them. May be killed and repeated:
a mail that has changed since it was shown stays as it is.

Exit codes: 0 done, none was there, or --dry-run; 1 some stay, or you said no; 2 wrong usage.
"""
_RESEND = f"""Send mails again that SES refused, or that are held.

Of those that SES refused, mend the cause first; of those that are held, know that they did not leave. A
mail whose record is gone stays, and so does one of an import whose mails were cancelled.

{_EXIT_CODES}"""
_LET_BE = f"""Leave mails undeliverable, and list them no more.

{_EXIT_CODES}"""
_COUNT_AS_MAILED = f"""Count mails that are held as mailed.

It is for those of which you know that they left.

{_EXIT_CODES}"""


@app.command("list")
def mails_list(
    *,
    state: ListedState = None,
    of_import: OfImport = None,
    reason: Reason = None,
    limit: Limit = 20,
    stack: StackName = None,
    as_json: Json = False,
) -> None:
    """Show the mails that are owed, undeliverable or held.

    Shows to whom they go, of which import and line they are, and why they wait. Those that are undeliverable
    or held are shown until something is decided of them.

    Exit codes: 0 shown; 2 wrong usage.
    """
    states = [state] if state else list(Waiting)
    which = Which(import_id=of_import, reason=reason)
    run(lambda: run_list(stack, states, which, limit=limit, as_json=as_json))


@app.command(Decision.RESEND, help=_RESEND)
def resend(
    state: State,
    mail: MailId = None,
    *,
    of_import: OfImport = None,
    reason: Reason = None,
    every: All = False,
    because: Annotated[
        str | None,
        typer.Option("--because", metavar="TEXT", parser=filled, help=_BECAUSE[Decision.RESEND]),
    ] = None,
    stack: StackName = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Send mails after all."""
    options = Options(dry_run=dry_run, yes=yes, as_json=as_json)
    which = Which(mail_id=mail, import_id=of_import, reason=reason)
    run(lambda: _decide(stack, Decision.RESEND, state, which, options, because, every=every))


def _add_command(decision: Decision, state: Undecided, text: str) -> None:
    @app.command(decision, help=text)
    def decide(
        mail: MailId = None,
        *,
        of_import: OfImport = None,
        reason: Reason = None,
        every: All = False,
        because: Annotated[
            str | None,
            typer.Option("--because", metavar="TEXT", parser=filled, help=_BECAUSE[decision]),
        ] = None,
        stack: StackName = None,
        dry_run: DryRun = False,
        yes: Yes = False,
        as_json: Json = False,
    ) -> None:
        options = Options(dry_run=dry_run, yes=yes, as_json=as_json)
        which = Which(mail_id=mail, import_id=of_import, reason=reason)
        run(lambda: _decide(stack, decision, state, which, options, because, every=every))


_add_command(Decision.LET_BE, Undecided.UNDELIVERABLE, _LET_BE)
_add_command(Decision.COUNT_AS_MAILED, Undecided.HELD, _COUNT_AS_MAILED)


def _decide(
    stack: str | None,
    decision: Decision,
    state: Undecided,
    which: Which,
    options: Options,
    because: str | None,
    *,
    every: bool,
) -> bool:
    given = {
        "MAIL": which.mail_id is not None,
        "--import or --reason": which.import_id is not None or which.reason is not None,
        "--all": every,
    }
    if sum(given.values()) != 1:
        got = ", ".join(name for name, there in given.items() if there) or "none of them"
        raise UsageError(
            f"mails {decision}: expected one of MAIL, --import or --reason, and --all, got {got}:"
            f" `rowrelay mails list --state {state}{stack_option(stack)}` shows the mails."
        )
    return run_decision(stack, decision, state, which, options, because)


def run_decision(
    stack_name: str | None,
    decision: Decision,
    state: Undecided,
    which: Which,
    options: Options,
    because: str | None,
) -> bool:
    """Decide on mails; returns whether none of those stays."""
    from operations.mail_decisions import decide  # boto3 is not needed for --help
    from operations.stack import find_stack

    from .survey import carry_out

    stack = find_stack(stack_name)
    which = _found(stack, which, as_json=options.as_json)
    decisions = decide(stack, decision, state, which, because)
    return carry_out(decisions, decision.replace("-", " "), options)


def run_list(
    stack_name: str | None, states: Sequence[Waiting], which: Which, *, limit: int, as_json: bool
) -> bool:
    """Show the mails in these states; returns True, for what fails is raised."""
    from operations.mails import StackMails
    from operations.stack import find_stack

    stack = find_stack(stack_name)
    which = _found(stack, which, as_json=as_json)
    mails = StackMails.of(stack)
    found = {state: list(islice(mails.waiting(state, which), limit + 1)) for state in states}
    if as_json:
        print(json.dumps({state: [each.as_json() for each in of[:limit]] for state, of in found.items()}))
        return True
    printer = Printer()
    for state, of in found.items():
        printer.line(_heading(state, len(of), limit))
        _show(printer, of[:limit])
        for command in _NEXT[state] if of else ():
            printer.line(f"  {command}{stack.option}")
    return True


def _found(stack: "Stack", which: Which, *, as_json: bool) -> Which:
    """Say of which import only mails are meant, if it is of one; returns the same by the import's id."""
    from operations.import_reader import find_named

    if which.import_id is None:
        return which
    one = find_named(stack, which.import_id)
    with printing(as_json=as_json) as printer:
        printer.line(f"Only mails of {one.title}.")
    return replace(which, import_id=one.id)


def _heading(state: Waiting, found: int, limit: int) -> str:
    if found > limit:
        return f"more than {count(limit, 'mail')} {state}, the first{f' {limit:,}' if limit > 1 else ''}:"
    return f"{count(found, 'mail')} {state}{':' if found else '.'}"


def _show(printer: Printer, mails: "Sequence[WaitingMail]") -> None:
    for each in mails:
        to = ", ".join(f"{name} {value}" for name, value in each.record.items())
        printer.line(f"  {each.mail_id}: {to}")
        due = f", due {each.due}" if each.due else ""
        place = f"import {each.import_id or '(none)'}, line {each.line or '(none)'}"
        printer.line(f"    {place}, since {each.since}{due}: {each.reason}")
