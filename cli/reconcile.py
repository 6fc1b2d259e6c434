"""`rowrelay reconcile`: the table against the mail ledger: which records have no mail, and why."""

import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.aws.limits import SQS_BATCH_MESSAGES
from lambdas.aws.sqs import Message, send
from lambdas.core.environment import Variable
from lambdas.core.mail import Mail, mail_of_record
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.reserved_columns import CREATED_AT, IMPORT_ID
from lambdas.core.retry_delays import LONGEST_WAIT_SECONDS
from operations.errors import Unsuccessful
from operations.mail_messages import MailLetters
from operations.stack import Stack, find_stack

from .decision import Options, confirm, counting
from .printer import Printer
from .text import count

_HOUR = 60 * 60
# Seconds after which what a mail waits for has had its time.
_BEGUN_AFTER, _FINISHED_AFTER, _TRIED_AFTER = _HOUR, _HOUR, LONGEST_WAIT_SECONDS + _HOUR


@dataclass(frozen=True)
class Missing:
    """A record whose mail is not on its way, and why."""

    mail: Mail
    why: str

    def as_json(self) -> dict[str, Any]:
        """The entry in the output of `--json`."""
        return {
            "mail": self.mail.mail_id,
            "import": self.mail.import_id,
            "line": self.mail.line,
            "why": self.why,
        }


def run_reconcile(stack_name: str | None, options: Options, *, queue: bool) -> bool:
    """Show what is missing, and queue it if that is wanted; gives whether nothing is missing any more."""
    stack = find_stack(stack_name)
    _refuse_replace(stack)
    with contextlib.redirect_stdout(sys.stderr if options.as_json else sys.stdout):
        printer = Printer()
        found = list(missing_in(stack))
        printer.line(f"{count(len(found), 'record')} without a mail on its way{':' if found else '.'}")
        for why, number in Counter(one.why for one in found).most_common():
            printer.line(f"  {number:,}: {why}")
        if found and queue:
            confirm(f"Queue {count(len(found), 'mail')}?", options)
            _queue(printer, stack, [one.mail for one in found])
            printer.line(f"{count(len(found), 'mail')} queued.")
        elif found:
            printer.line(f"To queue them: rowrelay reconcile --queue{stack.option}")
    if options.as_json:
        print(json.dumps({"missing": [one.as_json() for one in found], "queued": queue and bool(found)}))
    return queue or not found


def missing_in(stack: Stack) -> Iterator[Missing]:
    """The imported records of which the mail ledger knows no mail, or one that nobody is at any more."""
    ledger, now, key = MailLetters.of(stack).decisions.ledger, time.time(), _key(stack)
    for records in _pages(stack):
        mails = [mail for record in records if (mail := _mail(record, key, now))]
        entries = ledger.entries([mail.mail_id for mail in mails])
        for mail in mails:
            if why := _why(entries.get(mail.mail_id), now):
                yield Missing(mail, why)


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
    """The mail that the record is owed; none if it is too young, or of no import."""
    created_at = record.get(CREATED_AT, {}).get("S")
    if IMPORT_ID not in record or not created_at:
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


def _queue(printer: Printer, stack: Stack, mails: Sequence[Mail]) -> None:
    letters = MailLetters.of(stack)
    with counting(printer.console, "mail", len(mails)) as add:
        for start in range(0, len(mails), SQS_BATCH_MESSAGES):
            batch = mails[start : start + SQS_BATCH_MESSAGES]
            send(letters.sqs, letters.retry_queue_url, [Message(mail.body()) for mail in batch])
            add(len(batch))


def _refuse_replace(stack: Stack) -> None:
    name = stack.outputs["functions"]["insert_records"]
    configuration = stack.client("lambda").get_function_configuration(FunctionName=name)
    if configuration["Environment"]["Variables"][Variable.ON_CONFLICT] == "replace":
        raise Unsuccessful(
            "The table cannot be reconciled: expected on_conflict skip, got replace. A record that was"
            " replaced bears the import that wrote it last, its mail the first one: nobody can tell"
            " that it was mailed."
        )
