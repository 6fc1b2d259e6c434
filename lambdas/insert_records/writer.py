"""Writing records to the table: put if absent (skip), or put whatever is there (replace)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from ..aws.dynamodb.insert import insert_each
from ..aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, ItemWritten, Outcome, TableError
from ..aws.dynamodb.read import read_each
from ..aws.limits import DYNAMODB_BATCH_ITEMS
from ..aws.tries import FIXED_TRIES, Tries
from ..core.record import Record
from ..core.reserved_columns import RECORD_IMPORT_ID, RECORD_IMPORT_LINE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The lines of the records that stand in the table.
Find = Callable[[Sequence[Record]], list[int]]


class Write(Protocol):
    """Writes records, of which no two have one key."""

    def __call__(self, records: Sequence[Record], tries: Tries = FIXED_TRIES) -> list[Outcome]:
        """Returns what became of each, in their order: written, a duplicate (ItemExists), or refused.

        Args:
            records: The records.
            tries: How often writes that are put off are made again. Default: a few times.
        """


def put_if_absent(dynamodb: "DynamoDBClient", table: str, key: str) -> Write:
    """Returns how to write if `on_conflict` is skip: the stored record stays, whatever key comes again."""

    def write(records: Sequence[Record], tries: Tries = FIXED_TRIES) -> list[Outcome]:
        outcomes = insert_each(dynamodb, table, key, [record.item for record in records], tries)
        return [_own_write(record, outcome) for record, outcome in zip(records, outcomes, strict=True)]

    return write


def _own_write(record: Record, outcome: Outcome) -> Outcome:
    """A record of this very row is no duplicate: an earlier attempt wrote it, and the answer was lost."""
    return ItemWritten() if isinstance(outcome, ItemExists) and _is_own(record, outcome.item) else outcome


def _is_own(record: Record, item: Item) -> bool:
    return all(item.get(name) == record.item[name] for name in (RECORD_IMPORT_ID, RECORD_IMPORT_LINE))


def find_written(dynamodb: "DynamoDBClient", table: str, key: str) -> Find:
    """Returns how to find the records that were written, whatever became of the attempt that did it."""

    def find(records: Sequence[Record]) -> list[int]:
        items = read_each(dynamodb, table, [{key: record.item[key]} for record in records])
        return [record.line for record, item in zip(records, items, strict=True) if _is_own(record, item)]

    return find


def put_always(dynamodb: "DynamoDBClient", table: str) -> Write:
    """Returns how to write if `on_conflict` is replace: the last write wins."""

    def write(records: Sequence[Record], tries: Tries = FIXED_TRIES) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for start in range(0, len(records), DYNAMODB_BATCH_ITEMS):
            items = [record.item for record in records[start : start + DYNAMODB_BATCH_ITEMS]]
            outcomes += _put_batch(dynamodb, table, items, tries)
        return outcomes

    return write


def _put_batch(dynamodb: "DynamoDBClient", table: str, items: list[Item], tries: Tries) -> list[Outcome]:
    waiting: Any = {table: [{"PutRequest": {"Item": item}} for item in items]}
    attempt = 0
    while tries.again(attempt):
        attempt += 1
        try:
            waiting = dynamodb.batch_write_item(RequestItems=waiting).get("UnprocessedItems")
        except ClientError as error:
            if tries.outlasts(error):
                continue
            return _put_halves(dynamodb, table, items, tries, error)
        tries.heard(put_off=bool(waiting))
        if not waiting:
            return [ItemWritten()] * len(items)
    raise TableError(f"{len(waiting[table])} writes were put off {attempt} times", "UnprocessedItems")


def _put_halves(
    dynamodb: "DynamoDBClient", table: str, items: list[Item], tries: Tries, error: ClientError
) -> list[Outcome]:
    """Find the record for which the call as a whole was refused, which the error does not name."""
    if error.response["Error"]["Code"] != "ValidationException":
        raise error
    if len(items) == 1:
        return [ItemRefused(error.response["Error"].get("Message", ""))]
    half = len(items) // 2
    first, rest = items[:half], items[half:]
    return _put_batch(dynamodb, table, first, tries) + _put_batch(dynamodb, table, rest, tries)
