"""Messages of the retry queue whose mail was not sent: each waits, is replaced in time, or given up."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..aws.sqs import postpone, send
from ..core.mail import Mail, from_queue
from ..core.retry_delays import FIRST_WAIT_SECONDS, GIVE_UP_SECONDS, RENEW_SECONDS, wait_after
from .delivery import Delivery, MailToRetry


@dataclass(frozen=True)
class RetryMessage:
    """A message of the retry queue; `sent_at` in Unix seconds."""

    mail: Mail
    message_id: str
    receipt_handle: str
    sent_at: int
    receives: int

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "RetryMessage":
        """Returns the message that Lambda hands over.

        Raises:
            MailError: it holds no mail.
        """
        attributes = message["attributes"]
        return cls(
            from_queue(message["body"]),
            message["messageId"],
            message["receiptHandle"],
            int(attributes["SentTimestamp"]) // 1000,
            int(attributes["ApproximateReceiveCount"]),
        )

    @property
    def since(self) -> int:
        """When the mail was put off first, in Unix seconds."""
        return self.mail.since or self.sent_at


@dataclass(frozen=True)
class RetryQueue:
    """Keeps mails in the retry queue."""

    delivery: Delivery
    url: str

    def keep(self, messages: Sequence[RetryMessage], to_retry: Sequence[MailToRetry]) -> list[str]:
        """Postpone, renew or give up the messages whose mails are to be tried again.

        Returns:
            The ids of the messages that are to stay in the queue.
        """
        retries = {retry.mail.mail_id: retry for retry in to_retry}
        left = [message for message in messages if message.mail.mail_id in retries]
        now = time.time()
        expiring = [message for message in left if now - message.sent_at >= RENEW_SECONDS]
        overdue = {each.mail.mail_id: each for each in expiring if now - each.since >= GIVE_UP_SECONDS}
        given_up = self.delivery.give_up([retries[mail_id].mail for mail_id in overdue])
        gone = {mail.mail_id for mail in given_up}
        # What is not to be given up is sent afresh; its old message may then go.
        renewed = {each.mail.mail_id: each for each in expiring if each.mail.mail_id not in overdue}
        self._renew([retries[mail_id] for mail_id in renewed], renewed)
        expired = {each.message_id for each in expiring if each.mail.mail_id in {*gone, *renewed}}
        stays = [each for each in left if each.message_id not in expired and each.mail.mail_id not in gone]
        waits = {each.receipt_handle: _wait(each, retries[each.mail.mail_id]) for each in stays}
        postpone(self.delivery.sqs, self.url, waits)
        return [message.message_id for message in stays]

    def _renew(self, to_retry: Sequence[MailToRetry], messages: Mapping[str, RetryMessage]) -> None:
        since = {mail_id: message.since for mail_id, message in messages.items()}
        fresh = [
            replace(retry, mail=replace(retry.mail, since=since[retry.mail.mail_id])) for retry in to_retry
        ]
        send(self.delivery.sqs, self.url, [retry.message() for retry in fresh])


def _wait(message: RetryMessage, retry: MailToRetry) -> int:
    """Returns seconds: as the message's receives say, if not another invocation will be done before."""
    return retry.wait if retry.wait < FIRST_WAIT_SECONDS else wait_after(message.receives)
