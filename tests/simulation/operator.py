"""What an operator does when the cause is mended: sends again what failed, and decides on what is held.

By the command's own code, in a process that may be killed; it is run again until nothing is left to do.
"""

import json
from collections.abc import Callable
from typing import Any

from cli.redrive import Work
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail_ledger import MailLedger
from operations.mail_decisions import MailDecisions
from operations.mail_messages import HeldWork, MailLetters, NotifierWork, mail_in
from operations.messages import Letter

from .pipeline import DEAD_LETTERS, FAILURES, IMPORTS, INGEST_FAILURES, MAILS, RETRIES, WORK, Pipeline
from .queues import Stored
from .world import Process

# Each looks at every letter anew, so that with many letters it might be killed for ever.
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

    def left(letter: Letter) -> bool:
        mail = mail_in(letter)
        return mail is not None and pipeline.mail.sent[mail.values()["email"]] > 0

    def letters() -> MailLetters:
        return MailLetters(decisions, sqs, RETRIES)

    _do(pipeline, lambda: NotifierWork(letters()), lambda _: True)
    _do(pipeline, lambda: HeldWork(letters(), "resend"), lambda letter: not left(letter))
    _do(pipeline, lambda: HeldWork(letters(), "drop"), left)


def _do(pipeline: Pipeline, new_work: Callable[[], Work], chosen: Callable[[Letter], bool]) -> None:
    """As cli.redrive does it, with the letters that were there, once more whenever it is killed."""
    queue = pipeline.queues.by_url[FAILURES]
    letters = list(map(_letter, queue.messages.values()))
    killed = True

    def command() -> None:
        for letter in letters:
            here = letter.message_id in queue.messages
            if here and work.concerns(letter) and not work.refuses(letter) and chosen(letter):
                stay = work.do([letter])
                if letter.message_id not in stay:
                    queue.delete(letter.message_id)

    def ended(_: Any, error: BaseException | None) -> None:
        nonlocal killed
        killed = error is not None

    calm, attempts = pipeline.faults.calm, 0
    while killed:
        attempts += 1
        pipeline.faults.calm = calm or attempts > _ATTEMPTS_IN_ANY_WEATHER
        work = new_work()
        pipeline.world.spawn(Process(f"operator: {work.verb}"), command, ended)
        pipeline.world.run()
    pipeline.faults.calm = calm


def _letter(message: Stored) -> Letter:
    reason = message.attributes.get("reason", {}).get("StringValue", "")
    return Letter(message.message_id, message.body, reason, message.sent_at, message.message_id)
