"""The mail ledger's index: which mails are due, which imports owe any, which mails wait for a decision.

The index follows the table a moment later, so what it names is to be read from the ledger before use.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING, Any

from .mail_entries import DUE, DUE_INDEX, IMPORTS_LIST, MAIL_ID, OUTBOX, owed_lists
from .mail_gate import import_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PAGE = 100  # as many as one BatchGetItem reads
_PASSED_BY_AT_ONCE = 100  # imports, which takes some seconds


@dataclass(frozen=True)
class Listed:
    """An item in a list: its id, and from when on it is due (Unix seconds)."""

    mail_id: str
    due: float


@dataclass(frozen=True)
class ListedImport:
    """An import that owes mails, or lately did; None stands for the mails of no import."""

    import_id: str | None
    registered: float


class Outbox:
    """Reads the index."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def imports(self) -> list[ListedImport]:
        """Returns the imports that owe mails."""
        return [ListedImport(import_of(each.mail_id), each.due) for each in self.listed(IMPORTS_LIST)]

    def owed(self, import_id: str | None, until: float | None = None, page: int = _PAGE) -> Iterator[Listed]:
        """Yields an import's mails that are owed, the first that are due first.

        Args:
            import_id: The import.
            until: Only those that are due by then (Unix seconds); by default all.
            page: How many one call reads.
        """
        lists = [self.listed(name, until, page) for name in owed_lists(import_id)]
        return heapq.merge(*lists, key=lambda each: each.due)

    def heads(self, import_id: str | None) -> list[Listed]:
        """Returns the mail that is due first of each of an import's lists, where there is one."""
        asked = (self._request(name) for name in owed_lists(import_id))
        found = (self._dynamodb.query(**request, Limit=1)["Items"] for request in asked)
        return [_listed(items[0]) for items in found if items]

    def listed(self, name: str, until: float | None = None, page: int = _PAGE) -> Iterator[Listed]:
        """Yields what is in a list, up to what is due by `until`; a call reads so many of a page."""
        request = {**self._request(name, until), "Limit": page}
        for answer in self._dynamodb.get_paginator("query").paginate(**request):
            yield from map(_listed, answer["Items"])

    def count(self, *names: str) -> int:
        """Returns how many items these lists have; of a list of more than a megabyte, how many that has."""
        return sum(self._dynamodb.query(**self._request(name), Select="COUNT")["Count"] for name in names)

    def _request(self, name: str, until: float | None = None) -> dict[str, Any]:
        by_then = "" if until is None else " AND #due <= :until"
        values = {":list": {"S": name}} | ({} if until is None else {":until": {"N": f"{until:.3f}"}})
        names = {"#outbox": OUTBOX} | ({} if until is None else {"#due": DUE})
        return {
            "TableName": self._table,
            "IndexName": DUE_INDEX,
            "KeyConditionExpression": f"#outbox = :list{by_then}",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }


@dataclass
class DueMails:
    """The mails of some imports that are due by a time, oldest first, a mail of each import in turn.

    Attributes:
        outbox: What reads the index.
        imports: The imports.
        until: By when they are due (Unix seconds).
        seen: The ids of mails that are passed by; what is taken goes there.
        may_go_on: Asked now and then while imports without such mails are passed by.
    """

    outbox: Outbox
    imports: InitVar[Sequence[str | None]]
    until: float
    seen: set[str]
    may_go_on: Callable[[], bool]

    def __post_init__(self, imports: Sequence[str | None]) -> None:
        self._left = deque((each, self.outbox.owed(each, self.until)) for each in imports)
        # Of more imports than a round can look at, each round begins with others.
        self._left.rotate(random.randrange(len(imports)) if imports else 0)
        self._passed_by = 0

    def take(self, count: int) -> list[str]:
        """Returns the ids of the next mails, at most so many; none once there are no more."""
        taken: list[str] = []
        while self._left and len(taken) < count:
            import_id, mails = self._left.popleft()
            if (each := next((one for one in mails if one.mail_id not in self.seen), None)) is not None:
                taken.append(each.mail_id)
                self.seen.add(each.mail_id)
                self._left.append((import_id, mails))
            else:
                self._pass_by()
        return taken

    def leave_out(self, import_ids: Collection[str | None]) -> None:
        """Take no more mails of these imports."""
        if import_ids:
            self._left = deque(each for each in self._left if each[0] not in import_ids)

    def _pass_by(self) -> None:
        self._passed_by += 1
        if self._passed_by % _PASSED_BY_AT_ONCE == 0 and not self.may_go_on():
            self._left.clear()


def _listed(item: Any) -> Listed:
    return Listed(item[MAIL_ID]["S"], float(item[DUE]["N"]))
