"""Writing the import ledger (`import_entries.py`), so that any call may be repeated without harm."""

import random
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

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
    MAIL_COUNTERS,
    PART,
    REPEATED,
    ImportStatus,
    chunk_part,
    mail_part,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ..aws.dynamodb.transact import Operation

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class ImportLedger:
    """Writes to the import ledger."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def begin(self, import_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Enter an import that is being read; returns its entry, which is the first caller's."""
        item = {IMPORT_ID: import_id, PART: IMPORT_PART, "status": ImportStatus.READING, **entry}
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={name: _serialize(value) for name, value in item.items()},
                ConditionExpression=f"attribute_not_exists({IMPORT_ID})",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return _deserialized(error.response.get("Item", {}))
        return item

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

    def finish(self, import_id: str, values: Mapping[str, Any]) -> None:
        """Write what reading the file came to: status, counts, reports."""
        present = {name: value for name, value in values.items() if value is not None}
        self._dynamodb.update_item(
            TableName=self._table,
            Key=self._key(import_id, IMPORT_PART),
            UpdateExpression="SET " + ", ".join(f"#{n} = :{n}" for n in range(len(present))),
            ExpressionAttributeNames={f"#{n}": name for n, name in enumerate(present)},
            ExpressionAttributeValues={
                f":{n}": _serialize(value) for n, value in enumerate(present.values())
            },
        )

    def record_chunk(self, import_id: str, number: int, lines: Mapping[str, Iterable[int]]) -> None:
        """Add lines to the chunk's sets `created`, `duplicates` and `failed`.

        A line that is created or a duplicate is not failed, in whichever order deliveries say so.
        """
        key = self._key(import_id, chunk_part(number))
        add = {name: set(map(str, numbers)) for name, numbers in lines.items()}
        failed, ended = add.pop(FAILED, set()), set().union(*add.values())
        if failed:
            update = self._update(key, ADD={FAILED: _number_set(failed)})
            entry = self._dynamodb.update_item(**update, ReturnValues="ALL_NEW")["Attributes"]
            ended |= failed & (_lines(entry, CREATED) | _lines(entry, DUPLICATES))
        if ended:
            sets = {name: _number_set(numbers) for name, numbers in add.items() if numbers}
            self._dynamodb.update_item(**self._update(key, ADD=sets, DELETE={FAILED: _number_set(ended)}))

    def count_mails(self, import_id: str, changes: Mapping[str, int]) -> "Operation":
        """Returns what adds to the import's mail counters, for one transaction with the mail ledger."""
        key = self._key(import_id, mail_part(random.randrange(MAIL_COUNTERS)))
        return {"Update": self._update(key, ADD={name: {"N": str(n)} for name, n in changes.items()})}

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
        """Update the import's entry if a condition holds; returns the entry after that."""
        try:
            answer: Any = self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key(import_id, IMPORT_PART),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **update,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return _deserialized(error.response.get("Item", {}))
        return _deserialized(answer["Attributes"])

    def _update(self, key: dict[str, Any], **clauses: Mapping[str, Any]) -> dict[str, Any]:
        """Returns an update of these clauses: ADD to counters and sets, DELETE from sets."""
        expression = [
            f"{verb} " + ", ".join(f"#{name} :{name}" for name in changes)
            for verb, changes in clauses.items()
            if changes
        ]
        values = {name: value for changes in clauses.values() for name, value in changes.items()}
        return {
            "TableName": self._table,
            "Key": key,
            # Names by placeholder, for some are words that DynamoDB reserves.
            "UpdateExpression": " ".join(expression),
            "ExpressionAttributeNames": {f"#{name}": name for name in values},
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        }

    def _key(self, import_id: str, part: str) -> dict[str, Any]:
        return {IMPORT_ID: {"S": import_id}, PART: {"S": part}}


def _deserialized(item: Any) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}


def _number_set(lines: Iterable[str]) -> dict[str, Any]:
    return {"NS": sorted(lines)}


def _lines(item: Mapping[str, Any], name: str) -> set[str]:
    return set(item[name]["NS"]) if name in item else set()
