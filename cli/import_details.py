"""One import whole, as `rowrelay status --import` prints it."""

from collections.abc import Iterator

from operations.equations import Equation
from operations.import_details import ImportDetails
from operations.imports import Import
from operations.text import count, to_second

from .findings import reason_lines, remarks
from .health import show_findings
from .mail_lines import owed_line, show_reasons
from .printer import Printer


def show_import(printer: Printer, details: ImportDetails) -> None:
    """Print an import."""
    one = details.one
    printer.line(f"Import {one.id} of {one.key}")
    for line in _life(one):
        printer.line(line)
    printer.line()
    for equation in details.equations:
        printer.line(_equation(equation))
    printer.line()
    for line in _rows(one):
        printer.line(line)
    _show_mails(printer, details)
    for what, address in details.reports.items():
        printer.line(f"{what.capitalize()}: {address}")
    printer.line()
    show_findings(printer, details.findings)


def waiting_lines(one: Import) -> Iterator[str]:
    """Yields what an import waits for and since when, and the last error of each function in it."""
    if not one.waits_for:
        return
    since = f", without progress since {to_second(one.progress.since)}" if one.progress.since else ""
    stuck = "stuck: " if one.progress.stuck_since else ""
    yield f"{stuck}waits for {one.waits_for}{since}"
    for error in one.progress.errors:
        yield f"last error of {error.function}: {error.error_class}, {to_second(error.at)}"


def _life(one: Import) -> Iterator[str]:
    yield f"{one.status}: {one.reason}" if one.reason else one.status
    if one.started_at:
        by = f", uploaded by {one.uploaded_by}" if one.uploaded_by else ""
        yield f"begun {to_second(one.started_at)}{by}"
    if one.progress.settled_at:
        times = count(one.progress.revision, "time")
        yield f"settled {to_second(one.progress.settled_at)} ({times} in all)"
    yield from waiting_lines(one)


def _equation(equation: Equation) -> str:
    terms = " + ".join(f"{name} {number:,}" for name, number in equation.terms.items())
    return f"{equation.of} {equation.number:,} = {terms}"


def _rows(one: Import) -> Iterator[str]:
    yield from remarks(one.findings, one.books.accepted)
    if one.findings.reasons:
        yield f"{count(one.books.rejected, 'row')} rejected:"
    yield from (f"    {line}" for line in reason_lines(one.findings))


def _show_mails(printer: Printer, details: ImportDetails) -> None:
    if details.owed:
        printer.line(owed_line(details.owed, stopped=False))
    for state, reasons in details.undecided.items():
        if reasons:
            printer.line(f"{count(reasons.total(), 'mail')} {state}")
            show_reasons(printer, reasons)
