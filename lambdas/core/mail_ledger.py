"""The mail ledger: every mail from the moment it is owed to its end.

A mail is claimed before it is sent and recorded after. The states:

              ┌──────────────────────── look again ────────────────────────┐
    (none) ──claim──▶ claimed ──▶ mailed          SES took it
       │               ▲   │ ───▶ undeliverable   SES refused it for good
       │         claim │   │ ───▶ held            nobody knows whether it left
       │               │   ▼
       └────owe─────▶ owed ──cancel──▶ cancelled  an operator decided so
                       ▲
                       └──send again── undeliverable, held;   held ──it left──▶ mailed

What is owed certainly did not leave. It stands in a list of the index (`outbox.py`), from which a round
claims it; it stays there while it is claimed, so that a round finds it again if the holder is killed. A mail
that leaves at once is in no list; whoever is given it again while another has claimed it puts it into one. A
mail that is still `claimed` when its holder's time is over becomes `held`. An import's counters change in one
transaction with the state that they count.

Those of a claim's mails that left are recorded together, in the claim's one receipt; those that stand in a
list leave it after that, and a round sees to what a crash left there. Whoever takes a mail over writes that
claim an empty receipt first. So either the holder's receipt stands, and its mails are mailed; or it comes too
late, and the holder records each of them by itself, as far as nobody has taken it over.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..aws.dynamodb.insert import insert_each
from ..aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, Outcome, TableError
from ..aws.dynamodb.read import read_each
from ..aws.dynamodb.transact import Companions, Operation, write_each
from ..aws.dynamodb.update import Update, update_each
from ..aws.limits import DYNAMODB_BATCH_ITEMS
from .import_ledger import ImportLedger
from .mail import Mail
from .mail_entries import MAIL_ID, Entry, MailState, entries_in, receipt_id, receipt_mails
from .mail_writes import Change, Count, MailWrites, Owing, counts_of, totals_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Changes in one transaction: with a counter of an import for each they are a hundred, DynamoDB's limit.
CHANGES_AT_ONCE = 50
# Of mails that had ended: with those goes that an import's books open again.
DECISIONS_AT_ONCE = 33
CANCELLED = "an operator cancelled the import's mails"


class MailLedger:
    """Reads and writes the mail ledger; ended mails are kept for so many days."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, imports: ImportLedger, expire_days: int
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._imports = imports
        self._writes = MailWrites(table, expire_days)

    def entries(self, mail_ids: Iterable[str]) -> dict[str, Entry]:
        """Returns what the ledger has of these mails, by id; of those it does not know, nothing."""
        items = self._read(mail_ids)
        return entries_in([*items, *self._receipts(items)])

    def claim(
        self, mails: Sequence[Mail], claim: str, *, in_time: Callable[[], bool] = lambda: True
    ) -> dict[str, Entry]:
        """Claim mails that are to leave at once.

        Args:
            mails: The mails, each a different one.
            claim: The claim's id.
            in_time: Whether there is time for another step, and to give back what was claimed before it.

        Returns:
            The entries of those that were not to be had, by the mail's id.

        Raises:
            TableError: there is no time, or the table does not take the claims; some may stand. None of these
                mails has left, so they are to be given back (`owe_claimed`).
        """
        return self._insert([self._writes.claimed(mail, claim) for mail in mails], claim, in_time)

    def owe(self, mails: Sequence[Mail], claim: str, owing: Owing) -> dict[str, Entry]:
        """Enter mails as owed, unclaimed.

        Returns:
            The entries of those that are in the ledger already, by the mail's id.
        """
        return self._insert([self._writes.owed(mail, claim, owing) for mail in mails], claim)

    def claim_owed(self, entries: Sequence[Entry], claim: str) -> list[Entry]:
        """Claim mails that are owed; returns those that are claimed: others have changed meanwhile.

        Raises:
            TableError: the table does not take the claims; otherwise as `claim`.
        """
        outcomes = self._update([self._writes.claim_owed(entry, claim) for entry in entries])
        return [
            entry
            for entry, outcome in zip(entries, outcomes, strict=True)
            # What bears this very claim was claimed before, and the answer was lost.
            if not isinstance(outcome, ItemExists) or _claim_in(outcome.item) == claim
        ]

    def owe_claimed(self, mails: Sequence[tuple[Mail, Owing]], claim: str) -> None:
        """Let mails wait that were claimed and certainly did not leave, as far as the claim stands."""
        self._update([self._writes.owe(mail, claim, owing) for mail, owing in mails])

    def look_again(self, others: Sequence[tuple[Mail, Entry, float]]) -> None:
        """Have a round look at mails that another has claimed, as far as they stand so.

        Args:
            others: The mails, their entries, and when their holder's time is over (Unix seconds).
        """
        self._update([self._writes.look_again(*other) for other in others])

    def leave_lists(self, mails: Iterable[tuple[Mail, str]]) -> None:
        """Take mails out of their lists that the receipts of their claims name."""
        self._update([self._writes.leave_list(mail, claim) for mail, claim in mails])

    def record(self, changes: Sequence[Change]) -> list[Change]:
        """Record how the mails of one claim ended, those that left by its receipt; otherwise as `change`."""
        mailed = [change for change in changes if change.state == MailState.MAILED]
        others = [change for change in changes if change.state != MailState.MAILED]
        try:
            received = bool(mailed) and self._receive(mailed)
        except Exception:  # nobody else could know how the others ended
            self.change(others)
            raise
        return mailed + self.change(others) if received else self.change(changes)

    def change(self, changes: Sequence[Change]) -> list[Change]:
        """Change the states of mails, and their imports' counters.

        Args:
            changes: At most CHANGES_AT_ONCE; if mails had ended that they change, at most DECISIONS_AT_ONCE.

        Returns:
            The changes that were written. What the others were to change, another has changed meanwhile, and
            seen to.
        """
        mailed = self._close({change.known_claim for change in changes if change.takes_over})
        # A mail that its holder's receipt names needs nothing but to leave its list.
        rest = [change for change in changes if not change.takes_over or change.mail.mail_id not in mailed]
        outcomes = _none_refused(
            write_each(
                self._dynamodb,
                [self._writes.change(change) for change in rest],
                companions=lambda which: self._counters(counts_of([rest[n] for n in which])),
            )
        )
        return [
            each
            for each, outcome in zip(rest, outcomes, strict=True)
            if not isinstance(outcome, ItemExists) or each.is_written_in(outcome.item)
        ]

    def cancel(self, entries: Iterable[Entry], claim: str, reason: str) -> list[Change]:
        """End mails that are owed, as an operator decided; returns the changes that were written.

        Args:
            entries: At most CHANGES_AT_ONCE; those that are not owed are left as they are.
            claim: Whose change it is.
            reason: Why.
        """
        owed = [entry for entry in entries if entry.state == MailState.OWED]
        return self.change([Change.of(entry, claim, MailState.CANCELLED, reason) for entry in owed])

    def _insert(
        self, items: Sequence[Item], claim: str, in_time: Callable[[], bool] = lambda: True
    ) -> dict[str, Entry]:
        outcomes: list[Outcome] = []
        for start in range(0, len(items), DYNAMODB_BATCH_ITEMS):
            _check(in_time)
            batch = items[start : start + DYNAMODB_BATCH_ITEMS]
            outcomes += _none_refused(insert_each(self._dynamodb, self._table, MAIL_ID, batch))
        existing = [outcome.item for outcome in outcomes if isinstance(outcome, ItemExists)]
        _check(in_time)
        entries = entries_in([*existing, *self._receipts(existing)])
        # What bears this very claim was inserted before, and the answer was lost.
        return {mail_id: entry for mail_id, entry in entries.items() if entry.claim != claim}

    def _update(self, updates: Sequence[Update]) -> list[Outcome]:
        return _none_refused(update_each(self._dynamodb, self._table, updates))

    def _receive(self, mailed: Sequence[Change]) -> bool:
        """Write the receipt of a claim's mails; not if another has closed the claim meanwhile."""
        messages = {change.mail.mail_id: {"S": change.message_id} for change in mailed}
        receipt = self._writes.receipt(mailed[0].claim, messages)
        (outcome,) = self._write([receipt], companions=lambda _: self._counters(counts_of(mailed)))
        # A receipt that names them is this very one, written before, and the answer was lost.
        return not isinstance(outcome, ItemExists) or set(messages) <= receipt_mails(outcome.item)

    def _close(self, claims: Iterable[str]) -> set[str]:
        """See to it that claims have a receipt, if an empty one; returns the mails that receipts name."""
        outcomes = self._write([self._writes.receipt(claim, {}) for claim in sorted(claims)])
        receipts = [outcome.item for outcome in outcomes if isinstance(outcome, ItemExists)]
        return {mail_id for receipt in receipts for mail_id in receipt_mails(receipt)}

    def _counters(self, counts: Iterable[Count]) -> list[Operation]:
        counts = list(counts)
        # A mail that had ended may be one of settled books; only an operator changes it.
        reopened = {mail.import_id for mail, _, number in counts if number < 0}
        totals = totals_of(counts).items()
        return [
            operation
            for import_id, total in totals
            for operation in self._imports.count_mails(import_id, total, reopen=import_id in reopened)
        ]

    def _receipts(self, items: Iterable[Item]) -> list[Item]:
        """Read the receipts of the claims under which these mails' items stand.

        They are to be read after the items: what was claimed and has no receipt even then is not known to
        have left.
        """
        claimed = [item for item in items if item.get("state", {}).get("S") == MailState.CLAIMED]
        return self._read(receipt_id(claim) for claim in sorted({_claim_in(item) for item in claimed}))

    def _read(self, ids: Iterable[str]) -> list[Item]:
        keys = [{MAIL_ID: {"S": each}} for each in ids]
        return [item for item in read_each(self._dynamodb, self._table, keys) if item]

    def _write(self, puts: Sequence[Operation], *, companions: Companions = lambda _: []) -> list[Outcome]:
        return _none_refused(write_each(self._dynamodb, puts, companions=companions))


def owing_of(entry: Entry) -> Owing:
    """Returns how a mail is owed, as its entry says."""
    return Owing(entry.reason, entry.due, entry.owed_since)


def _claim_in(item: Item) -> str:
    return str(item.get("claim", {}).get("S", ""))


def _check(in_time: Callable[[], bool]) -> None:
    if not in_time():
        raise TableError("claiming took so long that the function's time is nearly over")


def _none_refused(outcomes: list[Outcome]) -> list[Outcome]:
    for outcome in outcomes:
        if isinstance(outcome, ItemRefused):
            raise TableError(f"the mail ledger refused an entry: {outcome.reason}")
    return outcomes
