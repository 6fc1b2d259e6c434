"""The function `send_email`: invoked by the table's stream, and by the retry queue for what was put off."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.clients import client
from ..aws.errors import SetUpError, kind_of
from ..aws.sqs import Message, send
from ..core.environment import Variable, bundled, setting
from ..core.import_ledger import ImportLedger
from ..core.mail import Mail, MailError, from_stream
from ..core.mail_ledger import MailLedger
from ..core.mail_template import MailTemplate
from .delivery import Delivery, MailToRetry
from .retry_queue import RetryMessage, RetryQueue
from .ses_sender import SesSender
from .verdicts import RATE_SECONDS

logger = Logger()


@cache
def delivery() -> Delivery:
    """Made once a process, so that warm invocations reuse its connections."""
    dynamodb = client("dynamodb")
    return Delivery(
        ses_sender=SesSender(
            ses=client("sesv2"),
            template=MailTemplate.parse(**bundled("mail.json")),
            sender=setting(Variable.SENDER),
            configuration_set=setting(Variable.CONFIGURATION_SET),
            address_column=setting(Variable.ADDRESS_COLUMN),
        ),
        ledger=MailLedger(
            dynamodb, setting(Variable.MAILS_TABLE), ImportLedger(dynamodb, setting(Variable.IMPORTS_TABLE))
        ),
        sqs=client("sqs"),
        failure_queue_url=setting(Variable.FAILURE_QUEUE_URL),
        function_timeout=int(setting(Variable.FUNCTION_TIMEOUT)),
    )


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Send the mails of the batch; an error makes the batch come again, which the ledger makes harmless."""
    records = event["Records"]
    of_queue = records and records[0]["eventSource"] == "aws:sqs"
    delivery().ses_sender.reconnect()  # and outside the try: an error in making it tells of a wrong setting

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    try:
        failures = (_from_queue if of_queue else _from_stream)(records, seconds_left)
    except SetUpError:
        raise
    except Exception as error:
        # Lambda logs what a handler raises, and a service's message may quote the record.
        mute = RuntimeError(f"mails not delivered: {kind_of(error)}")
        raise mute.with_traceback(error.__traceback__) from None
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _from_stream(records: Sequence[Mapping[str, Any]], seconds_left: Callable[[], float]) -> list[str]:
    """What cannot be sent now must not hold up the stream: it goes to the retry queue.

    Also where the deployment lacks something: to fail here would repeat the batch, to no avail, until Lambda
    gives it up. The retry queue fails with it at once, and keeps it.
    """
    mails = [mail for record in records if (mail := from_stream(record))]
    owed = delivery().deliver(mails, seconds_left)
    send(delivery().sqs, setting(Variable.RETRY_QUEUE_URL), [each.message() for each in owed])
    logger.info("mails from the stream", extra={"mails": len(mails), "to_retry": len(owed)})
    return []


def _from_queue(messages: Sequence[Mapping[str, Any]], seconds_left: Callable[[], float]) -> list[str]:
    """What cannot be sent now waits in the retry queue; gives its message ids.

    Raises:
        SetUpError: the deployment lacks something, and none of the messages is done with. They keep the
            visibility time-outs that they were given; what an error adds is that the function's alarm hears.
    """
    letters: list[RetryMessage] = []
    kept: list[str] = []
    for message in messages:
        try:
            letters.append(RetryMessage.of(message))
        except MailError as error:
            kept += [] if _set_aside(message["body"], str(error)) else [message["messageId"]]
    owed = _at_the_rate([letter.mail for letter in letters], seconds_left)
    waiting = RetryQueue(delivery(), setting(Variable.RETRY_QUEUE_URL)).keep(letters, owed)
    logger.info("mails from the retry queue", extra={"mails": len(letters), "to_retry": len(waiting)})
    stay = kept + waiting
    missing = sorted({each.missing for each in owed if each.missing})
    if missing:
        logger.error("mails wait for what is missing", extra={"mails": len(waiting), "missing": missing})
    if missing and len(stay) == len(messages):
        raise SetUpError("; ".join(missing))
    return stay


def _set_aside(body: str, reason: str) -> bool:
    """Whether what is no mail is in the failure queue now; if not, its neighbours are still to be sent."""
    try:
        send(delivery().sqs, setting(Variable.FAILURE_QUEUE_URL), [Message(body, reason)])
    except Exception as error:
        logger.error("message not set aside", extra={"error": kind_of(error)})
        return False
    return True


def _at_the_rate(mails: Sequence[Mail], seconds_left: Callable[[], float]) -> list[MailToRetry]:
    """Deliver, waiting for SES's sending rate as long as the function may run: nobody waits behind this."""
    owed = delivery().deliver(mails, seconds_left)
    while at_rate := [each.mail for each in owed if each.wait == RATE_SECONDS]:
        time.sleep(RATE_SECONDS)
        owed = [each for each in owed if each.wait != RATE_SECONDS]
        owed += delivery().deliver(at_rate, seconds_left)
    return owed
