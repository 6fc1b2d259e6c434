"""A person is forgotten: their record goes, and what the mail ledger has of it."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.core.blanks import trimmed
from lambdas.core.mail import Mail
from lambdas.core.mail_entries import MAIL_ID, Entry, MailState
from lambdas.core.mail_writes import Change, Owing
from lambdas.core.values import KINDS, is_email, is_uuid, read_one
from lambdas.csvfile.columns import key_normaliser

from .errors import OperationError, UsageError
from .mails import StackMails
from .reconcile import DAY, NOBODY_AT_IT_SECONDS, age_of
from .records import Records
from .stack import Stack

_FORGOTTEN = "an operator had the person forgotten"
_ENDS_AS = {MailState.OWED: MailState.CANCELLED, MailState.CLAIMED: MailState.HELD}
# So long the table's stream may still bring a record, whose mail would leave again if its entry were gone:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
_STREAM_SECONDS = DAY
ENTRY_STAYS = (
    "the mail ledger: the mail's entry, a hash of the key without any value, lest the table's stream send the"
    " mail once more; it goes with its time to live (ledgersExpireDays)"
)
LEFT = (
    "the mail ledger: mails that wait, or wait for a decision, of an earlier record of this key",
    "the bucket: the uploaded file and its reports, until they expire (uploadsExpireDays, reportsExpireDays)",
    "the import ledger, until its time to live: a row that was taken for the header of a rejected file, if no"
    " cell of it was an address, a UUID, a URI, a date or a number",
    "the queues of chunks, dead letters and failures: up to 14 days",
    "the table's and the ledgers' backups: up to 35 days",
    "the mail itself, and SES's events and suppression list, if you keep them; the logs name nobody",
)


@dataclass(frozen=True)
class Forgetting:
    """Erases a record and its mail; may be killed anywhere, and repeated.

    Attributes:
        stack: Where they are.
        mails: The stack's.
        records: The stack's.
        keys: What the record's key may be, the likeliest first.
    """

    stack: Stack
    mails: StackMails
    records: Records
    keys: Sequence[Item]

    @classmethod
    def of(cls, stack: Stack, key: str) -> "Forgetting":
        """Returns what erases the record of this key, as it is given or as an import writes it.

        Raises:
            UsageError: the key is no number, and the table's are.
        """
        records = Records.of(stack)
        try:
            keys = [_number(key)] if records.key_type == "N" else _spellings(key)
        except ValueError:
            expected = "expected a number, as the table's key is"
            raise UsageError(f"{records.key}: {expected}, got {key}.") from None
        items = [{records.key: {records.key_type: each}} for each in keys]
        return cls(stack, StackMails.of(stack), records, items)

    def find(self) -> Item:
        """Returns the record; empty if there is none."""
        return next(filter(None, self.records.read(self.keys)), {})

    def carry_out(self, record: Item) -> list[str]:
        """Erase the record, its mail first: the record alone leads to it.

        Returns:
            What is left, and where.

        Raises:
            OperationError: its mail is being sent, or changes just now.
        """
        mail, now = self.records.mail(record), time.time()
        record_key = {self.records.key: record[self.records.key]}
        age = age_of(record, now)
        kept = age is not None and age < _STREAM_SECONDS
        entry = self._entry(mail)
        if entry is None and kept:
            self._enter(mail, now)
            entry = self._entry(mail)
        if entry:
            # What leaves at once has an entry that names no import, which has to count it.
            self._end(replace(entry, mail=mail), now)
        dynamodb: Any = self.stack.client("dynamodb")
        # The record first: a record without an entry would seem to have no mail yet, if this is killed here.
        dynamodb.delete_item(TableName=self.records.table, Key=record_key)
        if not kept:
            key = {MAIL_ID: {"S": mail.mail_id}}
            dynamodb.delete_item(TableName=self.stack.outputs["mail_ledger"], Key=key)
        return [ENTRY_STAYS, *LEFT] if kept else [*LEFT]

    def _entry(self, mail: Mail) -> Entry | None:
        return self.mails.ledger.entries([mail.mail_id]).get(mail.mail_id)

    def _enter(self, mail: Mail, now: float) -> None:
        """Let a mail be owed that the stream has not brought yet, so that it can be ended."""
        self.mails.gate.register([mail.import_id], self.mails.gate.read([mail.import_id]))
        self.mails.ledger.owe([mail], uuid.uuid4().hex, Owing(_FORGOTTEN, now, now))

    def _end(self, entry: Entry, now: float) -> None:
        """Let the mail end, so that its entry has no values any more, and the import's books are right."""
        if entry.state == MailState.CLAIMED and now - entry.changed_at < NOBODY_AT_IT_SECONDS:
            raise OperationError(
                "Nothing was erased: the record's mail is being sent just now. Run the command again in an"
                " hour."
            )
        if entry.state == MailState.MAILED and entry.outbox:
            self.mails.ledger.leave_lists([(entry.mail, entry.claim)])
        elif entry.state in _ENDS_AS or not entry.decided:
            state = _ENDS_AS.get(entry.state, entry.state)
            change = Change.of(entry, uuid.uuid4().hex, state, _FORGOTTEN, decided=True)
            if not self.mails.ledger.change([change]):
                raise OperationError(
                    "Nothing was erased: the record's mail changed just now. Run the command again."
                )


def _spellings(key: str) -> list[str]:
    """Returns the key as it is given, and as an import would write it."""
    as_text = _as_import("default", key)
    of_format = [name for name, fits in (("email", is_email), ("uuid", is_uuid)) if fits(as_text)]
    spellings = (key, as_text, *(_as_import(name, as_text) for name in of_format))
    return [each for each in dict.fromkeys(spellings) if each]


def _as_import(field_format: str, key: str) -> str:
    """Returns the key as an import writes it into a column of this format."""
    [written] = key_normaliser(field_format)([trimmed(key)])
    return written


def _number(key: str) -> str:
    """Returns the key as an import reads it in a column of numbers.

    Raises:
        ValueError: it is none.
    """
    return str(read_one(KINDS["number", "default"], trimmed(key)))
