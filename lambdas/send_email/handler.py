"""The function `send_email`: invoked by the table's stream, for the records that were inserted."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..aws.errors import kind_of
from ..core.import_errors import import_errors
from ..core.mail import Mail, from_stream
from .set_up import set_up

logger = Logger()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Send the mails of the batch, or enter them as owed.

    An error makes the batch come again, which the ledger makes harmless.

    Returns:
        No failures: no record of the batch is to come again.
    """
    delivery = set_up().delivery
    delivery.ses_sender.close_connections()  # outside the try: an error in it tells of a wrong setting
    mails: list[Mail] = []
    try:
        columns = delivery.ses_sender.columns
        mails = [mail for record in event["Records"] if (mail := from_stream(record, columns))]
        delivery.deliver(mails, lambda: context.get_remaining_time_in_millis() / 1000)
    except Exception as error:
        for import_id in {mail.import_id for mail in mails if mail.import_id}:
            logger.error("mails not delivered", extra={"import": import_id, "error": kind_of(error)})
            import_errors("send_email").note(import_id, error)
        # Lambda logs what a handler raises, and a service's message may quote the record.
        loggable = RuntimeError(f"mails not delivered: {kind_of(error)}")
        raise loggable.with_traceback(error.__traceback__) from None
    for found, number in Counter(mail.import_id for mail in mails).items():
        logger.info("mails from the stream", extra={"import": found, "mails": number})
    return {"batchItemFailures": []}
