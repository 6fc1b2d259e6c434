"""`rowrelay upload`: files checked, uploaded, and followed until their imports are settled."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from operations.imports import Import
from operations.stack import find_stack
from operations.standard_input import File
from operations.upload_run import UploadRun

from .check import show_checks
from .files import check_files
from .printer import Printer, printing, shown
from .progress import progress, sending
from .report import Report
from .run import INTERRUPTED, NOT_OK, OK


@dataclass(frozen=True, kw_only=True)
class UploadOptions:
    """What the operator asked for.

    Attributes:
        watch: Follow the imports until they are settled.
        replace: Overwrite objects that are not read yet.
        as_json: Print one JSON object on stdout; all else on stderr.
    """

    watch: bool = False
    replace: bool = False
    as_json: bool = False


def run_upload(names: Sequence[str], stack_name: str | None, options: UploadOptions) -> int:
    """Check the files, upload them, and watch them if that is wanted; returns the exit code.

    Raises:
        UsageError: a file cannot be read, or two have one name; before anything is uploaded.
        OperationError: the stack does not say what to check the files by.
    """
    files = check_files(names)
    run = UploadRun(find_stack(stack_name), options.replace)
    with printing(as_json=options.as_json) as printer:
        try:
            code = _upload_and_watch(printer, run, files, watch=options.watch)
        except KeyboardInterrupt:
            run.why = "it was stopped"
            _say_what_was_stopped(printer, run)
            code = INTERRUPTED
    if options.as_json:
        print(json.dumps(run.as_json()), flush=True)
    return code


def _upload_and_watch(printer: Printer, run: UploadRun, files: Sequence[File], *, watch: bool) -> int:
    _check(printer, run, files)
    _upload(printer, run)
    if watch and run.imports:
        _watch(printer, run)
    elif run.imports:
        printer.line("To see what becomes of it:")
        _show_commands(printer, run)
    return OK if (run.succeeded if watch else run.uploaded) else NOT_OK


def _check(printer: Printer, run: UploadRun, files: Sequence[File]) -> None:
    with printer.console.status("") as status:
        run.check(files, lambda file: status.update(Text(shown(f"Checking {file} …"))))
    show_checks(printer, [planned.checked for planned in run.planned])


def _upload(printer: Printer, run: UploadRun) -> None:
    bucket = run.stack.outputs["bucket"]
    for planned in run.upload(lambda each, size: sending(printer.console, str(each.file), size)):
        replaced = ", in place of what was there" if planned.there is not None else ""
        printer.line(f"{planned.file}: uploaded to s3://{bucket}/{planned.key}{replaced}")
    for planned in run.planned:
        if planned.key in run.refused:
            printer.line(f"{planned.file}: NOT uploaded: {run.refused[planned.key]}")


def _watch(printer: Printer, run: UploadRun) -> None:
    with progress(printer.console) as bars:
        waiting = False

        def show(imports: Sequence[Import]) -> None:
            nonlocal waiting
            bars.show(imports)
            if (
                not waiting
                and all(one.balanced for one in imports)
                and not all(one.settled for one in imports)
            ):
                waiting = True
                printer.line("Every row is accounted for; the books are settled within a minute or two.")

        run.watch(show)
    for problem in run.problems:
        printer.line(problem)
    report, imports = Report(printer), list(run.imports.values())
    report.imports(imports)
    files = {str(run.imports[key].rejects): path for key, path in run.saved.items()}
    report.rejects(run.stack.client("s3"), run.stack.outputs["bucket"], imports, files)
    if run.why:
        printer.line(f"NOT settled: {run.why}. To look again:")
        _show_commands(printer, run)
    else:
        printer.line("Settled: every row is accounted for.")


def _say_what_was_stopped(printer: Printer, run: UploadRun) -> None:
    printer.line("Stopped.")
    for planned in run.planned:
        if planned.key in run.imports:
            printer.line(f"{planned.file}: uploaded as {planned.key}; its import goes on.")
        elif planned.key == run.uploading:
            printer.line(f"{planned.file}: NOT uploaded, unless it was at its end; no part of it is left.")
        else:
            printer.line(f"{planned.file}: NOT uploaded.")
    if run.imports:
        printer.line("To go on watching:")
        _show_commands(printer, run)


def _show_commands(printer: Printer, run: UploadRun) -> None:
    for command in run.commands():
        printer.command("  ", command)
