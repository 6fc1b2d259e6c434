"""The mail ledger: who is sending a mail, and what became of it.

A mail is claimed before it is sent and recorded after. The states:

    (none) ─claim─▶ claimed ─▶ mailed            SES took it
                      │  ▲  ─▶ undeliverable     SES refused it for good; then, once it is in the
                      ▼  │                       failure queue, `queued`
                    deferred ─▶ held             nobody knows whether it left; likewise `queued`

Only a `deferred` mail may be claimed again: it certainly did not leave. What a holder that was killed did not
finish is taken over by another when its time is over: a mail that is still `claimed` becomes `held`, and one
that is not `queued` yet is queued. An import's counters change in one transaction with the state that they
count.

Those of a claim's mails that SES took are recorded together, in the claim's one receipt (`mail_entries.py`).
Whoever takes a mail over writes that claim an empty receipt first. So either the holder's receipt stands, and
its mails are mailed; or it comes too late, and the holder records each of them by itself, as far as nobody
has taken it over.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.dynamodb.insert import insert_each
from ..aws.dynamodb.outcomes import Existing, Item, Outcome, Refused, TableError
from ..aws.dynamodb.transact import Companions, Operation, write_each
from ..aws.limits import DYNAMODB_BATCH_ITEMS
from .import_ledger import ImportLedger
from .mail import Mail
from .mail_entries import (
    CLAIMED,
    DEFERRED,
    MAILED,
    Entry,
    entries_in,
    read_receipts,
    receipt_id,
    receipt_mails,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONDITIONAL = ("mail_id", "state", "claim", "queued")


@dataclass(frozen=True)
class Change:
    """A mail's next state, by the claim's holder, or by who takes the mail `over` from another's entry."""

    mail: Mail
    claim: str
    state: str
    reason: str = ""
    message_id: str = ""
    queued: bool = False
    over: Entry | None = None

    @property
    def counts(self) -> bool:
        """Whether the mail has ended, so that its import counts it."""
        return self.state == MAILED or self.queued


