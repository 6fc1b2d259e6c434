"""What stands in the mail ledger, and reading it. How it comes there: `mail_ledger.py`.

A mail has an item of its own. A claim, of up to fifty mails, may have one more, its receipt, which names
those of its mails that SES took: their own items go on saying `claimed`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..aws.dynamodb.outcomes import Item
from ..aws.dynamodb.read import read_each

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLAIMED, DEFERRED, MAILED, UNDELIVERABLE, HELD = "claimed", "deferred", "mailed", "undeliverable", "held"
_RECEIPT = "receipt#"


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a mail; `changed_at` in Unix seconds."""

    state: str
    claim: str
    changed_at: float
    queued: bool
    reason: str

    @classmethod
    def of(cls, item: Item) -> "Entry":
        """The entry that a mail's own item holds."""
        return cls(
            state=item["state"]["S"],
            claim=item["claim"]["S"],
            changed_at=float(item["changed_at"]["N"]),
            queued=item.get("queued", {}).get("BOOL", False),
            reason=item.get("reason", {}).get("S", ""),
        )

    @property
    def unfinished(self) -> bool:
        """Whether the claim's holder is not done with the mail."""
        return self.state == CLAIMED or (self.state in (UNDELIVERABLE, HELD) and not self.queued)


def receipt_id(claim: str) -> str:
    """The key of a claim's receipt; no mail's."""
    return _RECEIPT + claim


def receipt_mails(receipt: Item) -> set[str]:
    """The ids of the mails that a receipt names."""
    return set(receipt["mails"]["M"])


def entries_in(items: Iterable[Item]) -> dict[str, Entry]:
    """The entries that these items make together, by the mail's id."""
    by_id = {item["mail_id"]["S"]: item for item in items}
    receipts = {key: receipt_mails(item) for key, item in by_id.items() if key.startswith(_RECEIPT)}
    entries = {key: Entry.of(item) for key, item in by_id.items() if key not in receipts}
    return {
        mail_id: replace(entry, state=MAILED)
        if entry.state == CLAIMED and mail_id in receipts.get(receipt_id(entry.claim), ())
        else entry
        for mail_id, entry in entries.items()
    }


def read_entries(dynamodb: "DynamoDBClient", table: str, mail_ids: Iterable[str]) -> dict[str, Entry]:
    """What the ledger has of these mails, by id; of those it does not know, nothing."""
    items = _read(dynamodb, table, mail_ids)
    return entries_in([*items, *read_receipts(dynamodb, table, items)])


def read_receipts(dynamodb: "DynamoDBClient", table: str, items: Iterable[Item]) -> list[Item]:
    """The receipts of the claims under which these mails' items stand.

    They are to be read after the items: what was claimed and has no receipt even then is not known to have
    left.
    """
    claims = {entry.claim for item in items if (entry := Entry.of(item)).state == CLAIMED}
    return _read(dynamodb, table, [receipt_id(claim) for claim in sorted(claims)])


def _read(dynamodb: "DynamoDBClient", table: str, mail_ids: Iterable[str]) -> list[Item]:
    keys = [{"mail_id": {"S": mail_id}} for mail_id in mail_ids]
    return [item for item in read_each(dynamodb, table, keys) if item]
