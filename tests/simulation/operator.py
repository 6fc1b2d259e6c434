"""What an operator does when the cause is mended: sends again what failed, and decides on what is held.

By the command's own code, in a process that may be killed; it is run again until nothing is left to do.
"""

import json
from collections.abc import Callable
from typing import Any

from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail_ledger import MailLedger
from operations.choices import Decision
from operations.held import HeldMails
from operations.mail_decisions import MailDecisions
from operations.mail_messages import MailMessages, RefusedMails, mail_in
from operations.messages import QueueMessage
from operations.redrive import FailureQueue, Resendable

from .pipeline import DEAD_LETTERS, FAILURES, IMPORTS, INGEST_FAILURES, MAILS, RETRIES, WORK, Pipeline
from .queues import Stored
from .world import Process

# Each looks at every message anew, so that with many of them it might be killed for ever.
_ATTEMPTS_IN_ANY_WEATHER = 100


def mend_rows(pipeline: Pipeline) -> None:
    """Read again what could not be read, and write again what could not be written."""
    for queue in (pipeline.queues.by_url[INGEST_FAILURES], pipeline.queues.by_url[DEAD_LETTERS]):
        for message in list(queue.messages.values()):
            if queue.name == INGEST_FAILURES:
                payload = json.loads(message.body)["requestPayload"]
                pipeline.functions.send_event(pipeline.functions.by_name["process_csv"], payload)
            else:
                pipeline.queues.put(WORK, message.body)
            queue.delete(message.message_id)


def mend_mails(pipeline: Pipeline) -> None:
    """Send again what was refused, and what is held and did not leave; drop what is held and did."""
    dynamodb: Any = pipeline.tables
    sqs: Any = pipeline.queues
    decisions = MailDecisions(MailLedger(dynamodb, MAILS, ImportLedger(dynamodb, IMPORTS)))

    def left(message: QueueMessage) -> bool:
        mail = mail_in(message)
        return mail is not None and pipeline.mail.sent[mail.values()["email"]] > 0

    def mails() -> MailMessages:
        return MailMessages(decisions, sqs, RETRIES)

    _redrive(pipeline, "send again", lambda: RefusedMails(mails()), lambda _: True)
    _redrive(
        pipeline, "resend", lambda: HeldMails(mails(), Decision.RESEND), lambda message: not left(message)
    )
    _redrive(pipeline, "drop", lambda: HeldMails(mails(), Decision.DROP), left)


def _redrive(
    pipeline: Pipeline,
    verb: str,
    new_mails: Callable[[], FailureQueue],
    chosen: Callable[[QueueMessage], bool],
) -> None:
    """As operations.redrive does it, with the messages that were there, once more whenever it is killed."""
    queue = pipeline.queues.by_url[FAILURES]
    messages = list(map(_queue_message, queue.messages.values()))
    killed = True

    def command() -> None:
        for message in messages:
            here = message.message_id in queue.messages
            if here and isinstance(mails.classify(message), Resendable) and chosen(message):
                stay = mails.resend([message])
                if message.message_id not in stay:
                    queue.delete(message.message_id)

    def ended(_: Any, error: BaseException | None) -> None:
        nonlocal killed
        killed = error is not None

    calm, attempts = pipeline.faults.calm, 0
    while killed:
        attempts += 1
        pipeline.faults.calm = calm or attempts > _ATTEMPTS_IN_ANY_WEATHER
        mails = new_mails()
        pipeline.world.spawn(Process(f"operator: {verb}"), command, ended)
        pipeline.world.run()
    pipeline.faults.calm = calm


def _queue_message(message: Stored) -> QueueMessage:
    reason = message.attributes.get("reason", {}).get("StringValue", "")
    return QueueMessage(message.message_id, message.body, reason, message.sent_at, message.message_id)
