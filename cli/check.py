"""`rowrelay check`: files against the schema, offline, with the code that the function runs."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lambdas.csvfile.validate import Reject
from local.root import INSTALLED
from operations.check import SCHEMA, Checked, check_file
from operations.errors import UsageError
from operations.standard_input import File
from operations.text import count

from .aliases import alias_patch, aliases_for, merged, shown_aliases, write_aliases
from .files import check_files
from .findings import reason_lines, remarks
from .inputs import Inputs, ReadInputs, read_inputs
from .printer import Printer, printing

_PROPOSED = "These columns may be the ones that lack"


def run_check(names: Sequence[str], inputs: Inputs, *, as_json: bool, write: bool) -> bool:
    """Check the files and print what is wrong with them; returns whether nothing is.

    Raises:
        UsageError: a file, or what an option names, cannot be read or used; or the aliases are to be written
            into the schema that the package has.
    """
    if write and not inputs.schema and INSTALLED:
        raise UsageError(f"--write: {SCHEMA} is the package's own schema: name yours with --schema.")
    with printing(as_json=as_json) as printer:  # what the module that changes rows prints is for people, too
        by, files = read_inputs(inputs), check_files(names)
        if not as_json:
            return _check_and_show(printer, files, by, write=write)
        document = _check_all(files, by, write=write)
    print(json.dumps(document))
    return bool(document["valid"])


def _check_all(files: Sequence[File], by: ReadInputs, *, write: bool) -> dict[str, Any]:
    """Returns what `--json` prints."""
    documents = [_document(file, by) for file in files]
    proposed = merged(document["proposed_aliases"] for document in documents)
    if written := write and bool(proposed):
        write_aliases(by.schema_path, proposed)
    valid = all(document["valid"] for document in documents)
    return {"files": documents, "valid": valid, "written": str(by.schema_path) if written else None}


def _check_and_show(printer: Printer, files: Sequence[File], by: ReadInputs, *, write: bool) -> bool:
    checks = [_check(file, by, _print_reject(printer, file)) for file in files]
    printer.line()
    show_checks(printer, checks)
    proposed = merged(aliases_for(file, by, each) for file, each in zip(files, checks, strict=True))
    if proposed:
        if write:
            write_aliases(by.schema_path, proposed)
        printer.line()
        _offer(printer, by.schema_path, proposed, written=write)
    return all(checked.valid for checked in checks)


def _offer(printer: Printer, path: Path, proposed: Mapping[str, str], *, written: bool) -> None:
    aliases = shown_aliases(proposed)
    if written:
        printer.line(f"{path}: added the aliases {aliases}. Look at them, and check the file again.")
    elif path == SCHEMA and INSTALLED:
        printer.line(f"{_PROPOSED}: {aliases}. Add them to a schema of yours, named with --schema.")
    elif patch := alias_patch(path, proposed):
        printer.line(f"{_PROPOSED}. Look at them, then add --write, or apply this patch:")
        print(patch, end="")
    else:
        printer.line(f"{_PROPOSED}: {aliases}. Look at them, then add --write.")


def _check(file: File, by: ReadInputs, on_reject: Callable[[Reject], None]) -> Checked:
    return check_file(file, by.schema, on_reject, by.transform_row, by.options)


def _document(file: File, by: ReadInputs) -> dict[str, Any]:
    rejects: list[Reject] = []
    checked = _check(file, by, rejects.append)
    lines = [{"line": reject.line, "reason": reject.reason} for reject in rejects]
    aliases = aliases_for(file, by, checked)
    return {**checked.as_json(), "rejects": lines, "proposed_aliases": aliases}


def _print_reject(printer: Printer, file: File) -> Callable[[Reject], None]:
    return lambda reject: printer.line(f"{file}:{reject.line}: {reject.reason}")


def show_checks(printer: Printer, checks: Sequence[Checked]) -> None:
    """Print what imports of files would come to, and why rows of them would be rejected."""
    rows = [(checked.file, (checked.read, checked.accepted, checked.rejected)) for checked in checks]
    printer.table("What an import would come to", ("Read", "Accepted", "Rejected"), rows)
    for checked in checks:
        if checked.reason:
            printer.line(f"{checked.file}: rejected as a whole: {checked.reason}")
        for remark in remarks(checked.findings, checked.accepted):
            printer.line(f"{checked.file}: {remark}")
        if checked.rejected:
            printer.line(f"{checked.file}: {count(checked.rejected, 'row')} rejected:")
        for line in reason_lines(checked.findings):
            printer.line(f"  {line}")
