"""What stands in the mail ledger. How it comes there: `mail_ledger.py`.

A mail has an item of its own. A claim, of up to fifty mails, may have one more, its receipt, which names
those of its mails that SES took: their own items go on saying `claimed`.

A sparse index has what is to be looked at again, in lists: each import's mails that are owed, the imports
that owe any, and the mails that wait for an operator's decision.
"""

import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ..aws.dynamodb.outcomes import Item
from .mail import Mail

MAIL_ID = "mail_id"
# The index: a list, and from when on its items are due (Unix seconds). It holds nothing but keys.
DUE_INDEX = "by_due"
OUTBOX, DUE = "outbox", "due"
# When DynamoDB may delete an item: its time to live. Both ledgers have it.
EXPIRES_AT = "expires_at"
# The columns that a mail uses, and its record's key, for as long as it needs them.
COLUMNS, RECORD_KEY = "columns", "record_key"
# A partition of an index takes 1,000 new entries a second, so an import's mails go to several:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
OWED_SHARDS = 4
# The list of the imports that owe mails.
IMPORTS_LIST = "imports"
_RECEIPT, _NO_IMPORT = "receipt#", "-"
_DAY = 24 * 60 * 60


class MailState(StrEnum):
    """What is known of a mail."""

    CLAIMED = "claimed"
    OWED = "owed"
    MAILED = "mailed"
    UNDELIVERABLE = "undeliverable"
    HELD = "held"
    CANCELLED = "cancelled"


ENDS = (MailState.MAILED, MailState.UNDELIVERABLE, MailState.HELD, MailState.CANCELLED)
# Those that an operator may decide to send after all; each is a list of the index, of the same name.
UNDECIDED = (MailState.UNDELIVERABLE, MailState.HELD)


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a mail; times are in Unix seconds.

    `claim` is of who changed it last; `owed_since` is when it was put off first; `due` is from when on it is
    to be looked at again, 0 if it is in no list.
    """

    mail: Mail
    state: MailState
    claim: str
    changed_at: float
    reason: str = ""
    owed_since: float = 0
    due: float = 0
    outbox: str = ""

    @classmethod
    def of(cls, item: Item) -> "Entry":
        """Returns the entry that a mail's own item holds."""
        return cls(
            mail=_mail(item),
            state=MailState(item["state"]["S"]),
            claim=item["claim"]["S"],
            changed_at=float(item["changed_at"]["N"]),
            reason=item.get("reason", {}).get("S", ""),
            owed_since=float(item.get("owed_since", {}).get("N", 0)),
            due=float(item.get(DUE, {}).get("N", 0)),
            outbox=item.get(OUTBOX, {}).get("S", ""),
        )

    @property
    def decided(self) -> bool:
        """Whether no operator's decision on the mail is missing."""
        return self.state not in UNDECIDED or not self.outbox


def expiry(days: int) -> int:
    """Returns when DynamoDB may delete what ends now and is kept for so many days (Unix seconds)."""
    return int(time.time()) + days * _DAY


def receipt_id(claim: str) -> str:
    """Returns the key of a claim's receipt, which is no mail's."""
    return _RECEIPT + claim


def receipt_mails(receipt: Item) -> set[str]:
    """Returns the ids of the mails that a receipt names."""
    return set(receipt["mails"]["M"])


def owed_list(mail: Mail) -> str:
    """Returns the list that the mail is in while it is owed."""
    return _owed_list(mail.import_id, zlib.crc32(mail.mail_id.encode()) % OWED_SHARDS)


def owed_lists(import_id: str | None) -> list[str]:
    """Returns the lists of an import's owed mails; None stands for mails of no import."""
    return [_owed_list(import_id, shard) for shard in range(OWED_SHARDS)]


def _owed_list(import_id: str | None, shard: int) -> str:
    return f"owed#{import_id or _NO_IMPORT}#{shard}"


def entries_in(items: Iterable[Item]) -> dict[str, Entry]:
    """Returns the entries that mails' items and claims' receipts make together, by the mail's id."""
    by_id = {item[MAIL_ID]["S"]: item for item in items}
    receipts = {key: receipt_mails(item) for key, item in by_id.items() if key.startswith(_RECEIPT)}
    entries = {key: Entry.of(item) for key, item in by_id.items() if "state" in item}
    for mail_id, entry in entries.items():
        if entry.state == MailState.CLAIMED and mail_id in receipts.get(receipt_id(entry.claim), ()):
            entries[mail_id] = replace(entry, state=MailState.MAILED)
    return entries


def _mail(item: Item) -> Mail:
    line: Any = item.get("line", {}).get("N")
    return Mail(
        item[MAIL_ID]["S"],
        item.get("import_id", {}).get("S"),
        int(line) if line else None,
        {name: text["S"] for name, text in item.get(COLUMNS, {}).get("M", {}).items()},
        item.get(RECORD_KEY, {}).get("M", {}),
    )
