"""The aliases that `rowrelay check` proposes: as text, as a patch, or written into the schema's file."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lambdas.core.import_entries import ImportStatus
from operations.aliases import propose_aliases
from operations.check import Checked
from operations.errors import OperationError
from operations.file_sample import read_sample
from operations.schema_patch import unified_diff, with_aliases
from operations.standard_input import File

from .inputs import ReadInputs


def aliases_for(file: File, by: ReadInputs, checked: Checked) -> dict[str, str]:
    """Returns the aliases that would match a file that was rejected for its header; by column."""
    if checked.status != ImportStatus.REJECTED:
        return {}
    try:
        return propose_aliases(by.schema, read_sample(file, by.options))
    except OperationError:
        return {}


def merged(proposals: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Returns the aliases of several files; a second one for a column is left to the next time."""
    proposed: dict[str, str] = {}
    for each in proposals:
        proposed = {**each, **proposed}
    return proposed


def write_aliases(path: Path, proposed: Mapping[str, str]) -> None:
    """Write aliases into a schema's file, which keeps its encoding and all else."""
    before, encoding = _text(path)
    path.write_bytes(with_aliases(before, proposed).encode(encoding))


def alias_patch(path: Path, proposed: Mapping[str, str]) -> str:
    """Returns what `write_aliases` would change as a patch; nothing where none can be applied.

    A patch names files below the folder that it is applied in: the current one.
    """
    relative = Path(os.path.relpath(path))
    if os.pardir in relative.parts:
        return ""
    before, _ = _text(path)
    return unified_diff(relative.as_posix(), before, with_aliases(before, proposed))


def shown_aliases(proposed: Mapping[str, str]) -> str:
    """Returns aliases in words: `Vorname for first_name`."""
    return ", ".join(f"{alias} for {column}" for column, alias in proposed.items())


def _text(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    encoding = json.detect_encoding(raw)
    return raw.decode(encoding), encoding
