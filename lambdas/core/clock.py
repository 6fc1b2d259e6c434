"""The time, as the ledgers and records write it."""

from datetime import UTC, datetime


def now() -> str:
    """Returns the time in UTC as ISO 8601 to the millisecond, which also sorts."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_between(first: str, last: str) -> float:
    """Returns the seconds from one such time to another."""
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
