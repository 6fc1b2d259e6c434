"""Stripe has one column for the whole name; records have two."""

from typing import Any


def transform_row(row: dict[str, Any]) -> dict[str, Any] | str:
    """The last word is the last name, a single one the first; `Lovelace, Ada` is taken as it is meant."""
    last, comma, first = (row["name"] or "").partition(",")
    if not comma:
        first, _, last = last.strip().rpartition(" ")
    first, last = first.strip(), last.strip()
    if not (first or last):
        return "no name"
    return row | {"name": None, "first_name": first or last, "last_name": last if first else None}
