"""A schema drafted from a file: what its first rows are, the key, and what is to be decided by a person."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.aws.limits import DYNAMODB_PARTITION_KEY_BYTES
from lambdas.core.field import ALIASES
from lambdas.core.reserved_columns import RESERVED
from lambdas.core.schema import KEY_TYPES, SchemaError, header_name, parse_schema
from lambdas.csvfile.columns import key_normaliser
from lambdas.csvfile.reason_counts import KINDS, most_common

from .errors import OperationError
from .field_draft import draft_type
from .file_sample import Sample
from .text import count

_KEY_NAME = re.compile(r"(^|_)(id|uuid|key|number|nr|no|code|sku)$")
_NAMING_FORMATS = ("email", "uuid")  # of what names a record


@dataclass(frozen=True)
class SchemaDraft:
    """A Table Schema, as a document, and what is to be told of it, a line each."""

    document: dict[str, Any]
    notes: list[str]

    @property
    def text(self) -> str:
        """The document as it stands in a file; what would not show there is escaped."""
        shown = all(
            name.isprintable()
            for field in self.document["fields"]
            for name in (field["name"], *field.get(ALIASES, []))
        )
        return json.dumps(self.document, indent=2, ensure_ascii=not shown) + "\n"


def draft_schema(sample: Sample, file: str) -> SchemaDraft:
    """Draft a schema that takes every row that is in a sample; those that could not be read are not.

    Args:
        sample: The first rows of a file.
        file: How that file is called.

    Raises:
        OperationError: there is no row, or no column that could be the key, or too many columns.
    """
    if not sample.rows:
        why = _unreadable(sample) or "it has a header and nothing else"
        raise OperationError(f"{file}: no row could be looked at; {why}.")
    notes = [_looked_at(sample), *(f"left out {name!r}: {why}" for name, why in sample.unusable.items())]
    entries: dict[str, dict[str, Any]] = {}
    for header, cells in sample.columns.items():
        present = list(filter(None, cells))
        if not present:
            notes.append(f"left out {header!r}: is empty in every row")
            continue
        drafted, note = draft_type(present)
        notes += [f"{header!r}: {note}"] * bool(note)
        entry = _named(header, {each["name"] for each in entries.values()}) | drafted
        entries[header] = entry | ({"constraints": {"required": True}} if len(present) == len(cells) else {})
    key = _key(entries, sample)
    if not key:
        raise OperationError(
            f"{file}: no column has a value in every row: none could be the key (primaryKey)."
        )
    if repeated := _repeated(entries[key], sample.columns[key]):
        rows = count(repeated, "row")
        notes.append(f"primaryKey: {key!r} has a key of another row in {rows}: choose it yourself")
    document = {"fields": list(entries.values()), "primaryKey": entries[key]["name"], "missingValues": [""]}
    try:
        parse_schema(document)
    except SchemaError as error:
        raise OperationError(f"{file}: its columns make no schema: {'; '.join(error.problems)}.") from None
    return SchemaDraft(document, notes)


def _looked_at(sample: Sample) -> str:
    unreadable = _unreadable(sample)
    if not sample.whole:
        rows = f"the first {count(sample.rows, 'row')}"
    elif sample.unreadable:
        rows = f"{sample.rows:,} of {count(sample.rows + sample.unreadable, 'row')}"
    else:
        rows = f"all {count(sample.rows, 'row')}"
    return f"looked at {rows}" + (f"; {unreadable}" if unreadable else "")


def _unreadable(sample: Sample) -> str:
    """Returns how many rows could not be read, and why most of them; nothing if all could."""
    if not sample.unreadable:
        return ""
    first = most_common(sample.reasons, KINDS)[0]
    most = ", most often" if first.rows < sample.unreadable else ""
    return f"{sample.unreadable:,} could not be read{most}: {first.reason} ({first.where})"


def _named(header: str, taken: set[str]) -> dict[str, Any]:
    """Returns a field's name, lower snake case, and the header's as an alias where it would not match."""
    words = re.sub(r"\W+", "_", unicodedata.normalize("NFC", header)).strip("_").lower()
    name = words if header_name(words) else "column"
    if name.casefold() in RESERVED:
        name = f"{name}_in_file"
    others = set(map(header_name, taken))
    unique = next(
        each for n in range(1, len(taken) + 2) if header_name(each := name + f"_{n}" * (n > 1)) not in others
    )
    return {"name": unique} | ({} if header_name(unique) == header_name(header) else {ALIASES: [header]})


def _key(entries: dict[str, dict[str, Any]], sample: Sample) -> str | None:
    """Returns the header of the column to be the key: an address or an id, one of its own in each row."""
    whole = (
        header
        for header, entry in entries.items()
        if "constraints" in entry and entry["type"] in KEY_TYPES and _fits_a_key(sample.columns[header])
    )

    def rank(header: str) -> tuple[bool, int, bool]:
        entry = entries[header]
        repeated = _repeated(entry, sample.columns[header])
        return not _names_something(entry), repeated, entry.get("format") != "email"

    return min(whole, key=rank, default=None)


def _names_something(entry: dict[str, Any]) -> bool:
    return entry.get("format") in _NAMING_FORMATS or bool(_KEY_NAME.search(entry["name"]))


def _fits_a_key(cells: Sequence[str]) -> bool:
    return all(len(cell.encode()) <= DYNAMODB_PARTITION_KEY_BYTES for cell in cells)


def _repeated(entry: dict[str, Any], cells: Sequence[str]) -> int:
    """Returns how many cells are the same, as keys are compared, as one before them."""
    return len(cells) - len(set(key_normaliser(entry.get("format", "default"))(list(cells))))
