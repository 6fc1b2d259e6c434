"""Reading imports from the import ledger."""

from collections.abc import Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.core.books import books_of
from lambdas.core.import_entries import (
    CHUNK_PARTS,
    ERROR_PARTS,
    IMPORT_ID,
    KEY,
    KEY_INDEX,
    OPEN,
    OPEN_INDEX,
)
from lambdas.core.import_parts import read_parts

from .errors import UsageError
from .import_items import import_of, with_items
from .imports import Import, UploadStatus
from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NAMED = 5  # imports of one object, in a message
_AT_ONCE = 8  # imports that are read side by side


@dataclass(frozen=True)
class ImportReader:
    """Reads the import ledger of a deployed pipeline."""

    dynamodb: "DynamoDBClient"
    table: str

    @classmethod
    def of(cls, stack: Stack) -> "ImportReader":
        """Returns the reader of a stack's import ledger."""
        return cls(stack.client("dynamodb"), stack.outputs["import_ledger"])

    def refresh(self, one: Import, dead_lines: Set[int] = frozenset()) -> Import:
        """Returns the import as the ledger knows it now (the newest of its key).

        Args:
            one: The import as it was known; it is returned as it is if the ledger does not know it.
            dead_lines: Its lines that wait in the dead-letter queue.
        """
        import_id = one.id or next(iter(self.ids_of(one.key, 1)), None)
        if import_id is None:
            return one
        if one.all_created:  # the chunks of a large import take long to read, and will not change
            rest = self._items(import_id, ERROR_PARTS)
            return with_items(one, rest, one.books.with_mails_of(books_of(rest)))
        # The report, which is large, comes before the chunks.
        items = self._items(import_id, CHUNK_PARTS)
        found = with_items(replace(one, id=import_id), items, books_of(items))
        # What waits in the dead-letter queue the bookkeeper does not count.
        return replace(found, books=books_of(items, dead_lines)) if dead_lines else found

    def all(self, dead_lines: Mapping[str, Set[int]]) -> list[Import]:
        """Returns all imports, newest first.

        Of those that are settled their entries are read, from an index that has nothing else; of the others
        all that there is. Indexes follow the table a moment later, each by itself: what either of them says
        is not settled is read from the table.

        Args:
            dead_lines: By import, its lines that wait in the dead-letter queue.
        """
        opened = set(self._open_ids())
        known = {str(one.id): one for one in map(import_of, self._entries())}
        unsettled = opened | {import_id for import_id, one in known.items() if not one.settled}

        def read(import_id: str) -> Import:
            return self.refresh(Import("", "", import_id), dead_lines.get(import_id, frozenset()))

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            known |= {str(one.id): replace(one, file=one.key) for one in pool.map(read, unsettled)}
        # An entry that had expired, and whose mails were decided on since, names no file.
        found = [one for one in known.values() if one.key]
        return sorted(found, key=lambda one: one.started_at or "", reverse=True)

    def ids_of(self, key: str, limit: int) -> list[str]:
        """Returns the ids of an object's imports, the newest first, so many at most."""
        answer = self.dynamodb.query(
            TableName=self.table,
            IndexName=KEY_INDEX,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": KEY},
            ExpressionAttributeValues={":key": {"S": key}},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [str(item[IMPORT_ID]["S"]) for item in answer["Items"]]

    def _items(self, import_id: str, first: str) -> list[Item]:
        """Returns an import's items from a part on."""
        return [*read_parts(self.dynamodb, self.table, import_id, first)]

    def _entries(self) -> Iterator[Item]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table, IndexName=KEY_INDEX)
        return (dict(item) for page in pages for item in page["Items"])

    def _open_ids(self) -> Iterator[str]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=OPEN_INDEX,
            KeyConditionExpression="#open = :open",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues={":open": {"S": OPEN}},
        )
        return (str(item[IMPORT_ID]["S"]) for page in pages for item in page["Items"])


@dataclass(frozen=True)
class NewImportReader(ImportReader):
    """Reads imports of objects that were uploaded again; `known` are the ids of those before."""

    known: frozenset[str] = frozenset()

    def ids_of(self, key: str, limit: int) -> list[str]:
        """Returns the ids of an object's imports that are new, the newest first, so many at most."""
        return [import_id for import_id in super().ids_of(key, limit) if import_id not in self.known]


def find_named(stack: Stack, name: str) -> Import:
    """Returns the import of this id, or the only one of the object with this key.

    Raises:
        UsageError: there is none, or there are several of the key.
    """
    reader = ImportReader.of(stack)
    one = reader.refresh(Import(name, name, name))
    if one.status != UploadStatus.WAITING:
        return replace(one, file=one.key)
    ids = reader.ids_of(name, _NAMED + 1)
    if len(ids) == 1:
        return reader.refresh(Import(name, name, ids[0]))
    expected = "expected the id of an import, or the key of an object that has one"
    if not ids:
        raise UsageError(f"{expected}, got {name}: `rowrelay status{stack.option}` shows the ids.")
    told = ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")
    raise UsageError(f"{expected}, got {name}, which several have. Take an id, the newest first: {told}.")
