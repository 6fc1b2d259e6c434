"""`rowrelay check`: files against the schema, offline, with the code that the function runs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lambdas.core.schema import Schema
from lambdas.csvfile.validate import Reject
from operations.check import SCHEMA, Checked, check_file, read_schema

from .files import check_files
from .printer import Printer


def run_check(names: Sequence[str], *, schema: str | None, as_json: bool) -> bool:
    """Check the files and print what is wrong with them; returns whether nothing is.

    Raises:
        UsageError: a file or the schema cannot be read.
    """
    files, parsed = check_files(names), read_schema(Path(schema) if schema else SCHEMA)
    if as_json:
        documents = [_document(file, parsed) for file in files]
        valid = all(document["valid"] for document in documents)
        print(json.dumps({"files": documents, "valid": valid}))
        return valid
    printer = Printer()
    checks = [check_file(file, parsed, _print_reject(printer, file)) for file in files]
    _print(printer, checks)
    return all(checked.valid for checked in checks)


def _document(file: Path, schema: Schema) -> dict[str, Any]:
    rejects: list[Reject] = []
    checked = check_file(file, schema, rejects.append)
    lines = [{"line": reject.line, "reason": reject.reason} for reject in rejects]
    return {**asdict(checked), "rejects": lines, "valid": checked.valid}


def _print_reject(printer: Printer, file: Path) -> Callable[[Reject], None]:
    return lambda reject: printer.line(f"{file}:{reject.line}: {reject.reason}")


def _print(printer: Printer, checks: Sequence[Checked]) -> None:
    rows = [(checked.file, (checked.read, checked.accepted, checked.rejected)) for checked in checks]
    printer.line()
    printer.table("What an import would come to", ("Read", "Accepted", "Rejected"), rows)
    for checked in checks:
        if checked.reason:
            printer.line(f"{checked.file}: rejected as a whole: {checked.reason}")
        if checked.unknown_columns:
            columns = ", ".join(checked.unknown_columns)
            printer.line(f"{checked.file}: columns that the schema does not have are ignored: {columns}")
