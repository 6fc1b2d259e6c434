"""`rowrelay held`: mails of which nobody knows whether they left: shown, sent after all, or dropped."""

import json

from operations.held import decision_on, held_mails
from operations.stack import find_stack
from operations.text import count

from .options import Options
from .printer import Printer
from .redrive import carry_out


def run_held_list(stack_name: str | None, *, as_json: bool) -> bool:
    """Show the mails that are held; returns whether there are none."""
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


def run_held(stack_name: str | None, verb: str, mail_id: str | None, options: Options) -> bool:
    """Resend or drop mails that are held, one or all; returns whether none of those stays."""
    return carry_out(decision_on(find_stack(stack_name), verb, mail_id), verb, options)
