"""`rowrelay status`: the imports, the mails that wait, the queues, and what needs a decision."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from lambdas.core.mail_gate import Door, DoorKind
from operations.import_details import read_import
from operations.imports import Import
from operations.mail_status import MailStatus
from operations.queues import LOOKED_AT, QueueState
from operations.stack import find_stack
from operations.status import Status, read_status
from operations.text import count, moment, to_second

from .health import account_lines, show_findings
from .import_details import show_import, waiting_lines
from .mail_lines import owed_line, show_reasons
from .printer import Printer
from .report import Report

_SHOWN = 5  # reasons of a queue, of mails, or of an import's rejects
_DOORS = {DoorKind.SET_UP: "set-up", DoorKind.NO_ANSWER: "no answer"}


def run_status(stack_name: str | None, import_name: str | None, *, limit: int, as_json: bool) -> int:
    """Show the stack, or one import of it, by its id or its object's key; returns the exit code."""
    stack = find_stack(stack_name)
    looked = read_import(stack, import_name) if import_name else read_status(stack, limit)
    if as_json:
        print(json.dumps(looked.as_json()))
    elif isinstance(looked, Status):
        show(Printer(), looked)
    else:
        show_import(Printer(), looked)
    return looked.verdict


def show(printer: Printer, status: Status) -> None:
    """Print the status."""
    printer.line(f"Status of {status.stack.name}")
    printer.line()
    _show_imports(printer, status)
    if status.mails:
        _show_mails(printer, status.mails, status.stack.option)
    _show_queues(printer, status.queues.values())
    for line in (*account_lines(status.health.account), ""):
        printer.line(line)
    show_findings(printer, status.findings)


def _show_imports(printer: Printer, status: Status) -> None:
    imports = status.imports
    if imports is None:
        printer.line("The imports could not be looked at: see below.")
        printer.line()
    elif imports.shown:
        titled = [replace(one, file=_title(one)) for one in imports.shown]
        Report(printer, reasons=_SHOWN).imports(titled, of_all=(len(imports.imports), imports.total))
        _show_ids(printer, imports.shown)
    else:
        outputs = status.stack.outputs
        printer.line(f"No import yet: upload a file to s3://{outputs['bucket']}/{outputs['upload_prefix']}")
        printer.line()


def _title(one: Import) -> str:
    """Returns the key, after the second in which the import was begun."""
    return f"{to_second(one.started_at) if one.started_at else 'not begun'} {one.key}"


def _show_ids(printer: Printer, imports: Iterable[Import]) -> None:
    """Print the imports' ids, which other commands take: in the table they would be cut into pieces.

    With each that is open stands what it waits for.
    """
    printer.line("The imports' ids")
    for one in imports:
        printer.line(f"    {one.id or '(none yet)'}: {_title(one)}")
        for line in waiting_lines(one):
            printer.line(f"        {line}")
    printer.line()


def _show_mails(printer: Printer, mails: MailStatus, option: str) -> None:
    printer.line(f"{count(mails.owed, 'mail')} owed")
    if mails.all_paused:
        printer.command("    all are paused: ", f"rowrelay mails resume --all{option}")
    if mails.door:
        look = "" if mails.all_paused else f"; {_what_rounds_do(mails.door)}"
        printer.line(f"    {_DOORS.get(mails.door.kind, mails.door.kind)}: {mails.door.reason}{look}")
    stopped = mails.all_paused or bool(mails.door and mails.door.shut)
    for one in mails.imports:
        printer.line(f"    {owed_line(one, stopped=stopped)}")
    for state, reasons in mails.undecided.items():
        printer.line(f"{mails.number(state)} {state}")
        show_reasons(printer, reasons)
    printer.line()


def _what_rounds_do(door: Door) -> str:
    if not door.shut:
        return "rounds send them, at the rate that SES allows"
    if door.kind.asked_each_round:
        return "a round looks again within a minute"
    return f"a round looks again at {moment(door.until)}" if door.waits else "the next round looks again"


def _show_queues(printer: Printer, queues: Iterable[QueueState]) -> None:
    for queue in queues:
        name = "queue of chunks" if queue.name == "queue" else queue.name.replace("_", " ")
        age = f", the oldest {timedelta(seconds=round(queue.oldest))} old" if queue.oldest else ""
        first = f"; of the first {LOOKED_AT:,}:" if sum(queue.reasons.values()) == LOOKED_AT else ""
        printer.line(f"{name}: {count(queue.messages, 'message')}{age}{first}")
        show_reasons(printer, queue.reasons)
    printer.line()
