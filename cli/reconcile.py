"""`rowrelay reconcile`: the table against the mail ledger: which records have no mail, and why."""

import json
from collections import Counter

from operations.reconcile import owe_mails, reconcile
from operations.stack import find_stack
from operations.text import count

from .options import Options, confirm
from .printer import printing
from .progress import counting


def run_reconcile(stack_name: str | None, options: Options, *, owe: bool) -> bool:
    """Show what is missing, and enter it as owed if `owe`; returns whether nothing is missing any more."""
    stack = find_stack(stack_name)
    with printing(as_json=options.as_json) as printer:
        with counting(printer.console, "record", None) as add:
            looked = reconcile(stack, add)
        found = looked.missing
        printer.line(f"{count(len(found), 'record')} without a mail on its way{':' if found else '.'}")
        if looked.young:
            left = f"{count(looked.young, 'record')} younger than an hour left out"
            printer.line(f"{left}: their mails may be on their way yet.")
        for why, number in Counter(one.why for one in found).most_common():
            printer.line(f"  {number:,}: {why}")
        if found and owe:
            what = (
                f"Enter {count(len(found), 'mail')} (a round sends those never begun, and holds the others)?"
            )
            confirm(what, options, to_look="leave out --owe")
            with counting(printer.console, "mail", len(found)) as add:
                owe_mails(stack, found, add)
            printer.line(f"{count(len(found), 'mail')} entered.")
        elif found:
            printer.line(f"To enter them as owed: rowrelay reconcile --owe{stack.option}")
    if options.as_json:
        print(json.dumps({**looked.as_json(), "entered": owe and bool(found)}))
    return owe or not found
