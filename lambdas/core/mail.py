"""Mails to send, from what invokes the function: a table's stream, or the retry queue."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..aws.dynamodb.outcomes import Item
from ..aws.limits import DYNAMODB_NUMBER_DIGITS
from ..aws.rowrelay_error import RowrelayError
from .chunk import is_import_id
from .reserved_columns import RECORD_IMPORT_ID, RECORD_IMPORT_LINE

VERSION = 1
_ID_CHARACTERS = 32
_ID = re.compile(f"[0-9a-f]{{{_ID_CHARACTERS}}}")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_NOT_IN_MESSAGES = re.compile("[\ud800-\udfff\ufffe\uffff]")
# DynamoDB's types that a mail can show: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
_TEXTS: Mapping[str, Callable[[Any], str]] = {"S": str, "N": str, "BOOL": lambda value: str(value).lower()}


class MailError(RowrelayError, ValueError):
    """A message of the retry queue is no mail."""


@dataclass(frozen=True)
class Mail:
    """The mail that a record brings when it is inserted.

    `mail_id` is the same for every delivery of that insertion, and another if the key is inserted anew by
    another import. `image` is the whole record as the stream has it; `reason` is why it waits, if it does;
    `since`, in Unix seconds, when it was put off first, if that was before its message was sent.
    """

    mail_id: str
    import_id: str | None
    line: int | None
    image: Item
    reason: str = ""
    since: int | None = None

    def body(self) -> str:
        """Returns the mail as a message of the retry queue or the failure queue."""
        document: dict[str, Any] = {
            "v": VERSION,
            "mail": self.mail_id,
            "import": self.import_id,
            "line": self.line,
        }
        document |= {"image": self.image, "reason": self.reason}
        document |= {"since": self.since} if self.since else {}
        # Not as ASCII: a record of 400 KB in another script would outgrow the message.
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=_base64)
        return _NOT_IN_MESSAGES.sub(lambda match: f"\\u{ord(match[0]):04x}", body)

    def with_reason(self, reason: str) -> "Mail":
        """Returns the same mail, with why it waits."""
        return replace(self, reason=reason)

    def values(self) -> dict[str, str]:
        """Returns the record's texts, numbers and booleans as text, by column, without other types."""
        return {
            name: _TEXTS[kind](value)
            for name, attribute in self.image.items()
            for kind, value in attribute.items()
            if kind in _TEXTS
        }


def from_stream(record: Mapping[str, Any]) -> Mail | None:
    """Returns the mail of a stream's record; None if it is no insertion.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """
    if record["eventName"] != "INSERT":
        return None
    change = record["dynamodb"]
    return mail_of_record(change["Keys"], change["NewImage"])


def mail_of_record(keys: Item, image: Item) -> Mail:
    """Returns the record's mail, with the same id whether the record is read from the stream or the table.

    Args:
        keys: The attributes that are the record's key.
        image: The whole record.
    """
    import_id = image.get(RECORD_IMPORT_ID, {}).get("S")
    line = image.get(RECORD_IMPORT_LINE, {}).get("N")
    identity = json.dumps([keys, import_id, line], sort_keys=True)
    mail_id = hashlib.sha256(identity.encode()).hexdigest()[:_ID_CHARACTERS]
    # A table that is not ours may have attributes of these names, too.
    counted = import_id if is_import_id(import_id) else None
    return Mail(mail_id, counted, int(line) if line and line.isdecimal() else None, image)


def from_queue(body: str) -> Mail:
    """Returns the mail in a message of the retry queue.

    Raises:
        MailError: it is no mail of this version.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MailError(f"expected a mail as JSON, got no JSON: {type(error).__name__}") from None
    if not isinstance(document, dict):
        raise MailError("expected a mail, a JSON object")
    parts: dict[str, Any] = {name: document.get(name) for name in _PARTS}
    wrong = [name for name, is_right in _PARTS.items() if not is_right(parts[name])]
    if wrong:
        raise MailError(f"expected a mail of version {VERSION}, got no such {', '.join(wrong)}")
    return Mail(*(parts[name] for name in ("mail", "import", "line", "image", "reason", "since")))


def _base64(value: bytes) -> str:
    """Binary as a stream's record has it, where boto3 read it from the table."""
    return base64.b64encode(value).decode()


def _is_image(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(attribute, dict) for attribute in value.values())


# Anything may stand in a queue; what gets past these can be claimed, sent and recorded.
_PARTS: Mapping[str, Callable[[Any], bool]] = {
    "v": lambda value: value == VERSION,
    "mail": lambda value: isinstance(value, str) and _ID.fullmatch(value) is not None,
    "import": lambda value: value is None or is_import_id(value),
    "line": lambda value: value is None or (type(value) is int and 0 <= value < 10**DYNAMODB_NUMBER_DIGITS),
    "image": _is_image,
    "reason": lambda value: isinstance(value, str),
    "since": lambda value: value is None or (type(value) is int and value >= 0),
}
