"""What an import that is open waits for, in words."""

from collections.abc import Iterable

from ..aws.dynamodb.outcomes import Item
from .books import Books
from .clock import seconds_between
from .import_entries import AT, ERROR_CLASS, ERROR_PARTS, PART, QUOTA

# That mails wait for a quota is noted every ten minutes while they do; clocks and rounds differ.
_QUOTA_SECONDS = 30 * 60


def waits_for(books: Books, *, read_to_the_end: bool, quota: bool) -> str:
    """Returns what an import waits for.

    Args:
        books: Its counts.
        read_to_the_end: Whether reading its file has ended.
        quota: Whether its mails are known to wait for SES's daily quota.
    """
    if not read_to_the_end:
        return "its file to be read to the end"
    if not books.rows_ended:
        return f"rows to be written: {books.accepted - books.written:,}"
    return f"mails to leave: {books.owed:,}" + (", by SES's daily quota" if quota else "")


def waits_for_quota(items: Iterable[Item], now: str) -> bool:
    """Whether a round said lately, in an import's items, that mails of it wait for SES's daily quota."""
    return any(
        item[ERROR_CLASS]["S"] == QUOTA and seconds_between(item[AT]["S"], now) < _QUOTA_SECONDS
        for item in items
        if item[PART]["S"].startswith(ERROR_PARTS)
    )
