"""Mails that wait, in words."""

import time
from collections import Counter

from operations.mail_status import OwedMails
from operations.text import moment

from .printer import Printer

_SHOWN = 5  # reasons


def owed_line(one: OwedMails, *, stopped: bool) -> str:
    """Returns what an import owes; where mails are stopped, why they waited before says nothing any more."""
    name = f"{one.key} (import {one.import_id})" if one.import_id else "mails of no import"
    told = [f"{one.owed:,} owed{f' since {moment(one.since)}' if one.since else ''}"]
    if not stopped and not one.sending:
        if one.due:
            told.append(f"the next due {moment(one.due) if one.due > time.time() else 'now'}")
        told += one.reasons
    if one.sending:
        told.append(f"{one.sending} by an operator")
    return f"{name}: {'; '.join(told)}"


def show_reasons(printer: Printer, reasons: Counter[str]) -> None:
    """Print the most frequent reasons."""
    for reason, number in reasons.most_common(_SHOWN):
        printer.line(f"    {number:,}: {reason}")
