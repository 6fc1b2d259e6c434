"""What becomes of items that are written to DynamoDB."""

from dataclasses import dataclass
from typing import Any

from ..rowrelay_error import RowrelayError

Item = dict[str, Any]  # as DynamoDB's low-level API has it: {"name": {"S": "value"}}


@dataclass(frozen=True)
class ItemWritten:
    """The item was written."""


@dataclass(frozen=True)
class ItemExists:
    """The condition of the write did not hold; `item` is what the table has instead, empty if nothing."""

    item: Item


@dataclass(frozen=True)
class ItemRefused:
    """DynamoDB will never take this item, for this reason."""

    reason: str


Outcome = ItemWritten | ItemExists | ItemRefused


class TableError(RowrelayError):
    """A request to a table failed, and no single item is at fault.

    `code`: DynamoDB's, or empty.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
