"""What stands in the import ledger, and under which keys. How it comes there: `import_ledger.py`.

One table, keyed by `import_id` and `part`:
- part "import": the object, its status, its counts read, accepted, rejected, and while several invocations
  read it, which of them is at it and where it began (continuation, checkpoint);
- part "chunk#00000001": the lines of that chunk that were created, duplicates, or failed, as sets: writing
  the same chunk again, whole or in part, changes nothing that is not new;
- part "mail#0" to "mail#9": counters of mailed, undeliverable and held, which change only in one
  transaction with the mail ledger. There are ten, lest every mail of an import wait for one item.
"""

from enum import StrEnum

from .mail_entries import MailState

IMPORT_ID, PART = "import_id", "part"
# An index finds an object's imports, in the order in which they started. Only the part "import" is in it.
KEY_INDEX = "by_key"
KEY, STARTED_AT = "key", "started_at"
ROWS_PER_CHUNK = "rows_per_chunk"
# Which continuation an import has come to, where that begins, and which attempt at it was the first.
CONTINUATION, CHECKPOINT, ATTEMPT = "continuation", "checkpoint", "attempt"
# That another attempt followed the first, so that none may end the import early; that one has ended it.
REPEATED, ENDED_EARLY = "repeated", "ended_early"

IMPORT_PART = "import"
CHUNK_PARTS = "chunk#"
MAIL_PARTS = "mail#"
MAIL_COUNTERS = 10

ROW_COUNTS = ("read", "accepted", "rejected")
CREATED, DUPLICATES, FAILED = "created", "duplicates", "failed"
MAIL_COUNTS = (MailState.MAILED, MailState.UNDELIVERABLE, MailState.HELD)


class ImportStatus(StrEnum):
    """How far the reading of an upload has come."""

    READING = "reading"
    DONE = "done"
    REJECTED = "rejected"


def chunk_part(number: int) -> str:
    """Returns the sort key of a chunk's entry."""
    return f"{CHUNK_PARTS}{number:08d}"


def mail_part(counter: int) -> str:
    """Returns the sort key of one of the mail counters, which count from 0."""
    return f"{MAIL_PARTS}{counter}"
