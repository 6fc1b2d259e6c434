"""Wording that several operations share."""

from datetime import UTC, datetime


def count(number: int, noun: str, plural: str = "") -> str:
    """Returns `1 row`, `1,200 rows`; `plural` is for nouns that do not just take an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def to_second(iso: str) -> str:
    """Returns a time in UTC, as ISO 8601 has it, as `2026-01-31T12:00:00Z`."""
    return f"{iso[:19]}Z"


def stack_option(name: str | None) -> str:
    """Returns what to add to a command for this stack: ` --stack dev`; nothing for the only demo."""
    return f" --stack {name}" if name else ""


def moment(seconds: float) -> str:
    """Returns a time in Unix seconds as `2026-01-31T12:00:00Z`."""
    return datetime.fromtimestamp(round(seconds), UTC).isoformat().replace("+00:00", "Z")
