"""`rowrelay rejects`: an import's rejected rows, as a file to correct."""

import json
from pathlib import Path

from lambdas.core.import_entries import ImportStatus
from operations.imports import Import
from operations.reject_files import default_name, download_rejects
from operations.stack import find_stack
from operations.text import count

from .printer import printing


def run_rejects(stack_name: str | None, name: str, *, output: str | None, as_json: bool) -> bool:
    """Write the rejected rows of an import into a file; returns True, for what fails is raised."""
    one, file = download_rejects(find_stack(stack_name), name, None if output is None else Path(output))
    with printing(as_json=as_json) as printer:
        if file and output is None and file.name != default_name(one):
            printer.line(f"{default_name(one)} is there already, and stays as it is.")
        printer.line(_told(one, file))
    if as_json:
        told = {"import": one.id, "key": one.key, "rejected": one.books.rejected}
        print(json.dumps({**told, "rejects_file": str(file) if file else None}), flush=True)
    return True


def _told(one: Import, file: Path | None) -> str:
    if file:
        return f"{file}: {count(one.books.rejected, 'rejected row')} of {one.key}, each with its reason."
    if one.status == ImportStatus.REJECTED:
        return f"{one.key} was rejected as a whole, and has no single rejected rows: {one.reason}"
    return f"No row of {one.key} was rejected."
