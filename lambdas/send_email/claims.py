"""Inserting items that are not there, many a call, each with an outcome of its own.

BatchExecuteStatement takes one write unit an item where a transaction takes two, and what it refuses of one
item costs the others nothing. It has no UnprocessedItems: what is put off stands among the answers.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..shared.limits import DYNAMODB_BATCH_ITEMS
from ..shared.retries import pause
from ..shared.transact import Item
from .mail_entries import MailLedgerError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 10
_DUPLICATE = "DuplicateItem"
_AGAIN = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)


def insert_each(dynamodb: "DynamoDBClient", table: str, items: Sequence[Item]) -> list[bool]:
    """Insert each item (all of the same attributes) whose key is not there; says of each whether it was not.

    An insertion whose answer was lost is sent again, and then is there already.

    Raises:
        MailLedgerError: DynamoDB refused one, or kept putting it off; others may have been inserted.
    """
    inserted: list[bool] = []
    for start in range(0, len(items), DYNAMODB_BATCH_ITEMS):
        batch = dict(enumerate(items[start : start + DYNAMODB_BATCH_ITEMS]))
        outcomes = _insert(dynamodb, table, batch)
        inserted += [outcomes[n] for n in batch]
    return inserted


def _insert(dynamodb: "DynamoDBClient", table: str, waiting: dict[int, Item]) -> dict[int, bool]:
    outcomes: dict[int, bool] = {}
    for attempt in range(_ATTEMPTS):
        if attempt:
            pause(attempt)
        statements: Any = [_statement(table, item) for item in waiting.values()]
        answers: Any = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
        codes = {n: answer.get("Error", {}).get("Code") for n, answer in zip(waiting, answers, strict=True)}
        outcomes |= {n: code is None for n, code in codes.items() if code in (None, _DUPLICATE)}
        waiting = {n: item for n, item in waiting.items() if n not in outcomes}
        if not waiting:
            return outcomes
        if refused := {codes[n] for n in waiting} - _AGAIN:
            raise MailLedgerError(f"the mail ledger refused a claim: {', '.join(sorted(refused))}")
    raise MailLedgerError(f"{len(waiting)} claims were put off {_ATTEMPTS} times")


def _statement(table: str, item: Item) -> Any:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
    values = ",".join(f"'{name}':?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{values}}}', "Parameters": list(item.values())}
