"""What `mail_ledger.py` writes: the items, and the conditions under which they replace what stands there."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..aws.dynamodb.outcomes import Item
from ..aws.dynamodb.transact import Operation
from .mail import Mail
from .mail_entries import DROPPED, MAIL_ID, Entry, MailState, receipt_id

# Of a mail's import, a counter, and what is added to it.
Count = tuple[Mail, MailState, int]
_CONDITIONAL = (MAIL_ID, "state", "claim", "queued")


@dataclass(frozen=True)
class Change:
    """A mail's next state, by the claim's holder, or by who takes the mail over, `taken_from` an entry."""

    mail: Mail
    claim: str
    state: MailState
    reason: str = ""
    message_id: str = ""
    queued: bool = False
    taken_from: Entry | None = None

    @property
    def counts(self) -> bool:
        """Whether the mail has ended, so that its import counts it."""
        return self.state == MailState.MAILED or self.queued

    def is_written_in(self, item: Item) -> bool:
        """Whether the mail's item is what an earlier attempt wrote, whose answer was lost; not another's."""
        if not item:
            return False
        entry = Entry.of(item)
        return (entry.claim, entry.state, entry.queued) == (self.claim, self.state, self.queued)


@dataclass(frozen=True)
class MailWrites:
    """The writes to one table."""

    table: str

    def claimed(self, mail: Mail, claim: str) -> Item:
        """Returns the item of a mail that is claimed, to be inserted where none stands."""
        return _item(mail, claim, MailState.CLAIMED)

    def claim_again(self, mail: Mail, claim: str) -> Operation:
        """Returns the claim of a mail that is deferred."""
        item = self.claimed(mail, claim)
        return self._put(item, "#state = :deferred", {":deferred": {"S": MailState.DEFERRED}})

    def change(self, change: Change) -> Operation:
        """Returns the change of a mail that stands as the claim's holder, or who takes it over, knows it."""
        more: Item = {}
        more |= {"reason": {"S": change.reason}} if change.reason else {}
        more |= {"message_id": {"S": change.message_id}} if change.message_id else {}
        more |= {"queued": {"BOOL": True}} if change.queued else {}
        claim, before = change.claim, change.state if change.queued else MailState.CLAIMED
        if change.taken_from:
            claim, before = change.taken_from.claim, change.taken_from.state
        # A state that stays must not be written, and so counted, a second time.
        once = " AND attribute_not_exists(#queued)" if before == change.state else ""
        return self._put(
            _item(change.mail, change.claim, change.state) | more,
            f"#claim = :claim AND #state = :before{once}",
            {":claim": {"S": claim}, ":before": {"S": before}},
        )

    def receipt(self, claim: str, messages: Item) -> Operation:
        """Returns the receipt of a claim that has none; `messages`: SES's message ids, by the mail's id."""
        item = {MAIL_ID: {"S": receipt_id(claim)}, "mails": {"M": messages}, "changed_at": _now()}
        return self._put(item, f"attribute_not_exists(#{MAIL_ID})", {})

    def reopen(self, mail: Mail, entry: Entry) -> Operation:
        """Returns the deferral of a mail that ended, and whose entry is still this one."""
        more = {"reason": {"S": entry.reason or "unknown"}}
        return self._decide(entry, _item(mail, entry.claim, MailState.DEFERRED) | more)

    def drop(self, mail: Mail, entry: Entry) -> Operation:
        """Returns an operator's end of a mail whose entry is still this one."""
        more: Item = {"queued": {"BOOL": True}, "reason": {"S": DROPPED}}
        return self._decide(entry, _item(mail, entry.claim, MailState.UNDELIVERABLE) | more)

    def _decide(self, entry: Entry, item: Item) -> Operation:
        return self._put(
            item,
            "#state = :state AND #claim = :claim AND #queued = :true",
            {":state": {"S": entry.state}, ":claim": {"S": entry.claim}, ":true": {"BOOL": True}},
        )

    def _put(self, item: Item, condition: str, values: Item) -> Operation:
        """Returns what makes this the item; whole, which needs but one permission."""
        put = {
            "TableName": self.table,
            "Item": item,
            "ConditionExpression": condition,
            # By placeholder, for some are words that DynamoDB reserves; it takes none that is not used.
            "ExpressionAttributeNames": {f"#{n}": n for n in _CONDITIONAL if f"#{n}" in condition},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}


def counts_of(changes: Iterable[Change]) -> Iterator[Count]:
    """Returns how changes count."""
    return ((change.mail, change.state, 1) for change in changes if change.counts)


def recounts_of(mails: Iterable[tuple[Mail, Entry]], after: MailState) -> Iterator[Count]:
    """Returns how it counts that mails which were counted get another state."""
    for mail, entry in mails:
        yield mail, entry.state, -1
        if after != MailState.DEFERRED:  # which no counter counts
            yield mail, after, 1


def totals_of(counts: Iterable[Count]) -> dict[str, dict[str, int]]:
    """Returns what is added to each import's counters, by its id; mails of no import do not count."""
    totals: dict[str, Counter[str]] = {}
    for mail, state, number in counts:
        if mail.import_id:
            totals.setdefault(mail.import_id, Counter())[state] += number
    return {import_id: {state: n for state, n in total.items() if n} for import_id, total in totals.items()}


def _item(mail: Mail, claim: str, state: MailState) -> Item:
    return {
        MAIL_ID: {"S": mail.mail_id},
        "state": {"S": state},
        "claim": {"S": claim},
        "changed_at": _now(),
    }


def _now() -> Item:
    return {"N": f"{time.time():.3f}"}
