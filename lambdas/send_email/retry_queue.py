"""Messages of the retry queue whose mail is still owed: each waits, is replaced in time, or given up."""

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
        """The letter in a message as Lambda hands it over.

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
        """When the mail was put off first."""
        return self.mail.since or self.sent_at


@dataclass(frozen=True)
class RetryQueue:
    """Keeps what is owed in the retry queue."""

    delivery: Delivery
    url: str

    def keep(self, letters: Sequence[RetryMessage], owed: Sequence[MailToRetry]) -> list[str]:
        """See to the letters whose mails are owed; gives the ids of the messages that are to stay."""
        owed_by_id = {each.mail.mail_id: each for each in owed}
        left = [letter for letter in letters if letter.mail.mail_id in owed_by_id]
        now = time.time()
        expiring = [letter for letter in left if now - letter.sent_at >= RENEW_SECONDS]
        overdue = {x.mail.mail_id: x for x in expiring if now - x.since >= GIVE_UP_SECONDS}
        given_up = self.delivery.give_up([owed_by_id[mail_id].mail for mail_id in overdue])
        gone = {mail.mail_id for mail in given_up}
        # What is not to be given up is sent afresh; its message of old may then go.
        renewed = {x.mail.mail_id: x for x in expiring if x.mail.mail_id not in overdue}
        self._renew([owed_by_id[mail_id] for mail_id in renewed], renewed)
        expired = {x.message_id for x in expiring if x.mail.mail_id in {*gone, *renewed}}
        stays = [x for x in left if x.message_id not in expired and x.mail.mail_id not in gone]
        waits = {x.receipt_handle: _wait(x, owed_by_id[x.mail.mail_id]) for x in stays}
        postpone(self.delivery.sqs, self.url, waits)
        return [letter.message_id for letter in stays]

    def _renew(self, owed: Sequence[MailToRetry], letters: Mapping[str, RetryMessage]) -> None:
        fresh = [replace(x, mail=replace(x.mail, since=letters[x.mail.mail_id].since)) for x in owed]
        send(self.delivery.sqs, self.url, [each.message() for each in fresh])


def _wait(letter: RetryMessage, owed: MailToRetry) -> int:
    """Until another's time is over, or what took too long goes on; else as long as patience has it."""
    return owed.wait if owed.wait < FIRST_WAIT_SECONDS else wait_after(letter.receives)
