"""Updating items as they are known, many a call, each with an outcome of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .outcomes import Item, Outcome
from .statements import Statement, execute_each, quoted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Update:
    """An update of one item.

    Attributes:
        key: Its whole primary key.
        known: The values of attributes as they must stand there.
        set: The attributes to write.
        remove: The names of those to remove.
    """

    key: Item
    known: Item
    set: Item
    remove: Sequence[str] = field(default=())

    def statement(self, table: str) -> Statement:
        """Returns the update as a PartiQL statement."""
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
        changes = [f"SET {quoted(name)}=?" for name in self.set]
        changes += [f"REMOVE {quoted(name)}" for name in self.remove]
        where = {**self.key, **self.known}
        conditions = " AND ".join(f"{quoted(name)}=?" for name in where)
        return {
            "Statement": f"UPDATE {quoted(table)} {' '.join(changes)} WHERE {conditions}",
            "Parameters": [*self.set.values(), *where.values()],
        }


def update_each(dynamodb: "DynamoDBClient", table: str, updates: Sequence[Update]) -> list[Outcome]:
    """Update each item that stands as it is known.

    Args:
        dynamodb: The client.
        table: The table's name.
        updates: The updates, no two of one item.

    Returns:
        What became of each, in their order; ItemExists has the item as it stands instead, empty if there is
        none. An update whose answer was lost is sent again, and may then find what it wrote itself.

    Raises:
        TableError: DynamoDB kept putting off some, or may not write here; others may have been carried out.
    """
    keys = [update.key for update in updates]
    return execute_each(dynamodb, table, keys, [update.statement(table) for update in updates])
