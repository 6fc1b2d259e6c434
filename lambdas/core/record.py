"""Rows to records: DynamoDB items, one for each key."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from ..aws.dynamodb.outcomes import Item
from ..aws.dynamodb.read import value_identity
from .chunk import Chunk
from .reserved_columns import RECORD_CREATED_AT, RECORD_IMPORT_ID, RECORD_IMPORT_LINE

_serialize = TypeSerializer().serialize


@dataclass(frozen=True)
class Record:
    """A row as an item of the table."""

    line: int
    values: Mapping[str, Any]
    item: Item


@dataclass(frozen=True)
class Records:
    """A chunk's rows: the records to write, the lines whose key another has, the lines that make no item."""

    records: Sequence[Record]
    repeated: Mapping[int, int]  # with the line of the record that has the key
    unusable: Mapping[int, str]  # with the reason


def records_of(chunk: Chunk, key: str, created_at: str, *, last_wins: bool) -> Records:
    """Returns the chunk's rows as records.

    Of rows with the same key the first is kept, or the last if `last_wins`.
    """
    by_key: dict[Hashable, Record] = {}
    repeated: dict[int, Hashable] = {}
    unusable: dict[int, str] = {}
    for line, values in chunk.rows:
        try:
            item = _item(
                values,
                {RECORD_IMPORT_ID: chunk.import_id, RECORD_IMPORT_LINE: line, RECORD_CREATED_AT: created_at},
            )
        except (TypeError, ValueError, ArithmeticError) as error:
            unusable[line] = f"a value that DynamoDB cannot keep: {error}"
            continue
        if key not in item:
            unusable[line] = f"the row has no value for the key {key}"
            continue
        name = value_identity(item[key])
        if name in by_key:
            repeated[by_key[name].line if last_wins else line] = name
        if last_wins or name not in by_key:
            by_key[name] = Record(line, values, item)
    winners = {line: by_key[name].line for line, name in repeated.items()}
    return Records(list(by_key.values()), winners, unusable)


def _item(values: Mapping[str, Any], added: Mapping[str, Any]) -> Item:
    present = {name: value for name, value in {**values, **added}.items() if value is not None}
    return {name: _serialize(value) for name, value in present.items()}
