"""What stands in the import ledger, and under which keys. How it comes there: `import_ledger.py`.

One table, keyed by `import_id` and `part`:
- part "import": the object, its status, its counts read, accepted, rejected, and while several invocations
  read it, which of them is at it and where it began (continuation, checkpoint); whether it is open, and what
  the bookkeeper (lambdas/bookkeeper/) has summed, settled and published;
- part "chunk#00000001": how many rows that chunk has, and its lines that were created, duplicates, or failed,
  as sets: writing the same chunk again, whole or in part, changes nothing that is not new;
- part "error#insert_records" and the like: the last error that the function met in the import;
- part "mail#0" to "mail#9": counters of the mails that ended, by how, which change only in one
  transaction with the mail ledger. There are ten, lest every mail of an import wait for one item;
- part "_summary": the report summary.json, as reading the file left it.

Besides, under the id "_components", what the components that share the ledger say of their functions.
"""

from enum import StrEnum

from .mail_entries import ENDS

IMPORT_ID, PART = "import_id", "part"
# An index finds an object's imports, in the order in which they started. Only the part "import" is in it.
KEY_INDEX = "by_key"
KEY, STARTED_AT = "key", "started_at"
# How the file is read, so that a repetition reads it, and cuts it, as the first attempt did.
ROWS_PER_CHUNK, READ_OPTIONS = "rows_per_chunk", "read_options"
# Which continuation an import has come to, where that begins, and which attempt at it was the first.
CONTINUATION, CHECKPOINT, ATTEMPT = "continuation", "checkpoint", "attempt"
# That another attempt followed the first, so that none may end the import early; that one has ended it.
REPEATED, ENDED_EARLY = "repeated", "ended_early"

# Who uploaded the object, as far as the event names anyone.
UPLOADED_BY = "uploaded_by"

# An index finds the imports that are open: `open` stands in the part "import" until its books are settled and
# that is published. Whoever changes books that may be settled opens them again, which counts.
OPEN_INDEX = "by_open"
OPEN, OPENINGS = "open", "openings"
# When its books were settled; how often they were; and which of those times was published last.
SETTLED_AT, REVISION, PUBLISHED = "settled_at", "revision", "published"
# What was settled last: the time, and the counts. It stands, too, when the books are opened again.
SETTLEMENT = "settlement"
# What the bookkeeper saw last: all counts, and of them the sums of the first chunks, not to be read again.
COUNTS, SUMS = "counts", "sums"
PROGRESS_AT, STUCK_SINCE, WAITS_FOR = "progress_at", "stuck_since", "waits_for"

IMPORT_PART = "import"
CHUNK_PARTS = "chunk#"
ERROR_PARTS = "error#"
MAIL_PARTS = "mail#"
SUMMARY_PART = "_summary"  # before all others, for it is large, and the bookkeeper reads on from a chunk
# Of a chunk: its rows. Of an error: its class, which names no value, and when. Of the summary: its JSON.
ROWS, ERROR_CLASS, AT, JSON_TEXT = "rows", "class", "at", "json"
# The class of an error where mails wait for SES's daily quota.
QUOTA = "quota"
MAIL_COUNTERS = 10
# By these parts, followed by a function's name: that it mails every record that is created; that it replaces
# records, of which none is known to be created.
COMPONENTS = "_components"
MAILING_PARTS, REPLACING_PARTS = "mailing#", "replacing#"

ROW_COUNTS = ("read", "accepted", "rejected")
CREATED, DUPLICATES, FAILED = "created", "duplicates", "failed"
MAIL_COUNTS = ENDS


class ImportStatus(StrEnum):
    """How far the reading of an upload has come."""

    READING = "reading"
    DONE = "done"
    REJECTED = "rejected"


def chunk_part(number: int) -> str:
    """Returns the sort key of a chunk's entry."""
    return f"{CHUNK_PARTS}{number:08d}"


def error_part(function: str) -> str:
    """Returns the sort key of the last error of a function."""
    return ERROR_PARTS + function


def mail_part(counter: int) -> str:
    """Returns the sort key of one of the mail counters, which count from 0."""
    return f"{MAIL_PARTS}{counter}"
