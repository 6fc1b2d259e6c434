"""`rowrelay held`: mails of which nobody knows whether they left: shown, sent after all, or dropped."""

import contextlib
import json
import sys
from typing import Any

from operations.errors import UsageProblem
from operations.mail_messages import HeldWork, MailLetters, columns_of, mail_in
from operations.messages import taken
from operations.stack import Stack, find_stack

from .decision import Options
from .printer import Printer
from .redrive import Redrive
from .text import count

_QUEUE = "notifier_failure_queue_url"


def run_held_list(stack_name: str | None, *, as_json: bool) -> bool:
    """Show the mails that are held; gives whether there are none."""
    stack = find_stack(stack_name)
    held = _held(stack)
    if as_json:
        print(json.dumps({"held": held}))
        return not held
    printer = Printer()
    printer.line(f"{count(len(held), 'mail')} held{':' if held else '.'}")
    for one in held:
        who = ", ".join(f"{name} {value}" for name, value in one["record"].items())
        printer.line(f"  {one['mail']}: {who}")
        printer.line(
            f"    import {one['import'] or '(none)'}, line {one['line'] or '(none)'}: {one['reason']}"
        )
    if held:
        printer.line(
            f"Ask the recipients, or SES's events; then: rowrelay held resend|drop MAIL{stack.option}"
        )
    return not held


def run_held(stack_name: str | None, verb: str, mail_id: str | None, options: Options) -> bool:
    """Send or drop mails that are held, one or all; gives whether none of those stays."""
    stack = find_stack(stack_name)
    letters = MailLetters.of(stack)
    if mail_id and mail_id not in letters.decisions.ledger.entries([mail_id]):
        raise UsageProblem(
            f"expected the whole id of a mail, got {mail_id}, which no mail has:"
            f" rowrelay held list{stack.option} has those that are held"
        )
    work = HeldWork(letters, verb, mail_id)
    return Redrive(stack.client("sqs"), stack.outputs[_QUEUE], work, options).run()


def _held(stack: Stack) -> list[dict[str, Any]]:
    work = HeldWork(MailLetters.of(stack), "drop")
    held: dict[str, dict[str, Any]] = {}
    with contextlib.redirect_stdout(sys.stderr), taken(stack.client("sqs"), stack.outputs[_QUEUE]) as hand:
        for batch in hand.batches():
            for letter in batch:
                mail = mail_in(letter)
                if mail and work.concerns(letter):
                    place = {"mail": mail.mail_id, "import": mail.import_id, "line": mail.line}
                    held[mail.mail_id] = {**place, "reason": work.reason(letter), "record": columns_of(mail)}
    return list(held.values())
