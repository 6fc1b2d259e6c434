"""Wording that several operations share."""


def count(number: int, noun: str) -> str:
    """Returns `1 row`, `1,200 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
