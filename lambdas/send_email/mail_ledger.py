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
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..shared.import_ledger import ImportLedger
from ..shared.transact import Existing, Item, Operation, Outcome, Refused, write_each
from .mails import Mail

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONDITIONAL = ("state", "claim", "queued")
CLAIMED, DEFERRED, MAILED, UNDELIVERABLE, HELD = "claimed", "deferred", "mailed", "undeliverable", "held"


@dataclass(frozen=True)
class Entry:
    """What stands in the ledger for a mail."""

    state: str
    claim: str
    changed_at: float
    queued: bool
    reason: str

    @classmethod
    def of(cls, item: Item) -> "Entry":
        """The entry that an item holds."""
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

    def claim(self, mails: Sequence[Mail], claim: str) -> dict[str, Entry]:
        """Claim the mails (each a different one); gives the entries of those that were not to be had."""
        outcomes = write_each(self._dynamodb, [self._claim(mail, claim) for mail in mails])
        taken: dict[str, Entry] = {}
        for mail, outcome in zip(mails, outcomes, strict=True):
            if isinstance(outcome, Refused):
                raise RuntimeError(f"the mail ledger refused a claim: {outcome.reason}")
            if isinstance(outcome, Existing):
                entry = Entry.of(outcome.item)
                if entry.claim != claim:  # else it is this very claim, whose first answer was lost
                    taken[mail.mail_id] = entry
        return taken

    def change(self, changes: Sequence[Change]) -> list[Change]:
        """Write the states, and with them the imports' counters; gives those that were written.

        What is not written was changed by another invocation meanwhile, which then saw to it.
        """

        def counters(which: Sequence[int]) -> list[Operation]:
            ended = [changes[n] for n in which if changes[n].counts and changes[n].mail.import_id]
            by_import: dict[str, Counter[str]] = {}
            for change in ended:
                by_import.setdefault(str(change.mail.import_id), Counter())[change.state] += 1
            return [self._imports.count_mails(import_id, counts) for import_id, counts in by_import.items()]

        outcomes = write_each(self._dynamodb, [self._change(change) for change in changes], counters)
        return [
            change for change, outcome in zip(changes, outcomes, strict=True) if _is_there(change, outcome)
        ]

    def _claim(self, mail: Mail, claim: str) -> Operation:
        return self._put(
            mail,
            {"state": {"S": CLAIMED}, "claim": {"S": claim}},
            "attribute_not_exists(mail_id) OR #state = :deferred",
            {":deferred": {"S": DEFERRED}},
        )

    def _change(self, change: Change) -> Operation:
        values: Item = {"state": {"S": change.state}, "claim": {"S": change.claim}}
        values |= {"reason": {"S": change.reason}} if change.reason else {}
        values |= {"message_id": {"S": change.message_id}} if change.message_id else {}
        values |= {"queued": {"BOOL": True}} if change.queued else {}
        claim, before = change.claim, change.state if change.queued else CLAIMED
        if change.over:
            claim, before = change.over.claim, change.over.state
        # A state that stays must not be written, and so counted, a second time.
        once = " AND attribute_not_exists(#queued)" if before == change.state else ""
        return self._put(
            change.mail,
            values,
            f"#claim = :claim AND #state = :before{once}",
            {":claim": {"S": claim}, ":before": {"S": before}},
        )

    def _put(self, mail: Mail, values: Item, condition: str, condition_values: Item) -> Operation:
        """The operation that makes this the mail's entry; whole, which needs but one permission."""
        origin: Item = {}
        if mail.import_id and mail.line:
            origin = {"import_id": {"S": mail.import_id}, "import_line": {"N": str(mail.line)}}
        changed_at = {"changed_at": {"N": f"{time.time():.3f}"}}
        return {
            "Put": {
                "TableName": self._table,
                "Item": {"mail_id": {"S": mail.mail_id}, **values, **changed_at, **origin},
                "ConditionExpression": condition,
                # By placeholder, for some are words that DynamoDB reserves; it takes none that is not used.
                "ExpressionAttributeNames": {f"#{n}": n for n in _CONDITIONAL if f"#{n}" in condition},
                "ExpressionAttributeValues": condition_values,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def _is_there(change: Change, outcome: Outcome) -> bool:
    if isinstance(outcome, Refused):
        raise RuntimeError(f"the mail ledger refused the state {change.state}: {outcome.reason}")
    if isinstance(outcome, Existing):
        if not outcome.item:
            return False
        # The write that the answer to an earlier attempt was lost of, or another's.
        entry = Entry.of(outcome.item)
        return (entry.claim, entry.state, entry.queued) == (change.claim, change.state, change.queued)
    return True
