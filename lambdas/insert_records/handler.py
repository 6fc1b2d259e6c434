"""The function `insert_records`: an SQS event source mapping invokes it with chunks."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.clients import client
from ..aws.errors import SetUpError, is_set_up_error, kind_of
from ..core.chunk import ChunkError, parse_chunk
from ..core.environment import OnConflict, Variable, setting
from ..core.import_errors import import_errors
from ..core.import_ledger import import_ledger
from .inserter import Counts, Inserter
from .writer import find_written, put_always, put_if_absent

logger = Logger()


@cache
def inserter() -> Inserter:
    """Returns the inserter, made once a process, so that warm invocations reuse its connections."""
    dynamodb, table, key = client("dynamodb"), setting(Variable.TABLE), setting(Variable.KEY)
    replace = setting(Variable.ON_CONFLICT) == OnConflict.REPLACE
    return Inserter(
        sqs=client("sqs"),
        ledger=import_ledger(dynamodb),
        write=put_always(dynamodb, table) if replace else put_if_absent(dynamodb, table, key),
        find=find_written(dynamodb, table, key),
        key=key,
        dead_letter_queue_url=setting(Variable.DEAD_LETTER_QUEUE_URL),
        last_wins=replace,
    )


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Write each message's chunk.

    Returns:
        The messages that are to come again.

    Raises:
        SetUpError: the deployment lacks something, and no message was done with. They would all come again
            anyway, and as often; the error sets off the function's alarm, too.
    """
    inserter()  # a wrong setting is no message's fault: it fails the invocation, with its own message
    missing: set[str] = set()
    handled = [(message, _handle(message, missing)) for message in event["Records"]]
    failures = [message["messageId"] for message, done in handled if not done]
    messages = Counter(_import_of(message) for message, _ in handled)
    to_come_again = Counter(_import_of(message) for message, done in handled if not done)
    for import_id, number in messages.items():
        counts = {"messages": number, "to_come_again": to_come_again[import_id]}
        logger.info("chunks written", extra={"import": import_id, **counts})
    if missing and len(failures) == len(handled):
        raise SetUpError(f"chunks not written: {'; '.join(sorted(missing))}")
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _handle(message: Mapping[str, Any], missing: set[str]) -> bool:
    """Write a message's chunk; one that fails leaves the others of its batch alone.

    Args:
        message: The message.
        missing: What the deployment lacks is added to it.

    Returns:
        Whether the message is done with.
    """
    try:
        counts = inserter().insert(message["body"])
    except Exception as error:  # whatever it is, it is this message's alone
        missing |= {kind_of(error)} if is_set_up_error(error) else set()
        import_id = _import_of(message)
        # The type only: a service's message may quote the row.
        named = {"import": import_id, "message_id": message["messageId"]}
        logger.error("chunk not written", extra={**named, "error": kind_of(error)})
        if import_id:
            import_errors("insert_records").note(import_id, error)
        return _last_attempt(message) and _give_up(message, error)
    if counts != Counts(created=counts.created):
        ended = {"duplicates": counts.duplicates, "failed": counts.failed}
        logger.info("rows not created", extra={"import": _import_of(message), **ended})
    return True


def _import_of(message: Mapping[str, Any]) -> str | None:
    """Returns the import of a message's chunk; None if it is no chunk."""
    try:
        return parse_chunk(message["body"]).import_id
    except ChunkError:
        return None


def _last_attempt(message: Mapping[str, Any]) -> bool:
    return int(message["attributes"]["ApproximateReceiveCount"]) >= int(setting(Variable.MAX_RECEIVE_COUNT))


def _give_up(message: Mapping[str, Any], error: Exception) -> bool:
    try:
        inserter().give_up(message["body"], f"{kind_of(error)}: {error}")
    except Exception as again:  # SQS itself will dead-letter the message, without a reason
        named = {"import": _import_of(message), "error": kind_of(again)}
        logger.error("chunk not dead-lettered", extra=named)
        return False
    return True