class MailLedger:
    """Reads and writes the mail ledger."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, imports: ImportLedger) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._imports = imports

    def claim(
        self, mails: Sequence[Mail], claim: str, in_time: Callable[[], bool] = lambda: True
    ) -> dict[str, Entry]:
        """Claim the mails (each a different one); gives the entries of those that were not to be had.

        Args:
            mails: The mails.
            claim: The claim's id.
            in_time: Whether there is time for another step, and to give back what was claimed before it.

        Raises:
            TableError: there is not, or the table does not take the claims; none of them stands.
        """
        try:
            return self._claim(mails, claim, in_time)
        except Exception:
            # None of them has left; but if those that were claimed stayed so, nobody could know that.
            self.change([Change(mail, claim, DEFERRED, "not all could be claimed") for mail in mails])
            raise

    def _claim(self, mails: Sequence[Mail], claim: str, in_time: Callable[[], bool]) -> dict[str, Entry]:
        outcomes: list[Outcome] = []
        for start in range(0, len(mails), DYNAMODB_BATCH_ITEMS):
            _check(in_time)
            items = [
                self._entry(mail, claim, CLAIMED) for mail in mails[start : start + DYNAMODB_BATCH_ITEMS]
            ]
            outcomes += _none_refused(insert_each(self._dynamodb, self._table, "mail_id", items))
        standing = [outcome.item for outcome in outcomes if isinstance(outcome, Existing)]
        _check(in_time)
        entries = entries_in([*standing, *read_receipts(self._dynamodb, self._table, standing)])
        there = {mail.mail_id: mail for mail in mails}
        deferred = [there[mail_id] for mail_id, entry in entries.items() if entry.state == DEFERRED]
        _check(in_time)
        entries |= self._claim_again(deferred, claim)
        # What bears this very claim was inserted before, and the answer was lost.
        return {mail_id: entry for mail_id, entry in entries.items() if entry.claim != claim}

    def change(self, changes: Sequence[Change]) -> list[Change]:
        """Write the states that a claim's holder gives, and the imports' counters; gives those written.

        What is not written was changed by another invocation meanwhile, which then saw to it.
        """
        mailed = [change for change in changes if change.state == MAILED]
        received = mailed if mailed and self._receive(mailed) else []
        done = {change.mail.mail_id for change in received}
        done |= self._close({each.over.claim for each in changes if each.over and each.over.state == CLAIMED})
        rest = [change for change in changes if change.mail.mail_id not in done]
        outcomes = self._write(
            [self._change(change) for change in rest],
            lambda which: self._counters([rest[n] for n in which]),
        )
        written = [each for each, outcome in zip(rest, outcomes, strict=True) if _is_there(each, outcome)]
        return received + written

    def _claim_again(self, mails: Sequence[Mail], claim: str) -> dict[str, Entry]:
        """Claim mails that are deferred, each if it still is; gives the entries that stand."""
        puts = [
            self._put(self._entry(mail, claim, CLAIMED), "#state = :deferred", {":deferred": {"S": DEFERRED}})
            for mail in mails
        ]
        return {
            mail.mail_id: Entry.of(outcome.item if isinstance(outcome, Existing) else put["Put"]["Item"])
            for mail, put, outcome in zip(mails, puts, self._write(puts), strict=True)
        }

    def _receive(self, mailed: Sequence[Change]) -> bool:
        """Write the receipt of a claim's mails; not if another has closed the claim meanwhile."""
        messages = {change.mail.mail_id: {"S": change.message_id} for change in mailed}
        receipt = self._receipt(mailed[0].claim, messages)
        (outcome,) = self._write([receipt], lambda _: self._counters(mailed))
        # A receipt that names them is this very one, written before, and the answer was lost.
        return not isinstance(outcome, Existing) or set(messages) <= receipt_mails(outcome.item)

    def _close(self, claims: Iterable[str]) -> set[str]:
        """See to it that these claims have a receipt, if an empty one; gives the mails that receipts name."""
        outcomes = self._write([self._receipt(claim, {}) for claim in sorted(claims)])
        return {
            mail_id
            for outcome in outcomes
            if isinstance(outcome, Existing)
            for mail_id in receipt_mails(outcome.item)
        }

    def _counters(self, changes: Sequence[Change]) -> list[Operation]:
        by_import: dict[str, Counter[str]] = {}
        for change in changes:
            if change.counts and change.mail.import_id:
                by_import.setdefault(change.mail.import_id, Counter())[change.state] += 1
        return [self._imports.count_mails(import_id, counts) for import_id, counts in by_import.items()]

    def _write(self, puts: Sequence[Operation], companions: Companions = lambda _: []) -> list[Outcome]:
        return _none_refused(write_each(self._dynamodb, puts, companions))

    def _change(self, change: Change) -> Operation:
        more: Item = {}
        more |= {"reason": {"S": change.reason}} if change.reason else {}
        more |= {"message_id": {"S": change.message_id}} if change.message_id else {}
        more |= {"queued": {"BOOL": True}} if change.queued else {}
        claim, before = change.claim, change.state if change.queued else CLAIMED
        if change.over:
            claim, before = change.over.claim, change.over.state
        # A state that stays must not be written, and so counted, a second time.
        once = " AND attribute_not_exists(#queued)" if before == change.state else ""
        return self._put(
            self._entry(change.mail, change.claim, change.state) | more,
            f"#claim = :claim AND #state = :before{once}",
            {":claim": {"S": claim}, ":before": {"S": before}},
        )

    def _receipt(self, claim: str, messages: Item) -> Operation:
        item = {"mail_id": {"S": receipt_id(claim)}, "mails": {"M": messages}, "changed_at": _now()}
        return self._put(item, "attribute_not_exists(#mail_id)", {})

    def _entry(self, mail: Mail, claim: str, state: str) -> Item:
        return {
            "mail_id": {"S": mail.mail_id},
            "state": {"S": state},
            "claim": {"S": claim},
            "changed_at": _now(),
        }

    def _put(self, item: Item, condition: str, values: Item) -> Operation:
        """The operation that makes this the item; whole, which needs but one permission."""
        put = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": condition,
            # By placeholder, for some are words that DynamoDB reserves; it takes none that is not used.
            "ExpressionAttributeNames": {f"#{n}": n for n in _CONDITIONAL if f"#{n}" in condition},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}


def _now() -> Item:
    return {"N": f"{time.time():.3f}"}


def _check(in_time: Callable[[], bool]) -> None:
    if not in_time():
        raise TableError("claiming took so long that the function's time is nearly over")


def _none_refused(outcomes: list[Outcome]) -> list[Outcome]:
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            raise TableError(f"the mail ledger refused an entry: {outcome.reason}")
    return outcomes


def _is_there(change: Change, outcome: Outcome) -> bool:
    if not isinstance(outcome, Existing):
        return True
    if not outcome.item:
        return False
    # The write that the answer to an earlier attempt was lost of, or another's.
    entry = Entry.of(outcome.item)
    return (entry.claim, entry.state, entry.queued) == (change.claim, change.state, change.queued)
