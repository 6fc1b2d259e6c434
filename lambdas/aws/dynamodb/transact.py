"""Conditional writes to DynamoDB in one transaction, each with an outcome of its own.

A transaction is all or nothing, so what DynamoDB refuses is taken out, with the reason it gives, and the
rest is sent again. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..backoff import ATTEMPTS, pause
from ..errors import TRANSACTION_PUT_OFF
from .outcomes import ItemExists, ItemRefused, ItemWritten, Outcome, TableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Operation = dict[str, Any]  # one entry of TransactItems


# Given which operations are in a transaction, what else belongs in it.
Companions = Callable[[Sequence[int]], list[Operation]]


def write_each(
    dynamodb: "DynamoDBClient", operations: Sequence[Operation], *, companions: Companions = lambda _: []
) -> list[Outcome]:
    """Carry out each operation.

    Args:
        dynamodb: The client.
        operations: Puts and Updates, no two of one item, with ReturnValuesOnConditionCheckFailure; with
            their companions at most a hundred, and 4 MB.
        companions: Operations that are carried out together with those written, in one transaction.

    Returns:
        What became of each, in the order of the operations.

    Raises:
        TableError: conflicts or throttling did not end.
    """
    outcomes: dict[int, Outcome] = {}
    _write(dynamodb, operations, list(range(len(operations))), companions, outcomes)
    return [outcomes[n] for n in range(len(operations))]


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
                if attempt == ATTEMPTS:
                    raise TableError(f"{len(batch)} writes were put off {attempt} times: {error}") from error
                pause(attempt)
        else:
            outcomes |= dict.fromkeys(batch, ItemWritten())
            return


def _settled(error: ClientError, batch: list[int]) -> dict[int, Outcome] | None:
    """Returns what the error says of single operations; None if the whole request is at fault."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "ValidationException":
        return {batch[0]: ItemRefused(message)} if len(batch) == 1 else None
    if code == "TransactionInProgressException":
        return {}
    if code != "TransactionCanceledException":
        raise error
    settled: dict[int, Outcome] = {}
    reasons: Any = error.response.get("CancellationReasons", [])
    for n, reason in zip(batch, reasons, strict=False):
        kind = reason.get("Code", "None")
        if kind == "ConditionalCheckFailed":
            settled[n] = ItemExists(reason.get("Item", {}))
        elif kind != "None" and kind not in TRANSACTION_PUT_OFF:
            settled[n] = ItemRefused(f"{kind}: {reason.get('Message', '')}")
    return settled
