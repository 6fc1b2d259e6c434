"""`rowrelay reconcile`: the table against the mail ledger: which records have no mail, and why."""

import contextlib
import json
import sys
from collections import Counter

from operations.reconcile import find_missing, queue_mails
from operations.stack import find_stack
from operations.text import count

from .options import Options, confirm
from .printer import Printer
from .progress import counting


def run_reconcile(stack_name: str | None, options: Options, *, queue: bool) -> bool:
    """Show what is missing, and queue it if that is wanted; returns whether nothing is missing any more."""
    stack = find_stack(stack_name)
    with contextlib.redirect_stdout(sys.stderr if options.as_json else sys.stdout):
        printer = Printer()
        found = list(find_missing(stack))
        printer.line(f"{count(len(found), 'record')} without a mail on its way{':' if found else '.'}")
        for why, number in Counter(one.why for one in found).most_common():
            printer.line(f"  {number:,}: {why}")
        if found and queue:
            confirm(f"Queue {count(len(found), 'mail')}?", options)
            with counting(printer.console, "mail", len(found)) as add:
                queue_mails(stack, [one.mail for one in found], add)
            printer.line(f"{count(len(found), 'mail')} queued.")
        elif found:
            printer.line(f"To queue them: rowrelay reconcile --queue{stack.option}")
    if options.as_json:
        print(json.dumps({"missing": [one.as_json() for one in found], "queued": queue and bool(found)}))
    return queue or not found
