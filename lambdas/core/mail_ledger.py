"""The mail ledger: who is sending a mail, and what became of it.

A mail is claimed before it is sent and recorded after. The states:

    (none) ──claim──▶ claimed ───▶ mailed           SES took it
                       ▲   │ ────▶ undeliverable    SES refused it for good
                 claim │   │ ────▶ held             nobody knows whether it left
                       │   ▼
                      deferred ◀──reopen── undeliverable, held
                                           undeliverable ◀──drop── held

Only a `deferred` mail may be claimed again: it certainly did not leave. What is undeliverable or held has
ended once it is in the failure queue, and `queued` says so. From then on an operator may decide to send it
after all (reopen), or what is held never to be sent (drop). What a holder that was killed did not finish is
taken over by another when its time is over: a mail that is still `claimed` becomes `held`, and one that is
not `queued` yet is queued. An import's counters change in one transaction with the state that they count.

Those of a claim's mails that SES took are recorded together, in the claim's one receipt (`mail_entries.py`).
Whoever takes a mail over writes that claim an empty receipt first. So either the holder's receipt stands, and
its mails are mailed; or it comes too late, and the holder records each of them by itself, as far as nobody
has taken it over.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..aws.dynamodb.insert import insert_each
from ..aws.dynamodb.outcomes import Item, ItemExists, ItemRefused, ItemWritten, Outcome, TableError
from ..aws.dynamodb.read import read_each
from ..aws.dynamodb.transact import Companions, Operation, write_each
from ..aws.limits import DYNAMODB_BATCH_ITEMS
from .import_ledger import ImportLedger
from .mail import Mail
from .mail_entries import MAIL_ID, Entry, MailState, entries_in, receipt_id, receipt_mails
from .mail_writes import Change, Count, MailWrites, counts_of, recounts_of, totals_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class MailLedger:
    """Reads and writes the mail ledger."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, imports: ImportLedger) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._imports = imports
        self._writes = MailWrites(table)

    def entries(self, mail_ids: Iterable[str]) -> dict[str, Entry]:
        """Returns what the ledger has of these mails, by id; of those it does not know, nothing."""
        items = self._read(mail_ids)
        return entries_in([*items, *self._receipts(items)])

    def claim(
        self, mails: Sequence[Mail], claim: str, *, in_time: Callable[[], bool] = lambda: True
    ) -> dict[str, Entry]:
        """Claim mails.

        Args:
            mails: The mails, each a different one.
            claim: The claim's id.
            in_time: Whether there is time for another step, and to give back what was claimed before it.

        Returns:
            The entries of those that were not to be had, by the mail's id.

        Raises:
            TableError: there is no time, or the table does not take the claims; none of them stands.
        """
        try:
            return self._claim(mails, claim, in_time)
        except Exception:
            # None of them has left; but if those that were claimed stayed so, nobody could know that.
            reason = "not all could be claimed"
            self.change([Change(mail, claim, MailState.DEFERRED, reason) for mail in mails])
            raise

    def change(self, changes: Sequence[Change]) -> list[Change]:
        """Write the states of mails that are claimed, or taken over, and their imports' counters.

        Returns:
            The changes that were written. What the others were to change, another invocation has changed
            meanwhile, and seen to.
        """
        mailed = [change for change in changes if change.state == MailState.MAILED]
        received = mailed if mailed and self._receive(mailed) else []
        done = {change.mail.mail_id for change in received}
        taken_over = [change.taken_from for change in changes if change.taken_from]
        done |= self._close({entry.claim for entry in taken_over if entry.state == MailState.CLAIMED})
        rest = [change for change in changes if change.mail.mail_id not in done]
        outcomes = self._write(
            [self._writes.change(change) for change in rest],
            companions=lambda which: self._counters(counts_of([rest[n] for n in which])),
        )
        written = [
            each
            for each, outcome in zip(rest, outcomes, strict=True)
            if not isinstance(outcome, ItemExists) or each.is_written_in(outcome.item)
        ]
        return received + written

    def reopen(self, mails: Sequence[tuple[Mail, Entry]]) -> list[str]:
        """Let mails that ended be claimed again, and uncount them.

        Args:
            mails: The mails, each with its entry, which is `queued`.

        Returns:
            The ids of those that are not reopened, for their entries have changed.
        """
        return self._decide(mails, [self._writes.reopen(*each) for each in mails], MailState.DEFERRED)

    def drop(self, mails: Sequence[tuple[Mail, Entry]]) -> list[str]:
        """Let mails that are held never be sent, and count them as undeliverable; otherwise as `reopen`."""
        return self._decide(mails, [self._writes.drop(*each) for each in mails], MailState.UNDELIVERABLE)

    def _claim(self, mails: Sequence[Mail], claim: str, in_time: Callable[[], bool]) -> dict[str, Entry]:
        outcomes: list[Outcome] = []
        for start in range(0, len(mails), DYNAMODB_BATCH_ITEMS):
            _check(in_time)
            items = [
                self._writes.claimed(mail, claim) for mail in mails[start : start + DYNAMODB_BATCH_ITEMS]
            ]
            outcomes += _none_refused(insert_each(self._dynamodb, self._table, MAIL_ID, items))
        existing = [outcome.item for outcome in outcomes if isinstance(outcome, ItemExists)]
        _check(in_time)
        entries = entries_in([*existing, *self._receipts(existing)])
        by_id = {mail.mail_id: mail for mail in mails}
        deferred = [by_id[mail_id] for mail_id, entry in entries.items() if entry.state == MailState.DEFERRED]
        _check(in_time)
        entries |= self._claim_again(deferred, claim)
        # What bears this very claim was inserted before, and the answer was lost.
        return {mail_id: entry for mail_id, entry in entries.items() if entry.claim != claim}

    def _claim_again(self, mails: Sequence[Mail], claim: str) -> dict[str, Entry]:
        """Claim mails that are deferred, each if it still is; returns the entries after that."""
        puts = [self._writes.claim_again(mail, claim) for mail in mails]
        return {
            mail.mail_id: Entry.of(outcome.item if isinstance(outcome, ItemExists) else put["Put"]["Item"])
            for mail, put, outcome in zip(mails, puts, self._write(puts), strict=True)
        }

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

    def _decide(
        self, mails: Sequence[tuple[Mail, Entry]], puts: Sequence[Operation], after: MailState
    ) -> list[str]:
        outcomes = write_each(
            self._dynamodb,
            puts,
            companions=lambda which: self._counters(recounts_of([mails[n] for n in which], after)),
        )
        decided = zip(mails, outcomes, strict=True)
        return [mail.mail_id for (mail, _), outcome in decided if not isinstance(outcome, ItemWritten)]

    def _counters(self, counts: Iterable[Count]) -> list[Operation]:
        return [self._imports.count_mails(*total) for total in totals_of(counts).items()]

    def _receipts(self, items: Iterable[Item]) -> list[Item]:
        """Read the receipts of the claims under which these mails' items stand.

        They are to be read after the items: what was claimed and has no receipt even then is not known to
        have left.
        """
        entries = map(Entry.of, items)
        claims = {entry.claim for entry in entries if entry.state == MailState.CLAIMED}
        return self._read(receipt_id(claim) for claim in sorted(claims))

    def _read(self, ids: Iterable[str]) -> list[Item]:
        keys = [{MAIL_ID: {"S": each}} for each in ids]
        return [item for item in read_each(self._dynamodb, self._table, keys) if item]

    def _write(self, puts: Sequence[Operation], *, companions: Companions = lambda _: []) -> list[Outcome]:
        return _none_refused(write_each(self._dynamodb, puts, companions=companions))


def _check(in_time: Callable[[], bool]) -> None:
    if not in_time():
        raise TableError("claiming took so long that the function's time is nearly over")


def _none_refused(outcomes: list[Outcome]) -> list[Outcome]:
    for outcome in outcomes:
        if isinstance(outcome, ItemRefused):
            raise TableError(f"the mail ledger refused an entry: {outcome.reason}")
    return outcomes
