"""Reading the import ledger."""

import heapq
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lambdas.core.import_entries import IMPORT_ID, IMPORT_PART, KEY, KEY_INDEX, MAIL_PARTS, PART, STARTED_AT

from .books import books_of
from .imports import Import

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TEXTS = ("status", "reason", "summary", "rejects", STARTED_AT)


@dataclass(frozen=True)
class Ledger:
    """The import ledger of a deployed pipeline."""

    dynamodb: "DynamoDBClient"
    table: str

    def look(self, one: Import, dead_lines: Set[int] = frozenset()) -> Import:
        """The import as the ledger knows it now (the newest of its key); as it was if the ledger does not."""
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
        """The imports that were begun last, newest first; `dead_lines` as `look` takes them, by import."""
        # Only the entry of an import itself is in the index.
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table, IndexName=KEY_INDEX)
        entries = (item for page in pages for item in page["Items"])
        newest = heapq.nlargest(limit, entries, key=lambda item: item[STARTED_AT]["S"])
        ids = [(entry[KEY]["S"], entry[IMPORT_ID]["S"]) for entry in newest]
        return [self.look(Import(key, key, i), dead_lines.get(i, frozenset())) for key, i in ids]

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


def _with_entry(one: Import, entry: Mapping[str, Any]) -> Import:
    texts = {name: entry[name]["S"] for name in _TEXTS if name in entry}
    return replace(one, **texts)
