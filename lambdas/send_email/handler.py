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
    """Returns the delivery, made once a process, so that warm invocations reuse its connections."""
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
    from_queue = records and records[0]["eventSource"] == "aws:sqs"
    delivery().ses_sender.close_connections()  # outside the try: an error in it tells of a wrong setting

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    try:
        if from_queue:
            failures = _deliver_from_queue(records, seconds_left)
        else:
            failures = _deliver_from_stream(records, seconds_left)
    except SetUpError:
        raise
    except Exception as error:
        # Lambda logs what a handler raises, and a service's message may quote the record.
        loggable = RuntimeError(f"mails not delivered: {kind_of(error)}")
        raise loggable.with_traceback(error.__traceback__) from None
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _deliver_from_stream(
    records: Sequence[Mapping[str, Any]], seconds_left: Callable[[], float]
) -> list[str]:
    """Deliver mails; what cannot be sent now goes to the retry queue, so that it does not hold up the stream.

    So does what waits for something that the deployment lacks: to fail here would repeat the batch until
    Lambda gives it up. From the retry queue, the invocation fails at once, and the queue keeps the mail.

    Returns:
        No records: none is to come again.
    """
    mails = [mail for record in records if (mail := from_stream(record))]
    to_retry = delivery().deliver(mails, seconds_left)
    send(delivery().sqs, setting(Variable.RETRY_QUEUE_URL), [each.message() for each in to_retry])
    logger.info("mails from the stream", extra={"mails": len(mails), "to_retry": len(to_retry)})
    return []


def _deliver_from_queue(
    messages: Sequence[Mapping[str, Any]], seconds_left: Callable[[], float]
) -> list[str]:
    """Deliver mails; what cannot be sent now waits in the retry queue.

    Returns:
        The ids of the messages that stay in the queue.

    Raises:
        SetUpError: the deployment lacks something, and none of the messages is done with. They keep the
            visibility time-outs that they were given; the error sets off the function's alarm, too.
    """
    retried: list[RetryMessage] = []
    kept: list[str] = []
    for message in messages:
        try:
            retried.append(RetryMessage.of(message))
        except MailError as error:
            kept += [] if _set_aside(message["body"], str(error)) else [message["messageId"]]
    to_retry = _deliver_at_rate([message.mail for message in retried], seconds_left)
    waiting = RetryQueue(delivery(), setting(Variable.RETRY_QUEUE_URL)).keep(retried, to_retry)
    logger.info("mails from the retry queue", extra={"mails": len(retried), "to_retry": len(waiting)})
    stay = kept + waiting
    missing = sorted({each.missing for each in to_retry if each.missing})
    if missing:
        logger.error("mails wait for what is missing", extra={"mails": len(waiting), "missing": missing})
    if missing and len(stay) == len(messages):
        raise SetUpError("; ".join(missing))
    return stay


def _set_aside(body: str, reason: str) -> bool:
    """Send what is no mail to the failure queue; returns whether it is there now.

    If not, the other messages' mails are still to be sent.
    """
    try:
        send(delivery().sqs, setting(Variable.FAILURE_QUEUE_URL), [Message(body, reason)])
    except Exception as error:
        logger.error("message not set aside", extra={"error": kind_of(error)})
        return False
    return True


def _deliver_at_rate(mails: Sequence[Mail], seconds_left: Callable[[], float]) -> list[MailToRetry]:
    """Deliver, waiting for SES's sending rate as long as the function may run: no stream waits behind it."""
    to_retry = delivery().deliver(mails, seconds_left)
    while at_rate := [each.mail for each in to_retry if each.wait == RATE_SECONDS]:
        time.sleep(RATE_SECONDS)
        to_retry = [each for each in to_retry if each.wait != RATE_SECONDS]
        to_retry += delivery().deliver(at_rate, seconds_left)
    return to_retry
