"""The records that mails are of."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.aws.dynamodb.read import read_each
from lambdas.core.mail import Mail, mail_of_record

from .stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Records:
    """Reads a stack's table.

    Attributes:
        dynamodb: The client.
        table: The table.
        key: The name of its key.
        key_type: The key's type in DynamoDB, S or N.
        columns: The names of the columns that a mail uses.
    """

    dynamodb: "DynamoDBClient"
    table: str
    key: str
    key_type: str
    columns: Collection[str]

    @classmethod
    def of(cls, stack: Stack) -> "Records":
        """Returns those of a deployed stack."""
        names = ("table", "key", "key_type", "mail_columns")
        return cls(stack.client("dynamodb"), *(stack.outputs[name] for name in names))

    def read(self, keys: Sequence[Item]) -> list[Item]:
        """Returns the records of these keys, in their order; an empty one where there is none."""
        return read_each(self.dynamodb, self.table, keys)

    def pages(self) -> Iterator[list[Item]]:
        """Yields all records, a page at a time."""
        scan = self.dynamodb.get_paginator("scan")
        for page in scan.paginate(TableName=self.table, ConsistentRead=True):
            yield page["Items"]

    def mail(self, record: Item) -> Mail:
        """Returns the mail that the record brought when it was inserted."""
        return mail_of_record({self.key: record[self.key]}, record, self.columns)
