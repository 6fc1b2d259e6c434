"""`rowrelay schema`: a schema drafted from a file."""

import sys

from operations.file_sample import read_sample
from operations.schema_draft import draft_schema

from .files import check_files
from .inputs import read_options
from .printer import shown


def run_schema(name: str, *, encoding: str | None) -> bool:
    """Print a schema drafted from a file's first rows.

    Raises:
        UsageError: the file cannot be read, or the encoding not be used.
        OperationError: no schema can be drafted from it.
    """
    options = read_options(encoding)
    [file] = check_files([name])
    draft = draft_schema(read_sample(file, options), str(file))
    for note in draft.notes:
        print(f"rowrelay: {shown(note)}", file=sys.stderr)
    print(draft.text, end="")
    return True
