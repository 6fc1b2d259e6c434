"""The table held against the mail ledger: which imported records have no mail on its way, and why."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.aws.limits import SQS_BATCH_MESSAGES
from lambdas.aws.sqs import Message, send
from lambdas.core.environment import OnConflict, Variable
from lambdas.core.mail import Mail, mail_of_record
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.reserved_columns import RECORD_CREATED_AT, RECORD_IMPORT_ID
from lambdas.core.retry_delays import LONGEST_WAIT_SECONDS

from .errors import OperationError
from .mail_messages import MailMessages
from .stack import Stack

_HOUR = 60 * 60
# Seconds after which what a mail waits for has had its time.
_BEGUN_AFTER, _FINISHED_AFTER, _TRIED_AFTER = _HOUR, _HOUR, LONGEST_WAIT_SECONDS + _HOUR


@dataclass(frozen=True)
class Missing:
    """A record whose mail is not on its way, and why."""

    mail: Mail
    why: str

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "mail": self.mail.mail_id,
            "import": self.mail.import_id,
            "line": self.mail.line,
            "why": self.why,
        }


def find_missing(stack: Stack) -> Iterator[Missing]:
    """Yields the imported records without a mail in the mail ledger, or with one that nobody is at any more.

    Raises:
        OperationError: the table replaces records, which then cannot be told.
    """
    _refuse_replace(stack)
    ledger, now, key = MailMessages.of(stack).decisions.ledger, time.time(), _key(stack)
    for records in _pages(stack):
        mails = [mail for record in records if (mail := _mail(record, key, now))]
        entries = ledger.entries([mail.mail_id for mail in mails])
        for mail in mails:
            if why := _why(entries.get(mail.mail_id), now):
                yield Missing(mail, why)


def queue_mails(stack: Stack, mails: Sequence[Mail], progress: Callable[[int], None]) -> None:
    """Queue the mails; `progress` is called with how many were queued since the last call."""
    sqs, url = stack.client("sqs"), stack.outputs["retry_queue_url"]
    for start in range(0, len(mails), SQS_BATCH_MESSAGES):
        batch = mails[start : start + SQS_BATCH_MESSAGES]
        send(sqs, url, [Message(mail.body()) for mail in batch])
        progress(len(batch))


def _why(entry: Entry | None, now: float) -> str | None:
    if entry is None:
        return "its mail was never begun"
    age = now - entry.changed_at
    if entry.unfinished and age >= _FINISHED_AFTER:
        return f"its mail was begun ({entry.state}) and not finished"
    if entry.state == MailState.DEFERRED and age >= _TRIED_AFTER:
        return "its mail was put off, and not tried again"
    return None


def _mail(record: dict[str, Any], key: str, now: float) -> Mail | None:
    """Returns the record's mail; None if it is too young, or of no import."""
    created_at = record.get(RECORD_CREATED_AT, {}).get("S")
    if RECORD_IMPORT_ID not in record or not created_at:
        return None
    if now - datetime.fromisoformat(created_at).timestamp() < _BEGUN_AFTER:
        return None
    return mail_of_record({key: record[key]}, record)


def _key(stack: Stack) -> str:
    table = stack.client("dynamodb").describe_table(TableName=stack.outputs["table"])["Table"]
    return str(table["KeySchema"][0]["AttributeName"])


def _pages(stack: Stack) -> Iterator[list[dict[str, Any]]]:
    scan = stack.client("dynamodb").get_paginator("scan")
    for page in scan.paginate(TableName=stack.outputs["table"], ConsistentRead=True):
        yield page["Items"]


def _refuse_replace(stack: Stack) -> None:
    name = stack.outputs["functions"]["insert_records"]
    configuration = stack.client("lambda").get_function_configuration(FunctionName=name)
    if configuration["Environment"]["Variables"][Variable.ON_CONFLICT] == OnConflict.REPLACE:
        raise OperationError(
            "The table cannot be reconciled: expected on_conflict skip, got replace. A record that was"
            " replaced bears the import that wrote it last, its mail the first one: nobody can tell"
            " that it was mailed."
        )
