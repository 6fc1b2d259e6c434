"""What stands in the mail ledger. How it comes there: `mail_ledger.py`.

A mail has an item of its own. A claim, of up to fifty mails, may have one more, its receipt, which names
those of its mails that SES took: their own items go on saying `claimed`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ..aws.dynamodb.outcomes import Item

MAIL_ID = "mail_id"
# The reason of a mail that an operator decided never to send.
DROPPED = "dropped by an operator"
_RECEIPT = "receipt#"


class MailState(StrEnum):
    """What is known of a mail."""

    CLAIMED = "claimed"
    DEFERRED = "deferred"
    MAILED = "mailed"
    UNDELIVERABLE = "undeliverable"
    HELD = "held"


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a mail; `changed_at` in Unix seconds."""

    state: MailState
    claim: str
    changed_at: float
    queued: bool
    reason: str

    @classmethod
    def of(cls, item: Item) -> "Entry":
        """Returns the entry that a mail's own item holds."""
        return cls(
            state=MailState(item["state"]["S"]),
            claim=item["claim"]["S"],
            changed_at=float(item["changed_at"]["N"]),
            queued=item.get("queued", {}).get("BOOL", False),
            reason=item.get("reason", {}).get("S", ""),
        )

    @property
    def unfinished(self) -> bool:
        """Whether the claim's holder is not done with the mail."""
        apart = self.state in (MailState.UNDELIVERABLE, MailState.HELD)
        return self.state == MailState.CLAIMED or (apart and not self.queued)

    @property
    def dropped(self) -> bool:
        """Whether an operator decided that the mail is never to be sent."""
        return self.state == MailState.UNDELIVERABLE and self.reason == DROPPED


def receipt_id(claim: str) -> str:
    """Returns the key of a claim's receipt, which is no mail's."""
    return _RECEIPT + claim


def receipt_mails(receipt: Item) -> set[str]:
    """Returns the ids of the mails that a receipt names."""
    return set(receipt["mails"]["M"])


def entries_in(items: Iterable[Item]) -> dict[str, Entry]:
    """Returns the entries that mails' items and claims' receipts make together, by the mail's id."""
    by_id = {item[MAIL_ID]["S"]: item for item in items}
    receipts = {key: receipt_mails(item) for key, item in by_id.items() if key.startswith(_RECEIPT)}
    entries = {key: Entry.of(item) for key, item in by_id.items() if key not in receipts}
    for mail_id, entry in entries.items():
        if entry.state == MailState.CLAIMED and mail_id in receipts.get(receipt_id(entry.claim), ()):
            entries[mail_id] = replace(entry, state=MailState.MAILED)
    return entries
