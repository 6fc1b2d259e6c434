"""What a round reports of the mails that wait: metrics."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.books import Books, books_of
from ..core.import_entries import MAIL_PARTS
from ..core.import_parts import read_parts
from ..core.mail_entries import MailState, owed_lists
from ..core.mail_gate import Door
from ..core.mail_metrics import MailMetric
from ..core.outbox import ListedImport, Outbox
from .mail_round import MailRound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNITS: Mapping[MailMetric, str] = {
    MailMetric.OLDEST_SECONDS: "Seconds",
    MailMetric.QUOTA_USED: "Percent",
}
# Kept for the metrics to be printed: of a function that runs out of time they would never be.
REPORT_SECONDS = 20


@dataclass(frozen=True)
class OwedCounts:
    """Counts the mails that imports owe: what was created, less what ended."""

    dynamodb: "DynamoDBClient"
    imports_table: str
    outbox: Outbox
    # The books of imports whose rows were all written: to add those up anew costs more, the larger they are.
    _written: dict[str, Books] = field(default_factory=dict)

    def total(self, imports: Sequence[ListedImport], in_time: Callable[[], bool]) -> int | None:
        """Returns how many mails these imports owe; None if there was no time to count them all.

        Of those of no import, the index itself is counted, up to a megabyte a list.
        """
        owed = 0
        for each in imports:
            if not in_time():
                return None
            of_none = each.import_id is None
            owed += self.outbox.count(*owed_lists(None)) if of_none else self._owed(str(each.import_id))
        return owed

    def _owed(self, import_id: str) -> int:
        written = self._written.get(import_id)
        first = MAIL_PARTS if written else " "
        books = books_of(read_parts(self.dynamodb, self.imports_table, import_id, first, consistent=False))
        if written:
            return written.with_mails_of(books).owed
        if books.read and books.written == books.accepted and not books.failed:
            self._written[import_id] = books
        return books.owed


def metrics_of(
    mail_round: MailRound, imports: Sequence[ListedImport], counts: OwedCounts, door: Door | None
) -> dict[MailMetric, float]:
    """Returns the metrics after a round; empty while all of them are zero.

    Args:
        mail_round: The round.
        imports: The imports that owe mails.
        counts: What counts those.
        door: The door after the round.
    """
    oldest, account = mail_round.due_sender.oldest, mail_round.account
    values: dict[MailMetric, float] = {
        MailMetric.OLDEST_SECONDS: max(0, time.time() - oldest) if oldest else 0,
        MailMetric.HELD: counts.outbox.count(MailState.HELD),
        MailMetric.UNDELIVERABLE: counts.outbox.count(MailState.UNDELIVERABLE),
        MailMetric.DOOR_SHUT: int(door is not None and door.kind.to_mend),
        MailMetric.QUOTA_USED: account.used_percent if account else 0,
    }
    # Last, as no alarm watches it, and it takes the longer, the more imports owe mails.
    owed = counts.total(imports, lambda: mail_round.seconds_left() >= REPORT_SECONDS)
    if owed is not None:
        values[MailMetric.OWED] = owed
    return values if any(values.values()) else {}
