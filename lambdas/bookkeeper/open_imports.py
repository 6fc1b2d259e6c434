"""The imports that are open, in the ledger: what stands there, and writes that hold if nobody opened them.

The index follows the table a moment later, so what it names is read from the table before use.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from ..aws.dynamodb.conditional import write_if
from ..aws.dynamodb.outcomes import Item
from ..core.books import Books
from ..core.import_entries import (
    COMPONENTS,
    IMPORT_ID,
    IMPORT_PART,
    JSON_TEXT,
    MAIL_COUNTERS,
    MAILING_PARTS,
    OPEN,
    OPEN_INDEX,
    OPENINGS,
    PART,
    PUBLISHED,
    REPLACING_PARTS,
    REVISION,
    SETTLED_AT,
    SETTLEMENT,
    STUCK_SINCE,
    SUMMARY_PART,
    WAITS_FOR,
    mail_part,
)
from ..core.import_parts import read_parts
from ..core.import_updates import key_of, update_of
from .decision import Changes
from .entry import Entry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize


class OpenImports:
    """Reads and writes them."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def ids(self) -> list[str]:
        """Returns the imports that are open, the oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=OPEN_INDEX,
            KeyConditionExpression="#open = :open",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues={":open": {"S": OPEN}},
        )
        return [str(item[IMPORT_ID]["S"]) for page in pages for item in page["Items"]]

    def mailed(self) -> bool:
        """Returns whether each row that is created brings a mail, by what the components say."""
        items = read_parts(self._dynamodb, self._table, COMPONENTS, consistent=False)
        said = [str(item[PART]["S"]) for item in items]
        replaced = any(part.startswith(REPLACING_PARTS) for part in said)
        return not replaced and any(part.startswith(MAILING_PARTS) for part in said)

    def entry(self, import_id: str) -> Entry | None:
        """Returns an import's entry as it is."""
        item = self._get(import_id, IMPORT_PART)
        return Entry(item) if item else None

    def items(self, entry: Entry) -> Iterator[Item]:
        """Yields an import's items from the first chunk on that is not summed."""
        return read_parts(self._dynamodb, self._table, entry.import_id, entry.sums.next_part)

    def at_one_moment(self, import_id: str) -> tuple[Entry, list[Item]]:
        """Returns an import's entry and its mail counters as they stood together.

        A mail that is sent again leaves one counter and comes to another, so that of counters that are read
        one after the other the sum may balance while it is owed.
        """
        # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
        parts = [IMPORT_PART, *map(mail_part, range(MAIL_COUNTERS))]
        gets: Any = [{"Get": {"TableName": self._table, "Key": key_of(import_id, part)}} for part in parts]
        answers: Any = self._dynamodb.transact_get_items(TransactItems=gets)["Responses"]
        entry, *counters = (answer.get("Item", {}) for answer in answers)
        return Entry(entry), list(filter(None, counters))

    def settle(self, entry: Entry, books: Books, at: str) -> Entry | None:
        """Enter that an import's books are settled with these counts; not if anybody opened or settled them.

        Returns:
            The entry as it stands then; None if it is not settled by this.
        """
        sets = {SETTLED_AT: at, REVISION: entry.revision + 1, SETTLEMENT: {SETTLED_AT: at, **asdict(books)}}
        held, item = self._write(
            entry,
            f"attribute_not_exists({SETTLED_AT})",
            Changes(sets, [name for name in (STUCK_SINCE, WAITS_FOR) if name in entry.values]),
            ReturnValues="ALL_NEW",
        )
        return Entry(item) if held else None

    def close(self, entry: Entry) -> bool:
        """Enter that a settlement is published, and close the import, unless it was opened or settled anew.

        Returns:
            Whether it is closed.
        """
        published, this = {PUBLISHED: entry.revision}, {":revision": {"N": str(entry.revision)}}
        condition = f"attribute_exists({SETTLED_AT}) AND {REVISION} = :revision"
        closed, _ = self._write(entry, condition, Changes(published, [OPEN]), this)
        if not closed:  # opened meanwhile; or another has settled it anew, and this is no news
            update = self._update(entry, Changes(published), this)
            write_if(self._dynamodb.update_item, **update, ConditionExpression=f"{REVISION} = :revision")
        return closed

    def note(self, entry: Entry, changes: Changes) -> None:
        """Write what was seen of an import that stays open, unless anybody opened or settled it since."""
        if changes.sets or changes.removes:
            self._write(entry, f"attribute_not_exists({SETTLED_AT})", changes)

    def summary(self, import_id: str) -> str | None:
        """Returns the report of reading the file, as JSON; None for an import of an older version."""
        item = self._get(import_id, SUMMARY_PART)
        return str(item[JSON_TEXT]["S"]) if item else None

    def _get(self, import_id: str, part: str) -> Item:
        answer: Any = self._dynamodb.get_item(
            TableName=self._table, Key=key_of(import_id, part), ConsistentRead=True
        )
        return dict(answer.get("Item", {}))

    def _write(
        self, entry: Entry, condition: str, changes: Changes, values: Item | None = None, **more: Any
    ) -> tuple[bool, Item]:
        """Write to an entry if a condition holds, and nobody has opened it since it was read."""
        known = {":openings": {"N": str(entry.openings)}} if entry.openings else {}
        unopened = f"{OPENINGS} = :openings" if known else f"attribute_not_exists({OPENINGS})"
        update = self._update(entry, changes, known | (values or {}))
        return write_if(
            self._dynamodb.update_item, **update, ConditionExpression=f"{condition} AND {unopened}", **more
        )

    def _update(self, entry: Entry, changes: Changes, known: Item) -> dict[str, Any]:
        sets = {name: _serialize(value) for name, value in changes.sets.items()}
        update = update_of(self._table, entry.import_id, IMPORT_PART, sets=sets, removes=changes.removes)
        values = {**update.get("ExpressionAttributeValues", {}), **known}
        return update | ({"ExpressionAttributeValues": values} if values else {})
