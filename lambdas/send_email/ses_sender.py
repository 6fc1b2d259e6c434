"""Handing mails to SES, fifty a call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)

from ..aws.limits import SES_BULK_DESTINATIONS
from ..core.mail import Mail
from ..core.mail_template import MailTemplate
from ..core.retry_delays import FIRST_WAIT_SECONDS
from ..core.values import is_email
from .verdicts import MailDeferred, MailRefused, MailUnknown, SesAnswers, Verdict

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_NOT_CONNECTED = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)


OUT_OF_TIME = MailDeferred("the function ran out of time", 0)


@dataclass(frozen=True)
class SesSender:
    """Sends one kind of mail from one sender."""

    ses: "SESV2Client"
    template: MailTemplate
    sender: str
    configuration_set: str
    address_column: str

    def close_connections(self) -> None:
        """Close the connections that are open, so that the next call opens its own.

        One that idled while Lambda kept the process frozen may be dead, which shows only when the answer to a
        call does not come: fifty mails would be held for nothing.
        """
        self.ses.close()

    def send(self, mails: Sequence[Mail], in_time: Callable[[], bool]) -> list[Verdict]:
        """Send each mail once, as far as there is time.

        Args:
            mails: At most fifty.
            in_time: Whether there is time for a call to SES, and for recording what it says.

        Returns:
            The verdicts, in the mails' order.
        """
        assert len(mails) <= SES_BULK_DESTINATIONS
        values = [mail.values() for mail in mails]
        verdicts: dict[int, Verdict] = {}
        good = []
        for n, columns in enumerate(values):
            # SES refuses a whole call for one address that is none.
            if is_email(columns.get(self.address_column, "")):
                good.append(n)
            else:
                verdicts[n] = MailRefused(f"the record's {self.address_column} is no e-mail address")
        if good:
            verdicts |= self._send(values, good, in_time)
        return [verdicts[n] for n in range(len(mails))]

    def _send(
        self, values: Sequence[Mapping[str, str]], which: list[int], in_time: Callable[[], bool]
    ) -> dict[int, Verdict]:
        if not in_time():
            return dict.fromkeys(which, OUT_OF_TIME)
        answers = SesAnswers(self.sender, self.configuration_set)
        try:
            answer = self.ses.send_bulk_email(
                FromEmailAddress=self.sender,
                ConfigurationSetName=self.configuration_set,
                DefaultContent={"Template": {"TemplateContent": self.template.content, "TemplateData": "{}"}},
                BulkEmailEntries=[self._entry(values[n]) for n in which],
            )
        except ClientError as error:
            verdict = answers.verdict_of_error(error)
            if isinstance(verdict, MailRefused) and len(which) > 1:
                # Nothing was sent: one mail is at fault, and the call does not say which.
                half = len(which) // 2
                first = self._send(values, which[:half], in_time)
                return first | self._send(values, which[half:], in_time)
            return dict.fromkeys(which, verdict)
        except _NOT_CONNECTED as error:
            return dict.fromkeys(
                which, MailDeferred(f"SES was out of reach: {type(error).__name__}", FIRST_WAIT_SECONDS)
            )
        except Exception as error:  # whatever it was, the mails may have left
            return dict.fromkeys(which, MailUnknown(f"SES's answer was lost: {type(error).__name__}"))
        results = answer.get("BulkEmailEntryResults", [])
        verdicts = dict(zip(which, map(answers.verdict_of_entry, results), strict=False))
        return {n: verdicts.get(n, MailUnknown("SES's answer does not name this mail")) for n in which}

    def _entry(self, values: Mapping[str, str]) -> Any:
        data = self.template.data(values)
        return {
            "Destination": {"ToAddresses": [values[self.address_column]]},
            "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": data}},
        }
