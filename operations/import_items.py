"""An import as its items in the import ledger say."""

from collections.abc import Sequence
from dataclasses import replace

from boto3.dynamodb.types import TypeDeserializer

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.core.books import Books
from lambdas.core.import_entries import (
    COUNTS,
    IMPORT_ID,
    IMPORT_PART,
    KEY,
    PART,
    SETTLED_AT,
    SETTLEMENT,
    STARTED_AT,
    UPLOADED_BY,
)
from lambdas.csvfile.findings import Findings

from .import_progress import progress_of
from .imports import Import

_deserialize = TypeDeserializer().deserialize
_TEXTS = (KEY, "status", "reason", "summary", "rejects", STARTED_AT, UPLOADED_BY)
_FINDINGS = tuple(Findings().as_json())


def import_of(entry: Item) -> Import:
    """Returns an import as its part "import" alone says, with the counts that were settled if they are."""
    key, import_id = str(entry[KEY]["S"]), str(entry[IMPORT_ID]["S"])
    books = _books(entry[SETTLEMENT]) if SETTLED_AT in entry else Books()
    return _with_entry(Import(key, key, import_id, books=books, progress=progress_of(entry)), entry)


def with_items(one: Import, items: Sequence[Item], books: Books) -> Import:
    """Returns an import as its items say.

    Args:
        one: The import as it was known.
        items: Those that there are, but for the report, and perhaps for chunks.
        books: What they come to, with all chunks.
    """
    entry = next((item for item in items if item[PART]["S"] == IMPORT_PART), None)
    if entry is None:
        return replace(one, books=books)
    moved = COUNTS in entry and _books(entry[COUNTS]) != books
    return _with_entry(replace(one, books=books, progress=progress_of(entry, items, moved=moved)), entry)


def _with_entry(one: Import, entry: Item) -> Import:
    texts = {name: entry[name]["S"] for name in _TEXTS if name in entry}
    found = Findings.parse({name: _deserialize(entry[name]) for name in _FINDINGS if name in entry})
    return replace(one, **texts, findings=found)


def _books(counts: Item) -> Books:
    return Books(**{name: int(counts["M"][name]["N"]) for name in Books.__dataclass_fields__})
