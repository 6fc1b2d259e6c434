"""Handing mails to SES: up to fifty a call, or each by a call of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)

from ..aws.limits import KIB, SES_BULK_DESTINATIONS, SES_INLINE_INPUT_BYTES, SES_TEMPLATE_DATA_BYTES
from ..core.mail import Mail
from ..core.mail_gate import DoorKind
from ..core.mail_template import TEMPLATE_BYTES, MailTemplate
from ..core.values import is_email
from .verdicts import MailDeferred, MailRefused, MailSent, MailUnknown, SesAnswers, Verdict

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_NOT_CONNECTED = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
# A character of a value in a mail's data: in each of three parts, as JSON escapes it. Most mails are far from
# the limit, so that their data need not be made to see that.
_MOST_BYTES_A_CHARACTER = 40
# What a call has room for besides its template and its recipients' addresses.
_CALL_DATA_BYTES = SES_INLINE_INPUT_BYTES - TEMPLATE_BYTES - SES_BULK_DESTINATIONS * KIB
OUT_OF_TIME = MailDeferred("the function ran out of time")


@dataclass(frozen=True)
class SesSender:
    """Sends one kind of mail from one sender."""

    ses: "SESV2Client"
    template: MailTemplate
    sender: str
    configuration_set: str
    address_column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the mail uses."""
        return tuple(dict.fromkeys((self.address_column, *self.template.columns)))

    def close_connections(self) -> None:
        """Close the connections that are open, so that the next call opens its own.

        One that idled while Lambda kept the process frozen may be dead, which shows only when the answer to a
        call does not come: fifty mails would be held for nothing.
        """
        self.ses.close()

    def send(self, mails: Sequence[Mail], in_time: Callable[[], bool]) -> list[Verdict]:
        """Send each mail once, as far as there is time, together.

        Args:
            mails: At most fifty.
            in_time: Whether there is time for a call to SES, and for recording what it says.

        Returns:
            The verdicts, in the mails' order.
        """
        assert len(mails) <= SES_BULK_DESTINATIONS
        verdicts: dict[int, Verdict] = {}
        # SES refuses a whole call for one address that is none, or one mail's data that are too large.
        good = [n for n, mail in enumerate(mails) if self._is_sendable(mail)]
        if good:
            verdicts = dict(zip(good, self._send([mails[n] for n in good], in_time), strict=True))
        return [verdicts[n] if n in verdicts else self._not_sendable(mail) for n, mail in enumerate(mails)]

    def send_one(self, mail: Mail, in_time: Callable[[], bool]) -> Verdict:
        """Send a mail by a call of its own; otherwise as `send`."""
        if not self._is_sendable(mail):
            return self._not_sendable(mail)
        if not in_time():
            return OUT_OF_TIME

        def send() -> list[Verdict]:
            answer = self.ses.send_email(
                FromEmailAddress=self.sender,
                ConfigurationSetName=self.configuration_set,
                Destination={"ToAddresses": [mail.columns[self.address_column]]},
                Content={
                    "Template": {
                        "TemplateContent": self.template.content,
                        "TemplateData": self.template.data(mail.columns),
                    }
                },
            )
            return [MailSent(answer.get("MessageId", ""))]

        (verdict,) = self._ask([mail], send, lambda refused: [refused])
        return verdict

    def _send(self, mails: Sequence[Mail], in_time: Callable[[], bool]) -> list[Verdict]:
        if not in_time():
            return [OUT_OF_TIME] * len(mails)

        def halves() -> list[Verdict]:
            half = len(mails) // 2
            return [*self._send(mails[:half], in_time), *self._send(mails[half:], in_time)]

        def halves_or_refused(refused: Verdict) -> list[Verdict]:
            """Nothing was sent: one mail is at fault, and the call does not say which."""
            return halves() if len(mails) > 1 else [refused]

        if not self._data_fit(mails, _CALL_DATA_BYTES):
            return halves()
        return self._ask(mails, lambda: self._send_bulk(mails), halves_or_refused)

    def _send_bulk(self, mails: Sequence[Mail]) -> list[Verdict]:
        answer = self.ses.send_bulk_email(
            FromEmailAddress=self.sender,
            ConfigurationSetName=self.configuration_set,
            DefaultContent={"Template": {"TemplateContent": self.template.content, "TemplateData": "{}"}},
            BulkEmailEntries=[self._entry(mail) for mail in mails],
        )
        results = map(SesAnswers(self.sender).verdict_of_entry, answer.get("BulkEmailEntryResults", []))
        unnamed = MailUnknown("SES's answer does not name this mail")
        return [next(results, unnamed) for _ in mails]

    def _ask(
        self,
        mails: Sequence[Mail],
        send: Callable[[], list[Verdict]],
        refused: Callable[[Verdict], list[Verdict]],
    ) -> list[Verdict]:
        """Make one call; `refused` returns the verdicts where it was refused for one of the mails."""
        try:
            return send()
        except ClientError as error:
            verdict = SesAnswers(self.sender).verdict_of_error(error)
            return refused(verdict) if isinstance(verdict, MailRefused) else [verdict] * len(mails)
        except _NOT_CONNECTED as error:
            reason = f"SES was out of reach: {type(error).__name__}"
            return [MailDeferred(reason, DoorKind.NO_ANSWER)] * len(mails)
        except Exception as error:  # whatever it was, the mails may have left
            return [MailUnknown(f"SES's answer was lost: {type(error).__name__}")] * len(mails)

    def _is_sendable(self, mail: Mail) -> bool:
        fits = self._data_fit([mail], SES_TEMPLATE_DATA_BYTES)
        return fits and is_email(mail.columns.get(self.address_column, ""))

    def _data_fit(self, mails: Sequence[Mail], most: int) -> bool:
        """Whether these mails' data together have at most so many bytes."""
        characters = sum(len(value) for mail in mails for value in mail.columns.values())
        return (
            characters * _MOST_BYTES_A_CHARACTER < most
            or sum(len(self.template.data(mail.columns)) for mail in mails) <= most
        )

    def _not_sendable(self, mail: Mail) -> Verdict:
        reason = f"the record's {self.address_column} is no e-mail address"
        # One whose columns are too large has none here (mail.py).
        if not mail.columns or is_email(mail.columns.get(self.address_column, "")):
            reason += f", or the columns that the mail uses are longer than {SES_TEMPLATE_DATA_BYTES:,} bytes"
        return MailRefused(reason, by_ses=False)

    def _entry(self, mail: Mail) -> Any:
        data = self.template.data(mail.columns)
        return {
            "Destination": {"ToAddresses": [mail.columns[self.address_column]]},
            "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": data}},
        }
