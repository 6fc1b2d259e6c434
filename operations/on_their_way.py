"""What is on its way, and what is not any more: rows, uploads and mails that wait for each function."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from lambdas.core.import_entries import ImportStatus

from .function_health import FunctionHealth
from .functions import FunctionKey
from .import_list import ImportList
from .import_reader import ImportReader
from .imports import Import
from .mail_status import MailStatus
from .queue_states import QUEUE, QueuesSeen
from .queues import Queues
from .stack import Stack
from .text import count

# SQS's numbers follow what was sent within a minute:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
_QUEUE_LAG = timedelta(minutes=1)
# Longer than an invocation lasts, which ends with a line in the log.
_LONGEST_INVOCATION = timedelta(minutes=16)
# Lambda tries an event three times, a minute and then two minutes later, and each time says so in the log:
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_LONGEST_EVENT = timedelta(minutes=5)


def unwritten(stack: Stack, imports: ImportList, queues: QueuesSeen) -> list[tuple[Import, int]]:
    """Returns the imports with rows that are neither written nor in a queue, each with how many.

    What was in the queue at the first look may be written at the second, so the imports are read once more
    after the queue was seen empty again. Where a file was uploaded again, its newest import counts.
    """
    newest = {one.key: one for one in reversed(imports.imports)}.values()
    found = [one for one in newest if _lost_rows(one, queues) and one.age > _QUEUE_LAG]
    if not found or not queues.at_rest or Queues(stack.client("sqs"), stack.outputs).waiting("queue_url"):
        return []
    reader = ImportReader.of(stack)
    again = [reader.refresh(one, queues.dead_lines_of(one.id)) for one in found]
    return [(one, rows) for one in again if (rows := _lost_rows(one, queues))]


def unread(uploads: Sequence[Import], imports: ImportList, queues: QueuesSeen) -> list[Import]:
    """Returns what process_csv is to read, or to read on: uploads not begun, imports not read to their end.

    Args:
        uploads: Those that were not begun.
        imports: All imports.
        queues: What the queues say; what was given up does not wait for the function.
    """
    given_up = {one.key for one in queues.given_up.values()}
    reading = [one for one in imports.imports if one.status == ImportStatus.READING]
    return [*(one for one in uploads if one.key not in given_up), *reading]


def nobody_reads(waiting: Sequence[Import], function: FunctionHealth | None) -> Iterator[Import]:
    """Yields those that wait for a process_csv that works, and which it has not been at for too long."""
    idle = function is not None and function.outcome is not None and not function.outcome.at
    for one in waiting:
        begun = one.status == ImportStatus.READING
        if idle and one.age > (_LONGEST_INVOCATION if begun else _LONGEST_EVENT):
            yield one


def waiting_for(
    unread: Sequence[Import], queues: QueuesSeen, imports: ImportList, mails: MailStatus | None
) -> Mapping[str, str]:
    """Returns what waits for each function, in words, by what the stack's outputs call it."""
    owed = mails.owed if mails else 0
    without = max(0, imports.total.owed - owed)
    chunks = queues.states[QUEUE].messages if QUEUE in queues.states else 0
    numbers = {
        FunctionKey.PROCESS_CSV: (len(unread), "upload", "to be read"),
        FunctionKey.INSERT_RECORDS: (chunks, "message", "to be written"),
        FunctionKey.SEND_EMAIL: (without, "record", "for a mail"),
        FunctionKey.MAIL_ROUND: (owed, "mail", "to be sent"),
    }
    return {
        key: f"{count(number, noun)} {'waits' if number == 1 else 'wait'} {what}"
        for key, (number, noun, what) in numbers.items()
        if number
    }


def _lost_rows(one: Import, queues: QueuesSeen) -> int:
    """Returns how many rows are not written, or failed and do not wait in the dead-letter queue any more."""
    if one.status != ImportStatus.DONE:
        return 0
    gone = max(0, one.books.failed - len(queues.dead_lines_of(one.id)))
    return one.books.accepted - one.books.written + gone
