"""Inserting items that are not there, many a call, each with an outcome of its own.

BatchExecuteStatement takes one write unit an item where a transaction takes two, and what it refuses of one
item costs the others nothing. It has no UnprocessedItems: what is put off stands among the answers.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..backoff import ATTEMPTS, pause
from ..limits import DYNAMODB_BATCH_ITEMS, PARTIQL_STATEMENT_CHARACTERS
from .outcomes import Item, ItemExists, ItemRefused, ItemWritten, Outcome, TableError
from .read import read_each

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DUPLICATE = "DuplicateItem"
_OF_THE_ITEM = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError"})
_AGAIN = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)


def insert_each(dynamodb: "DynamoDBClient", table: str, key: str, items: Sequence[Item]) -> list[Outcome]:
    """Insert each item whose key is not there.

    Args:
        dynamodb: The client.
        table: The table's name.
        key: The attribute that is its whole primary key; of the items, no two have the same.
        items: The items.

    Returns:
        What became of each, in the order of the items. An insertion whose answer was lost is sent again, and
        then finds its own item: ItemExists.

    Raises:
        TableError: DynamoDB kept putting off some, or may not write here; others may have been inserted.
    """
    outcomes: dict[int, Outcome] = {}
    statements: dict[int, Any] = {}
    for n, item in enumerate(items):
        statement = _statement(table, item)
        if len(statement["Statement"]) > PARTIQL_STATEMENT_CHARACTERS:
            outcomes[n] = ItemRefused(
                f"its attributes' names take more than {PARTIQL_STATEMENT_CHARACTERS:,} characters together"
            )
        else:
            statements[n] = statement
    numbers = list(statements)
    for start in range(0, len(numbers), DYNAMODB_BATCH_ITEMS):
        some = numbers[start : start + DYNAMODB_BATCH_ITEMS]
        outcomes |= _insert(dynamodb, {n: statements[n] for n in some})
    existing = [n for n, outcome in outcomes.items() if isinstance(outcome, ItemExists)]
    found = read_each(dynamodb, table, [{key: items[n][key]} for n in existing])
    outcomes |= {n: ItemExists(item) for n, item in zip(existing, found, strict=True)}
    return [outcomes[n] for n in range(len(items))]


def _insert(dynamodb: "DynamoDBClient", waiting: Mapping[int, Any]) -> dict[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(attempt)
        try:
            answer: Any = dynamodb.batch_execute_statement(Statements=list(waiting.values()))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            return outcomes | _insert_halves(dynamodb, waiting, error)
        answers = dict(zip(waiting, map(_outcome, answer["Responses"]), strict=True))
        outcomes |= {n: outcome for n, outcome in answers.items() if outcome is not None}
        waiting = {n: statement for n, statement in waiting.items() if answers[n] is None}
        if not waiting:
            return outcomes
    raise TableError(f"{len(waiting)} insertions were put off {ATTEMPTS} times")


def _insert_halves(
    dynamodb: "DynamoDBClient", waiting: Mapping[int, Any], error: ClientError
) -> dict[int, Outcome]:
    """Find the item for which the request as a whole was refused, which the error does not name."""
    if len(waiting) == 1:
        return dict.fromkeys(waiting, ItemRefused(error.response["Error"].get("Message", "")))
    numbers = list(waiting)
    half = len(numbers) // 2
    first, rest = ({n: waiting[n] for n in some} for some in (numbers[:half], numbers[half:]))
    return _insert(dynamodb, first) | _insert(dynamodb, rest)


def _outcome(answer: Any) -> Outcome | None:
    """Returns what an answer says; None if the item is to be sent again."""
    error = answer.get("Error")
    if error is None:
        return ItemWritten()
    code = error.get("Code", "")
    if code == _DUPLICATE:
        return ItemExists({})
    if code in _OF_THE_ITEM:
        return ItemRefused(f"{code}: {error.get('Message', '')}")
    if code in _AGAIN:
        return None
    raise TableError(f"DynamoDB refused to insert: {code}", code)


def _statement(table: str, item: Item) -> Any:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
    values = ",".join("'{}':?".format(name.replace("'", "''")) for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{values}}}', "Parameters": list(item.values())}
