"""Conditional writes to DynamoDB, a hundred a call, each with an outcome of its own.

A transaction is all or nothing, so what DynamoDB refuses is taken out, with the reason it gives, and the
rest is sent again. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .limits import DYNAMODB_TRANSACTION_BYTES, DYNAMODB_TRANSACTION_ITEMS
from .retries import pause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]  # as DynamoDB's low-level API has it: {"name": {"S": "value"}}
Operation = dict[str, Any]  # one entry of TransactItems
_ATTEMPTS = 10
_AGAIN = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


@dataclass(frozen=True)
class Written:
    """The operation was carried out."""


@dataclass(frozen=True)
class Existing:
    """The operation's condition did not hold; `item` is what stands there (empty if nothing does)."""

    item: Item


@dataclass(frozen=True)
class Refused:
    """DynamoDB will never take this operation; says why."""

    reason: str


Outcome = Written | Existing | Refused
# Given which operations are in a transaction, what else belongs in it. Operations and companions share the
# hundred, so a caller that has companions passes at most fifty operations.
Companions = Callable[[Sequence[int]], list[Operation]]


class TransactionError(Exception):
    """Writes that DynamoDB kept putting off; none of those named is known to be written."""


def write_each(
    dynamodb: "DynamoDBClient", operations: Sequence[Operation], companions: Companions = lambda _: []
) -> list[Outcome]:
    """Carry out each operation, and say what became of each.

    Args:
        dynamodb: The client.
        operations: Puts and Updates, no two of one item, with ReturnValuesOnConditionCheckFailure.
        companions: Operations that are carried out together with those written, in one transaction.

    Returns:
        The outcomes, in the order of the operations.

    Raises:
        TransactionError: conflicts or throttling did not end.
    """
    outcomes: dict[int, Outcome] = {}
    for batch in _batches(operations):
        _write(dynamodb, operations, batch, companions, outcomes)
    return [outcomes[n] for n in range(len(operations))]


def _batches(operations: Sequence[Operation]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for n, operation in enumerate(operations):
        # Half of AWS's bound, so that companions always have room. As text, an item is longer than it counts.
        ((_, write),) = operation.items()
        weight = len(str(write.get("Item", write)).encode())
        if batch and (
            len(batch) == DYNAMODB_TRANSACTION_ITEMS or size + weight > DYNAMODB_TRANSACTION_BYTES // 2
        ):
            yield batch
            batch, size = [], 0
        batch.append(n)
        size += weight
    if batch:
        yield batch


def _write(
    dynamodb: "DynamoDBClient",
    operations: Sequence[Operation],
    batch: list[int],
    companions: Companions,
    outcomes: dict[int, Outcome],
) -> None:
    attempt = 0
    while batch:
        try:
            items: Any = [operations[n] for n in batch] + companions(batch)
            dynamodb.transact_write_items(TransactItems=items)
        except ClientError as error:
            settled = _settled(error, batch)
            if settled is None:  # the request as a whole was refused: find the operation that is at fault
                half = len(batch) // 2
                _write(dynamodb, operations, batch[:half], companions, outcomes)
                _write(dynamodb, operations, batch[half:], companions, outcomes)
                return
            outcomes |= settled
            batch = [n for n in batch if n not in settled]
            if not settled:
                attempt += 1
                if attempt == _ATTEMPTS:
                    raise TransactionError(
                        f"{len(batch)} writes were put off {attempt} times: {error}"
                    ) from error
                pause(attempt)
        else:
            outcomes |= dict.fromkeys(batch, Written())
            return


def _settled(error: ClientError, batch: list[int]) -> dict[int, Outcome] | None:
    """What the error says of single operations; None if the whole request is at fault."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "ValidationException":
        return {batch[0]: Refused(message)} if len(batch) == 1 else None
    if code == "TransactionInProgressException":
        return {}
    if code != "TransactionCanceledException":
        raise error
    settled: dict[int, Outcome] = {}
    reasons: Any = error.response.get("CancellationReasons", [])
    for n, reason in zip(batch, reasons, strict=False):
        kind = reason.get("Code", "None")
        if kind == "ConditionalCheckFailed":
            settled[n] = Existing(reason.get("Item", {}))
        elif kind != "None" and kind not in _AGAIN:
            settled[n] = Refused(f"{kind}: {reason.get('Message', '')}")
    return settled
