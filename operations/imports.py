"""Imports as the import ledger knows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from lambdas.core.books import Books, books_of
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
from lambdas.core.import_parts import read_parts
from lambdas.csvfile.findings import Findings

from .errors import UsageError
from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_deserialize = TypeDeserializer().deserialize
_TEXTS = (KEY, "status", "reason", "summary", "rejects", STARTED_AT)
_FINDINGS = tuple(Findings().as_json())


class UploadStatus(StrEnum):
    """What an upload may be besides the ledger's own statuses, which are `ImportStatus`."""

    WAITING = "waiting"  # the ledger does not know of it yet
    FAILED = "failed"  # the function that reads it gave up


@dataclass(frozen=True)
class Import:
    """One uploaded file and what became of its rows.

    `file` is the path as given; `summary` and `rejects` are the reports' keys in the bucket, `started_at`
    is when its reading began; `findings` are as much of what was found in it as the ledger has.
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
    findings: Findings = field(default_factory=Findings)

    @property
    def balanced(self) -> bool:
        """Whether it was read to its end and every row is accounted for: nothing is left to happen."""
        return self.status in (ImportStatus.DONE, ImportStatus.REJECTED) and self.books.balanced

    @property
    def age(self) -> timedelta:
        """How long ago its reading began; no time, if that is not known."""
        begun = self.started_at
        return datetime.now(UTC) - datetime.fromisoformat(begun) if begun else timedelta()

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
            "owed": self.books.owed,
            "summary": self.summary,
            "rejects": self.rejects,
            **self.findings.as_json(),
            "started_at": self.started_at,
        }


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

    def all(self, dead_lines: Mapping[str, Set[int]]) -> list[Import]:
        """Returns all imports, newest first: the whole ledger is read, once, a page at a time.

        Args:
            dead_lines: By import, its lines that wait in the dead-letter queue.
        """
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        items = (item for page in pages for item in page["Items"])
        entries: dict[str, Mapping[str, Any]] = {}
        books: dict[str, Books] = defaultdict(Books)
        # What a scan brings of an import comes together; were it not so, it would add up all the same.
        for import_id, parts in groupby(items, lambda item: str(item[IMPORT_ID]["S"])):
            some = list(parts)
            books[import_id] += books_of(some)
            # An entry that had expired, and whose mails were decided on since, names no file.
            entries.update(
                (import_id, item) for item in some if item[PART]["S"] == IMPORT_PART and KEY in item
            )
        found = [
            _with_entry(Import(entry[KEY]["S"], entry[KEY]["S"], i, books=books[i]), entry)
            for i, entry in entries.items()
        ]
        found.sort(key=lambda one: one.started_at or "", reverse=True)
        return [
            self.refresh(one, dead_lines[one.id]) if one.id and one.id in dead_lines else one for one in found
        ]

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
        return read_parts(self.dynamodb, self.table, import_id, first)


def find_import(stack: Stack, import_id: str) -> Import:
    """Returns an import as it is.

    Raises:
        UsageError: the import ledger does not know it.
    """
    reader = ImportReader.of(stack)
    one = reader.refresh(Import(import_id, import_id, import_id))
    if one.status == UploadStatus.WAITING:
        raise UsageError(
            f"expected the id of an import, got {import_id}, which no import has:"
            f" `rowrelay status{stack.option}` shows the ids."
        )
    return one


def total(imports: Iterable[Import]) -> Books:
    """Returns the books of several imports, added up."""
    return sum((one.books for one in imports), Books())


def succeeded(imports: Iterable[Import]) -> bool:
    """Returns whether no file was refused, every row is accounted for, and none failed or is held."""
    return all(
        one.status == ImportStatus.DONE and one.balanced and not one.books.failed and not one.books.held
        for one in imports
    )


def _with_entry(one: Import, entry: Mapping[str, Any]) -> Import:
    texts = {name: entry[name]["S"] for name in _TEXTS if name in entry}
    found = Findings.parse({name: _deserialize(entry[name]) for name in _FINDINGS if name in entry})
    return replace(one, **texts, findings=found)
