"""`rowrelay status`: the imports, the queues, and what needs a decision."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from operations.imports import Import
from operations.queues import LOOKED_AT, QueueState
from operations.stack import find_stack
from operations.status import Status, read_status
from operations.text import count

from .printer import Printer
from .report import Report

_SHOWN = 5  # reasons of a queue
_SECOND = len("2026-01-01T00:00:00")


def run_status(stack_name: str | None, *, limit: int, as_json: bool) -> bool:
    """Show the stack; returns whether nothing needs a decision."""
    status = read_status(find_stack(stack_name), limit)
    if as_json:
        print(json.dumps(status.as_json()))
    else:
        show(Printer(), status)
    return not status.attention


def show(printer: Printer, status: Status) -> None:
    """Print the status."""
    printer.line(f"Status of {status.stack.name}")
    printer.line()
    if status.imports:
        Report(printer).imports([replace(one, file=_title(one)) for one in status.imports])
    else:
        outputs = status.stack.outputs
        printer.line(f"No import yet: upload a file to s3://{outputs['bucket']}/{outputs['upload_prefix']}")
        printer.line()
    _show_queues(printer, status.queues.values())
    if not status.attention:
        printer.line("Nothing needs a decision.")
    for each in status.attention:
        printer.line(f"{each.what}. Type: {each.command}")


def _title(one: Import) -> str:
    """Returns the key, after the second in which the import was begun."""
    return f"{(one.started_at or 'not begun')[:_SECOND].replace('T', ' ')} {one.key}"


def _show_queues(printer: Printer, queues: Iterable[QueueState]) -> None:
    for queue in queues:
        name = queue.name.replace("_", " ")
        age = f", the oldest {timedelta(seconds=round(queue.oldest))} old" if queue.oldest else ""
        first = f"; of the first {LOOKED_AT:,}:" if sum(queue.reasons.values()) == LOOKED_AT else ""
        printer.line(f"{name}: {count(queue.messages, 'message')}{age}{first}")
        for reason, number in queue.reasons.most_common(_SHOWN):
            printer.line(f"    {number:,}: {reason}")
    printer.line()
