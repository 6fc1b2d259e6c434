"""Mails to send, each brought by a record that was inserted into a table."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..aws.dynamodb.outcomes import Item
from ..aws.limits import SES_TEMPLATE_DATA_BYTES
from .chunk import is_import_id
from .reserved_columns import RECORD_IMPORT_ID, RECORD_IMPORT_LINE

_ID_CHARACTERS = 32
# DynamoDB's types that a mail can show: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
_TEXTS: Mapping[str, Callable[[Any], str]] = {"S": str, "N": str, "BOOL": lambda value: str(value).lower()}


@dataclass(frozen=True)
class Mail:
    """The mail that a record brings when it is inserted.

    Attributes:
        mail_id: The same for every delivery of that insertion, and another if the key is inserted anew by
            another import.
        import_id: The record's import; None for a record of no import.
        line: Its line in the import's file.
        columns: The texts of the columns that the mail uses, as far as the record has them; none if they are
            more than SES takes, so that the mail fits into its ledger.
        record_key: The attributes that are the record's key.
    """

    mail_id: str
    import_id: str | None
    line: int | None
    columns: Mapping[str, str] = field(default_factory=dict)
    record_key: Item = field(default_factory=dict)


def from_stream(record: Mapping[str, Any], columns: Collection[str]) -> Mail | None:
    """Returns the mail of a stream's record, with these columns; None if it is no insertion.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """
    if record["eventName"] != "INSERT":
        return None
    change = record["dynamodb"]
    return mail_of_record(change["Keys"], change["NewImage"], columns)


def mail_of_record(keys: Item, image: Item, columns: Collection[str]) -> Mail:
    """Returns the record's mail, with the same id whether the record is read from the stream or the table.

    Args:
        keys: The attributes that are the record's key.
        image: The whole record.
        columns: The names of the columns that the mail uses.
    """
    import_id = image.get(RECORD_IMPORT_ID, {}).get("S")
    line = image.get(RECORD_IMPORT_LINE, {}).get("N")
    identity = json.dumps([keys, import_id, line], sort_keys=True)
    mail_id = hashlib.sha256(identity.encode()).hexdigest()[:_ID_CHARACTERS]
    return Mail(
        mail_id,
        # A table that is not ours may have attributes of these names, too.
        import_id if is_import_id(import_id) else None,
        int(line) if line and line.isdecimal() else None,
        texts_of(image, columns),
        keys,
    )


def texts_of(image: Item, columns: Collection[str]) -> dict[str, str]:
    """Returns a record's texts, numbers and booleans as text, by column, of these columns.

    None if they are more than SES takes.
    """
    texts = {
        name: _TEXTS[kind](value)
        for name in columns
        for kind, value in image.get(name, {}).items()
        if kind in _TEXTS
    }
    return texts if sum(len(text.encode()) for text in texts.values()) <= SES_TEMPLATE_DATA_BYTES else {}
