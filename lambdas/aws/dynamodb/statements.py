"""PartiQL statements that write, many a call, each with an outcome of its own.

BatchExecuteStatement takes one write unit an item where a transaction takes two, and what it refuses of one
item costs the others nothing. It has no UnprocessedItems: what is put off stands among the answers.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..errors import TRANSACTION_PUT_OFF, code_of
from ..limits import DYNAMODB_BATCH_ITEMS, PARTIQL_STATEMENT_CHARACTERS
from ..tries import FIXED_TRIES, Tries
from .outcomes import Item, ItemExists, ItemRefused, ItemWritten, Outcome, TableError
from .read import read_each

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Statement = dict[str, Any]  # one entry of Statements
_EXISTS = frozenset({"ConditionalCheckFailed", "DuplicateItem"})
_OF_THE_ITEM = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError"})
_AGAIN = TRANSACTION_PUT_OFF | {"InternalServerError", "RequestLimitExceeded"}


def execute_each(
    dynamodb: "DynamoDBClient",
    table: str,
    keys: Sequence[Item],
    statements: Sequence[Statement],
    tries: Tries = FIXED_TRIES,
) -> list[Outcome]:
    """Carry out each statement.

    Args:
        dynamodb: The client.
        table: The table's name.
        keys: The whole primary key of each statement's item; no two are the same.
        statements: The statements, each of one item.
        tries: How often what is put off is sent again. Default: a few times.

    Returns:
        What became of each, in their order. A statement whose answer was lost is sent again, and may then
        find what it wrote itself: ItemExists.

    Raises:
        TableError: DynamoDB kept putting off some, or may not write here; others may have been carried out.
    """
    outcomes: dict[int, Outcome] = {}
    for n, statement in enumerate(statements):
        if len(statement["Statement"]) > PARTIQL_STATEMENT_CHARACTERS:
            outcomes[n] = ItemRefused(
                f"its attributes' names take more than {PARTIQL_STATEMENT_CHARACTERS:,} characters together"
            )
    numbers = [n for n in range(len(statements)) if n not in outcomes]
    for start in range(0, len(numbers), DYNAMODB_BATCH_ITEMS):
        some = numbers[start : start + DYNAMODB_BATCH_ITEMS]
        outcomes |= _execute(dynamodb, {n: statements[n] for n in some}, tries)
    existing = [n for n, outcome in outcomes.items() if isinstance(outcome, ItemExists)]
    found = read_each(dynamodb, table, [keys[n] for n in existing])
    outcomes |= {n: ItemExists(item) for n, item in zip(existing, found, strict=True)}
    return [outcomes[n] for n in range(len(statements))]


@lru_cache(maxsize=1024)
def quoted(name: str) -> str:
    """Returns an identifier for a statement."""
    return '"{}"'.format(name.replace('"', '""'))


def _execute(
    dynamodb: "DynamoDBClient", waiting: Mapping[int, Statement], tries: Tries
) -> dict[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    attempt, code = 0, ""
    while tries.again(attempt):
        attempt += 1
        try:
            answer: Any = dynamodb.batch_execute_statement(Statements=list(waiting.values()))  # type: ignore[arg-type]
        except ClientError as error:
            code = code_of(error)
            if tries.outlasts(error):
                continue
            if code != "ValidationException":
                raise
            return outcomes | _execute_halves(dynamodb, waiting, tries, error)
        answers = dict(zip(waiting, map(_outcome, answer["Responses"]), strict=True))
        outcomes |= {n: outcome for n, outcome in answers.items() if outcome is not None}
        waiting = {n: statement for n, statement in waiting.items() if answers[n] is None}
        tries.heard(put_off=bool(waiting))
        if not waiting:
            return outcomes
        code = next(each["Error"]["Code"] for each in answer["Responses"] if _outcome(each) is None)
    raise TableError(f"{len(waiting)} writes were put off {attempt} times", code)


def _execute_halves(
    dynamodb: "DynamoDBClient", waiting: Mapping[int, Statement], tries: Tries, error: ClientError
) -> dict[int, Outcome]:
    """Find the item for which the request as a whole was refused, which the error does not name."""
    if len(waiting) == 1:
        return dict.fromkeys(waiting, ItemRefused(error.response["Error"].get("Message", "")))
    numbers = list(waiting)
    half = len(numbers) // 2
    first, rest = ({n: waiting[n] for n in some} for some in (numbers[:half], numbers[half:]))
    return _execute(dynamodb, first, tries) | _execute(dynamodb, rest, tries)


def _outcome(answer: Any) -> Outcome | None:
    """Returns what an answer says; None if the statement is to be sent again."""
    error = answer.get("Error")
    if error is None:
        return ItemWritten()
    code = error.get("Code", "")
    if code in _EXISTS:
        return ItemExists({})
    if code in _OF_THE_ITEM:
        return ItemRefused(f"{code}: {error.get('Message', '')}")
    if code in _AGAIN:
        return None
    raise TableError(f"DynamoDB refused to write: {code}", code)
