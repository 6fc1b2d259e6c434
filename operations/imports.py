"""Imports as the import ledger knows them."""

import heapq
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lambdas.core.import_entries import (
    IMPORT_ID,
    IMPORT_PART,
    KEY,
    KEY_INDEX,
    MAIL_PARTS,
    PART,
    STARTED_AT,
    ImportStatus,
)

from .books import Books, books_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TEXTS = ("status", "reason", "summary", "rejects", STARTED_AT)


class UploadStatus(StrEnum):
    """What an upload may be besides the ledger's own statuses, which are `ImportStatus`."""

    WAITING = "waiting"  # the ledger does not know of it yet
    FAILED = "failed"  # the function that reads it gave up


@dataclass(frozen=True)
class Import:
    """One uploaded file and what became of its rows.

    `file` is the path as given; `summary` and `rejects` are the reports' keys in the bucket, `started_at`
    is when its reading began.
    """

    file: str
    key: str
    id: str | None = None
    status: str = UploadStatus.WAITING
    reason: str | None = None
    summary: str | None = None
    rejects: str | None = None
    started_at: str | None = None
    books: Books = field(default_factory=Books)

    @property
    def balanced(self) -> bool:
        """Whether it was read to its end and every row is accounted for: nothing is left to happen."""
        return self.status in (ImportStatus.DONE, ImportStatus.REJECTED) and self.books.balanced

    @property
    def ended(self) -> bool:
        """Whether its reading has ended; its rows may still be on their way."""
        return self.status in (ImportStatus.DONE, ImportStatus.REJECTED, UploadStatus.FAILED)

    @property
    def all_created(self) -> bool:
        """Whether only mails are to come: the rows' own books are closed, and none failed."""
        return (
            self.status == ImportStatus.DONE
            and self.books.written == self.books.accepted
            and not self.books.failed
        )

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "file": self.file,
            "key": self.key,
            "import": self.id,
            "status": self.status,
            "reason": self.reason,
            **asdict(self.books),
            "summary": self.summary,
            "rejects": self.rejects,
            "started_at": self.started_at,
        }


@dataclass(frozen=True)
class ImportReader:
    """Reads the import ledger of a deployed pipeline."""

    dynamodb: "DynamoDBClient"
    table: str

    def refresh(self, one: Import, dead_lines: Set[int] = frozenset()) -> Import:
        """Returns the import as the ledger knows it now (the newest of its key).

        Args:
            one: The import as it was known; it is returned as it is if the ledger does not know it.
            dead_lines: Its lines that wait in the dead-letter queue.
        """
        import_id = one.id or self._newest(one.key)
        if import_id is None:
            return one
        if one.all_created:  # the chunks of a large import take long to read, and will not change
            mails = books_of(self._items(import_id, MAIL_PARTS))
            return replace(one, books=one.books.with_mails_of(mails))
        items = self._items(import_id)
        entry = next((item for item in items if item[PART]["S"] == IMPORT_PART), None)
        known = replace(one, id=import_id, books=books_of(items, dead_lines))
        return known if entry is None else _with_entry(known, entry)

    def newest(self, limit: int, dead_lines: Mapping[str, Set[int]]) -> list[Import]:
        """Returns the imports that were begun last, newest first.

        Args:
            limit: How many.
            dead_lines: By import, its lines that wait in the dead-letter queue.
        """
        # Only the entry of an import itself is in the index.
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table, IndexName=KEY_INDEX)
        entries = (item for page in pages for item in page["Items"])
        newest = heapq.nlargest(limit, entries, key=lambda item: item[STARTED_AT]["S"])
        ids = [(entry[KEY]["S"], entry[IMPORT_ID]["S"]) for entry in newest]
        return [self.refresh(Import(key, key, i), dead_lines.get(i, frozenset())) for key, i in ids]

    def _newest(self, key: str) -> str | None:
        answer = self.dynamodb.query(
            TableName=self.table,
            IndexName=KEY_INDEX,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": KEY},
            ExpressionAttributeValues={":key": {"S": key}},
            ScanIndexForward=False,
            Limit=1,
        )
        return answer["Items"][0][IMPORT_ID]["S"] if answer["Items"] else None

    def _items(self, import_id: str, first: str = " ") -> list[Mapping[str, Any]]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=f"{IMPORT_ID} = :id AND {PART} >= :first",
            ExpressionAttributeValues={":id": {"S": import_id}, ":first": {"S": first}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]


def total(imports: Iterable[Import]) -> Books:
    """Returns the books of several imports, added up."""
    return sum((one.books for one in imports), Books())


def succeeded(imports: Iterable[Import]) -> bool:
    """Returns whether every row is accounted for, and none failed or is held."""
    return all(one.balanced and not one.books.failed and not one.books.held for one in imports)


def _with_entry(one: Import, entry: Mapping[str, Any]) -> Import:
    texts = {name: entry[name]["S"] for name in _TEXTS if name in entry}
    return replace(one, **texts)
