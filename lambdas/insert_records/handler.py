"""The function `insert_records`: an SQS event source mapping invokes it with chunks."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.clients import CONNECTIONS, client
from ..aws.errors import SetUpError, is_set_up_error, kind_of
from ..aws.tries import AdaptivePause, AdaptiveTries, Tries
from ..core.chunk import ChunkError, parse_chunk
from ..core.environment import OnConflict, Variable, setting
from ..core.import_errors import import_errors
from ..core.import_ledger import import_ledger
from .inserter import Counts, Inserter
from .writer import find_written, put_always, put_if_absent

logger = Logger()

Message = Mapping[str, Any]  # as Lambda has it of SQS
# As many as the mapping brings. Each makes one call at a time, so this is how many connections are in use.
MESSAGES_AT_ONCE = CONNECTIONS
# No write is begun in the last seconds of the function's time: one may take until its time-outs, and then
# what became of the rows is to be read, dead-lettered and recorded (tests/unit/lambdas/test_time_outs.py).
RESERVE_SECONDS = 61
RESERVE_SHARE = 0.82  # at most, of a function that has less time than the component gives it


@dataclass(frozen=True)
class Outcome:
    """Whether a message of an import, if it is of one, is done with; and why it could not be written."""

    import_id: str | None
    done: bool = True
    error: Exception | None = None


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


@cache
def adaptive_pause() -> AdaptivePause:
    """Returns the pause before writes, made once a process, as it keeps what it has learnt."""
    return AdaptivePause()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write each message's chunk, all side by side.

    Returns:
        The messages that are to come again; among them those that there was no time for.

    Raises:
        SetUpError: the deployment lacks something, and no message was done with. They would all come again
            anyway, and as often; the error sets off the function's alarm, too.
    """
    inserter()  # a wrong setting is no message's fault: it fails the invocation, with its own message
    tries = AdaptiveTries(adaptive_pause(), _time_for_writing(context))
    messages = event["Records"]
    outcomes = write_all(messages, tries)
    _tell(outcomes)
    missing = {kind_of(each.error) for each in outcomes if each.error and is_set_up_error(each.error)}
    if missing and not any(each.done for each in outcomes):
        raise SetUpError(f"chunks not written: {'; '.join(sorted(missing))}")
    left = [message for message, outcome in zip(messages, outcomes, strict=True) if not outcome.done]
    return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in left]}


def write_all(messages: Sequence[Message], tries: Tries) -> list[Outcome]:
    """Write the messages' chunks side by side, and return what became of each."""
    with ThreadPoolExecutor(MESSAGES_AT_ONCE) as pool:
        return list(pool.map(lambda message: _handle(message, tries), messages))


def _time_for_writing(context: LambdaContext) -> Callable[[], float]:
    """Returns what says how long a write may still be tried (seconds)."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    reserve = min(RESERVE_SECONDS, RESERVE_SHARE * seconds_left())
    return lambda: seconds_left() - reserve


def _tell(outcomes: Sequence[Outcome]) -> None:
    """Log what became of the messages, by import, and note the errors of each."""
    to_come_again = Counter(each.import_id for each in outcomes if not each.done)
    for import_id, number in Counter(each.import_id for each in outcomes).items():
        counts = {"messages": number, "to_come_again": to_come_again[import_id]}
        logger.info("chunks written", extra={"import": import_id, **counts})
    for each in outcomes:
        if each.import_id and each.error:
            import_errors("insert_records").note(each.import_id, each.error)


def _handle(message: Message, tries: Tries) -> Outcome:
    """Write a message's chunk; one that fails leaves the others of its batch alone."""
    import_id = _import_of(message)
    try:
        counts = inserter().insert(message["body"], tries)
    except Exception as error:  # whatever it is, it is this message's alone
        # The type only: a service's message may quote the row.
        named = {"import": import_id, "message_id": message["messageId"]}
        logger.error("chunk not written", extra={**named, "error": kind_of(error)})
        return Outcome(import_id, _last_attempt(message) and _give_up(message, error), error)
    if counts != Counts(created=counts.created):
        ended = {"duplicates": counts.duplicates, "failed": counts.failed}
        logger.info("rows not created", extra={"import": import_id, **ended})
    return Outcome(import_id)


def _import_of(message: Message) -> str | None:
    """Returns the import of a message's chunk; None if it is no chunk."""
    try:
        return parse_chunk(message["body"]).import_id
    except ChunkError:
        return None


def _last_attempt(message: Message) -> bool:
    return int(message["attributes"]["ApproximateReceiveCount"]) >= int(setting(Variable.MAX_RECEIVE_COUNT))


def _give_up(message: Message, error: Exception) -> bool:
    try:
        inserter().give_up(message["body"], f"{kind_of(error)}: {error}")
    except Exception as again:  # SQS itself will dead-letter the message, without a reason
        named = {"import": _import_of(message), "error": kind_of(again)}
        logger.error("chunk not dead-lettered", extra=named)
        return False
    return True
