"""`rowrelay held`: mails of which nobody knows whether they left: shown, sent after all, or dropped."""

import json
from typing import Annotated

import typer

from operations.choices import Decision
from operations.errors import UsageError
from operations.text import count

from .options import DryRun, Json, Options, StackName, Yes
from .printer import Printer
from .run import run

app = typer.Typer(no_args_is_help=True, help="Decide on mails of which nobody knows whether they left.")
MailId = Annotated[str | None, typer.Argument(metavar="MAIL", help="The mail's id, from `held list`.")]
All = Annotated[bool, typer.Option("--all", help="Every mail that is held.")]

_RESEND = """Send a mail that is held, or all: you know that it did not leave, or that twice does no harm.

May be killed and repeated.

Exit codes: 0 done, or none is held; 1 some stay, or you said no; 2 wrong usage.
"""

_DROP = """Never send a mail that is held, or all of them: it then counts as undeliverable.

May be killed and repeated.

Exit codes: 0 done, or none is held; 1 some stay, or you said no; 2 wrong usage.
"""


@app.command("list")
def held_list(*, stack: StackName = None, as_json: Json = False) -> None:
    """Show the mails that are held, and to whom they are.

    Exit codes: 0 none is held; 1 some are; 2 wrong usage.
    """
    run(lambda: run_held_list(stack, as_json=as_json))


def _add_command(decision: Decision, text: str) -> None:
    @app.command(decision, help=text)
    def decide(
        mail: MailId = None,
        *,
        every: All = False,
        stack: StackName = None,
        dry_run: DryRun = False,
        yes: Yes = False,
        as_json: Json = False,
    ) -> None:
        def work() -> bool:
            if every == (mail is not None):
                got = "both" if every else "neither"
                raise UsageError(
                    f"held {decision}: expected a MAIL, or --all, got {got}: `rowrelay held list`."
                )
            return run_held(stack, decision, mail, Options(dry_run=dry_run, yes=yes, as_json=as_json))

        run(work)


_add_command(Decision.RESEND, _RESEND)
_add_command(Decision.DROP, _DROP)


def run_held_list(stack_name: str | None, *, as_json: bool) -> bool:
    """Show the mails that are held; returns whether there are none."""
    from operations.held import held_mails
    from operations.stack import find_stack

    stack = find_stack(stack_name)
    held = held_mails(stack)
    if as_json:
        print(json.dumps({"held": [each.as_json() for each in held]}))
        return not held
    printer = Printer()
    printer.line(f"{count(len(held), 'mail')} held{':' if held else '.'}")
    for each in held:
        mail, who = each.mail, ", ".join(f"{name} {value}" for name, value in each.recipient.items())
        printer.line(f"  {mail.mail_id}: {who}")
        printer.line(f"    import {mail.import_id or '(none)'}, line {mail.line or '(none)'}: {each.reason}")
    if held:
        printer.line(
            f"Ask the recipients, or SES's events; then: rowrelay held resend|drop MAIL{stack.option}"
        )
    return not held


def run_held(stack_name: str | None, decision: Decision, mail_id: str | None, options: Options) -> bool:
    """Resend or drop mails that are held, one or all; returns whether none of those stays."""
    from operations.held import decision_on
    from operations.stack import find_stack

    from .survey import carry_out

    return carry_out(decision_on(find_stack(stack_name), decision, mail_id), decision, options)
