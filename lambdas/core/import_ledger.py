"""Writing the import ledger (`import_entries.py`), so that any call may be repeated without harm."""

import json
import random
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from ..aws.dynamodb.conditional import write_if
from .environment import Variable, setting
from .import_entries import (
    ATTEMPT,
    CHECKPOINT,
    CONTINUATION,
    CREATED,
    DUPLICATES,
    ENDED_EARLY,
    FAILED,
    IMPORT_ID,
    IMPORT_PART,
    JSON_TEXT,
    MAIL_COUNTERS,
    OPEN,
    PART,
    REPEATED,
    ROWS,
    SUMMARY_PART,
    ImportStatus,
    chunk_part,
    mail_part,
)
from .import_updates import finishing, key_of, lines_in, number_set, reopening, update_of
from .mail_entries import EXPIRES_AT, expiry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ..aws.dynamodb.transact import Operation

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize
# What it has is written long before an import's last mail leaves, behind a small daily quota perhaps a year.
_LONGEST_BACKLOG_DAYS = 365
# More than any file's summary has, but for one with a header of thousands of columns; an item takes 400 KB.
_SUMMARY_BYTES = 300 * 1024


class ImportLedger:
    """Writes to the import ledger.

    What it has of an import is kept for so many days after it was written, and for a year longer, since an
    import may owe mails for so long.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, expire_days: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._expire_days = expire_days

    def begin(self, import_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Enter an import that is being read, and open; returns its entry, which is the first caller's."""
        keys = {IMPORT_ID: import_id, PART: IMPORT_PART}
        item = {**keys, "status": ImportStatus.READING, OPEN: OPEN, **entry}
        entered, known = write_if(
            self._dynamodb.put_item,
            TableName=self._table,
            Item={name: _serialize(value) for name, value in item.items()},
            ConditionExpression=f"attribute_not_exists({IMPORT_ID})",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return item if entered else _deserialized(known)

    def claim_continuation(self, import_id: str, number: int, attempt: str) -> dict[str, Any]:
        """Enter the first attempt at a continuation; returns the import's entry, empty if there is none."""
        return self._change(
            import_id,
            UpdateExpression=f"SET {ATTEMPT} = :attempt",
            ConditionExpression=f"{CONTINUATION} = :number AND attribute_not_exists({ATTEMPT})",
            ExpressionAttributeValues={":number": _serialize(number), ":attempt": _serialize(attempt)},
        )

    def hand_over(self, import_id: str, number: int, checkpoint: str) -> dict[str, Any]:
        """Enter where continuation `number` begins, unless another attempt has, or the import ends before.

        Args:
            import_id: The import.
            number: The continuation, from 1.
            checkpoint: The S3 key of the checkpoint.

        Returns:
            The import's entry, as this or another attempt left it.
        """
        before = f"{CONTINUATION} = :before" if number > 1 else f"attribute_not_exists({CONTINUATION})"
        values = {":number": number, ":checkpoint": checkpoint, ":reading": ImportStatus.READING}
        values |= {":before": number - 1} if number > 1 else {}
        return self._change(
            import_id,
            UpdateExpression=f"SET {CONTINUATION} = :number, {CHECKPOINT} = :checkpoint REMOVE {ATTEMPT}",
            ConditionExpression=f"{before} AND #status = :reading AND attribute_not_exists({ENDED_EARLY})",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={name: _serialize(value) for name, value in values.items()},
        )

    def mark_repeated(self, import_id: str) -> bool:
        """Enter that more than one attempt reads the import, so that none may end it early.

        Returns:
            Whether none has.
        """
        return self._mark(import_id, REPEATED, unless=ENDED_EARLY)

    def end_early(self, import_id: str) -> bool:
        """Enter that the import ends where its object is gone, unless another attempt may have read on.

        Returns:
            Whether it may end so.
        """
        return self._mark(import_id, ENDED_EARLY, unless=REPEATED)

    def finish(self, import_id: str, values: Mapping[str, Any], summary: Mapping[str, Any]) -> None:
        """Write what reading the file came to.

        Args:
            import_id: The import.
            values: Status, counts, reports, for the import's entry; those that are None are left out.
            summary: The report, for the bookkeeper to complete; where it is too large for an item, what of
                it is among the values.
        """
        present = {name: _serialize(value) for name, value in values.items() if value is not None}
        text = json.dumps(summary, ensure_ascii=False)
        if len(text.encode()) > _SUMMARY_BYTES:
            text = json.dumps({name: values[name] for name in summary if name in values})
        sets = {JSON_TEXT: {"S": text}, **self._expires()}
        self._dynamodb.update_item(**update_of(self._table, import_id, SUMMARY_PART, sets=sets))
        self._dynamodb.update_item(**finishing(self._table, import_id, present | self._expires()))

    def record_chunk(self, import_id: str, number: int, lines: Mapping[str, Collection[int]]) -> None:
        """Add lines to the chunk's sets `created`, `duplicates` and `failed`.

        A line that is created or a duplicate is not failed, in whichever order deliveries say so. Where that
        changes what may be settled, the books are opened first, so that a crash leaves them open.
        """
        rows = len(set().union(*lines.values()))
        if not rows:
            return
        part, rows_value = chunk_part(number), {ROWS: {"N": str(rows)}}
        sets = {name: number_set(of) for name, of in lines.items() if of}
        update = update_of(self._table, import_id, part, sets=self._expires(), defaults=rows_value, adds=sets)
        entry = self._add_lines(import_id, update, {*lines.get(CREATED, ()), *lines.get(DUPLICATES, ())})
        ended = lines_in(entry, FAILED) & (lines_in(entry, CREATED) | lines_in(entry, DUPLICATES))
        # What was dead-lettered of a chunk alone may have come before the chunk as a whole.
        more = rows_value if rows > int(entry[ROWS]["N"]) else {}
        if not (ended or more):
            return
        self._reopen(import_id)
        deletes = {FAILED: number_set(ended)} if ended else {}
        self._dynamodb.update_item(**update_of(self._table, import_id, part, sets=more, deletes=deletes))

    def count_mails(
        self, import_id: str, changes: Mapping[str, int], *, reopen: bool = False
    ) -> list["Operation"]:
        """Returns what adds to the import's mail counters, for one transaction with the mail ledger.

        Args:
            import_id: The import.
            changes: What is added to each counter.
            reopen: Whether the books may be settled already, and are opened again by the same transaction.
        """
        part = mail_part(random.randrange(MAIL_COUNTERS))
        added = {name: {"N": str(n)} for name, n in changes.items()}
        counted = update_of(self._table, import_id, part, sets=self._expires(), adds=added)
        reopened = [reopening(self._table, import_id, self._expiry(), rows=False)] if reopen else []
        return [{"Update": update} for update in (counted, *reopened)]

    def _reopen(self, import_id: str) -> None:
        """Open the books of an import whose rows change, if there is one that has any."""
        write_if(
            self._dynamodb.update_item,
            **reopening(self._table, import_id, self._expiry(), rows=True),
            ConditionExpression=f"attribute_exists({PART})",
        )

    def _add_lines(self, import_id: str, update: dict[str, Any], ended: set[int]) -> dict[str, Any]:
        """Update a chunk; opens the books before, if one of the lines that end so had failed.

        Returns:
            The chunk as it stands then.
        """
        none_failed = {
            "ConditionExpression": f"attribute_not_exists({FAILED})",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        written, entry = write_if(
            self._dynamodb.update_item, **update, **(none_failed if ended else {}), ReturnValues="ALL_NEW"
        )
        if written:
            return entry
        if lines_in(entry, FAILED) & ended:
            self._reopen(import_id)
        return dict(self._dynamodb.update_item(**update, ReturnValues="ALL_NEW")["Attributes"])

    def _mark(self, import_id: str, name: str, *, unless: str) -> bool:
        entry = self._change(
            import_id,
            UpdateExpression="SET #name = :true",
            ConditionExpression="attribute_not_exists(#unless)",
            ExpressionAttributeNames={"#name": name, "#unless": unless},
            ExpressionAttributeValues={":true": {"BOOL": True}},
        )
        return unless not in entry

    def _change(self, import_id: str, **update: Any) -> dict[str, Any]:
        """Update the import's entry if a condition holds; returns the entry as it stands then."""
        _, entry = write_if(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=key_of(import_id, IMPORT_PART),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **update,
        )
        return _deserialized(entry)

    def _expires(self) -> dict[str, Any]:
        return {EXPIRES_AT: {"N": str(self._expiry())}}

    def _expiry(self) -> int:
        return expiry(self._expire_days + _LONGEST_BACKLOG_DAYS)


def import_ledger(dynamodb: "DynamoDBClient") -> ImportLedger:
    """Returns the ledger that the function's environment names."""
    days = int(setting(Variable.LEDGERS_EXPIRE_DAYS))
    return ImportLedger(dynamodb, setting(Variable.IMPORTS_TABLE), days)


def _deserialized(item: Any) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}
