"""What the bookkeeper costs: of an import while it runs, of one that stays open, and while nothing is open.

tests/unit/operations/test_bookkeeper_cost.py holds the units against those that its calls take.
"""

import math

from .load import Load
from .prices import EVENT

_ROWS_A_CHUNK = 100
# A chunk's entry of a hundred lines of seven digits. A consistent read takes a unit for every 4 KB:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
_CHUNK_BYTES, _UNIT_BYTES = 680, 4096
# Chunks that are written out of turn are read by several looks, most by two.
_TIMES_READ = 2
# A look: who mails (not consistent), the entry, the rest of its last unit of chunks, and the counters; then
# the entry is written, in the table and in the index that has all of it.
_LOOK_READS, _LOOK_WRITES = 2.5, 2
# Of an import whose rows have as many kinds of faults as the entry tells of, each with as long a reason.
LARGEST_ENTRY_KB = 8
# To settle: entry and ten counters in a transaction, the summary; the entry twice, and out of the index.
_SETTLE_READS, _SETTLE_WRITES = 2 * 11 + 1, 2 * 2 + 1
# What other functions write for it: the entry's place in the index, and the summary.
_ENTERED_WRITES = 2
LOOKS_A_MINUTE = 1
_MINUTES_A_DAY, _DAYS_A_MONTH = 24 * 60, 30
_LOOK_SECONDS, _IDLE_SECONDS, _GB = 0.1, 0.05, 0.25  # estimates
# To look for open imports: a query of the index that finds none, not consistent.
_QUERY_READS = 0.5


def import_load(rows: int, minutes: int) -> Load:
    """Returns what the bookkeeper makes AWS do for an import of so many rows that takes so many minutes.

    Its mails aside: a minute in which some leave is one of a look.
    """
    chunks = math.ceil(rows / _ROWS_A_CHUNK)
    return Load(
        read_units=minutes * _LOOK_READS + _TIMES_READ * _units_of(chunks) + _SETTLE_READS,
        write_units=minutes * _LOOK_WRITES + _SETTLE_WRITES + _ENTERED_WRITES,
        gb_seconds=minutes * _LOOK_SECONDS * _GB,
        s3_gets=1,
        s3_puts=1,
    )


def open_day_load(unsummed_rows: int = 0, entry_kb: int = 1) -> Load:
    """Returns what a day takes for an import that stays open, and of which each minute a mail ends.

    Args:
        unsummed_rows: Of an import whose first rows were never written, those behind them, which are read
            each minute.
        entry_kb: How large its entry is, in KB.
    """
    reads = _LOOK_READS + _units_of(math.ceil(unsummed_rows / _ROWS_A_CHUNK)) + (entry_kb - 1) // 4
    minutes = _MINUTES_A_DAY
    return Load(
        read_units=minutes * reads,
        write_units=minutes * _LOOK_WRITES * entry_kb,
        gb_seconds=minutes * _LOOK_SECONDS * _GB,
    )


def idle_month_load() -> Load:
    """Returns what a month takes in which nothing is open."""
    minutes = _MINUTES_A_DAY * _DAYS_A_MONTH
    return Load(
        read_units=minutes * _QUERY_READS,
        invocations=minutes,
        gb_seconds=minutes * _IDLE_SECONDS * _GB,
    )


def bookkeeper_dollars(rows: int) -> dict[str, float]:
    """Returns what it costs, by what; for an import of so many rows, too."""
    import_dollars = sum(import_load(rows, minutes=60).dollars().values()) + EVENT
    return {
        f"An import of {rows:,} rows in an hour": import_dollars,
        "Each day that an import stays open": sum(open_day_load().dollars().values()),
        "The same, its entry as large as it gets": sum(
            open_day_load(entry_kb=LARGEST_ENTRY_KB).dollars().values()
        ),
        "The same, its first rows never written": sum(open_day_load(rows).dollars().values()),
        "A month with nothing open": sum(idle_month_load().dollars().values()),
    }


def _units_of(chunks: int) -> int:
    return math.ceil(chunks * _CHUNK_BYTES / _UNIT_BYTES)
