"""One chunk, from the queue to records in the table and its entry in the import ledger."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.dynamodb.outcomes import ItemExists, ItemRefused
from ..aws.sqs import Message, send
from ..aws.tries import FIXED_TRIES, Tries
from ..core.chunk import Chunk, ChunkError, Row, parse_chunk
from ..core.clock import now
from ..core.import_entries import CREATED, DUPLICATES, FAILED
from ..core.import_ledger import ImportLedger
from ..core.record import Records, records_of
from .writer import Find, Write

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Counts:
    """What became of a chunk's rows."""

    created: int = 0
    duplicates: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Inserter:
    """Writes chunks to a table. Every call may be repeated: the outcome stays the same."""

    sqs: "SQSClient"
    ledger: ImportLedger
    write: Write
    find: Find
    key: str
    dead_letter_queue_url: str
    last_wins: bool

    def insert(self, body: str, tries: Tries = FIXED_TRIES) -> Counts:
        """Write the chunk in this message; rows that can never be written go to the dead-letter queue.

        Args:
            body: The message.
            tries: How often writes that are put off are made again. Default: a few times.
        """
        chunk = self._chunk(body)
        if chunk is None:
            return Counts()
        rows = self._records(chunk)
        outcomes = list(zip(rows.records, self.write(rows.records, tries), strict=True))
        reasons = dict(rows.unusable)
        reasons |= {r.line: outcome.reason for r, outcome in outcomes if isinstance(outcome, ItemRefused)}
        # With a record that was refused go the rows that it stood for: by itself, one may be written.
        reasons |= {
            line: f"the key is line {winner}'s, too, which was not written"
            for line, winner in rows.repeated.items()
            if winner in reasons
        }
        duplicates = [r.line for r, outcome in outcomes if isinstance(outcome, ItemExists)]
        duplicates += [line for line in rows.repeated if line not in reasons]
        self._dead_letter(chunk, reasons)
        ended = {*reasons, *duplicates}
        created = [line for line, _ in chunk.rows if line not in ended]
        self._record(chunk, created, duplicates, list(reasons))
        return Counts(len(created), len(duplicates), len(reasons))

    def give_up(self, body: str, reason: str) -> None:
        """Dead-letter a message that could not be handled and will not be delivered again.

        An attempt may have written some of its rows before it failed. Those are created, and not sent along.
        """
        chunk = self._chunk(body)
        if chunk is None:
            return
        rows = self._records(chunk)
        created = self.find(rows.records)
        duplicates = [line for line, winner in rows.repeated.items() if winner in created]
        rest = [row for row in chunk.rows if row[0] not in {*created, *duplicates}]
        if rest:
            left = Chunk(chunk.import_id, chunk.number, rest).dump() if created else body
            send(self.sqs, self.dead_letter_queue_url, [Message(left, reason)])
        self._record(chunk, created, duplicates, [line for line, _ in rest])

    def _records(self, chunk: Chunk) -> Records:
        return records_of(chunk, self.key, now(), last_wins=self.last_wins)

    def _chunk(self, body: str) -> Chunk | None:
        """Returns the chunk in this message; a message that is none goes to the dead-letter queue at once."""
        try:
            return parse_chunk(body)
        except ChunkError as error:
            send(self.sqs, self.dead_letter_queue_url, [Message(body, str(error))])
            return None

    def _dead_letter(self, chunk: Chunk, reasons: dict[int, str]) -> None:
        failed: list[Row] = [row for row in chunk.rows if row[0] in reasons]
        messages = [
            Message(Chunk(chunk.import_id, chunk.number, [row]).dump(), reasons[row[0]]) for row in failed
        ]
        send(self.sqs, self.dead_letter_queue_url, messages)

    def _record(self, chunk: Chunk, created: list[int], duplicates: list[int], failed: list[int]) -> None:
        lines = {CREATED: created, DUPLICATES: duplicates, FAILED: failed}
        self.ledger.record_chunk(chunk.import_id, chunk.number, lines)
