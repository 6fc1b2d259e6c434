"""Updates of the import ledger's items, as one call or a transaction takes them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..aws.dynamodb.outcomes import Item
from .import_entries import (
    IMPORT_ID,
    IMPORT_PART,
    OPEN,
    OPENINGS,
    PART,
    PROGRESS_AT,
    SETTLED_AT,
    STUCK_SINCE,
    SUMS,
    WAITS_FOR,
)
from .mail_entries import EXPIRES_AT

_OPENED: Item = {OPEN: {"S": OPEN}}
_ONCE: Item = {OPENINGS: {"N": "1"}}


def key_of(import_id: str, part: str) -> Item:
    """Returns the key of one of an import's items."""
    return {IMPORT_ID: {"S": import_id}, PART: {"S": part}}


def update_of(
    table: str,
    import_id: str,
    part: str,
    *,
    sets: Item | None = None,
    defaults: Item | None = None,
    removes: Collection[str] = (),
    adds: Item | None = None,
    deletes: Item | None = None,
) -> dict[str, Any]:
    """Returns an update of one of an import's items.

    Args:
        table: The ledger.
        import_id: The import.
        part: The item.
        sets: The attributes to write.
        defaults: Those to write that are not there.
        removes: The names of those to remove.
        adds: What to add to numbers and sets.
        deletes: What to take out of sets.
    """
    # Names by placeholder, for some are words that DynamoDB reserves.
    written = [f"#{n} = :{n}" for n in sets or ()]
    written += [f"#{n} = if_not_exists(#{n}, :{n})" for n in defaults or ()]
    clauses = {
        "SET": written,
        "REMOVE": [f"#{n}" for n in removes],
        "ADD": [f"#{n} :{n}" for n in adds or ()],
        "DELETE": [f"#{n} :{n}" for n in deletes or ()],
    }
    values = {**(sets or {}), **(defaults or {}), **(adds or {}), **(deletes or {})}
    update = {
        "TableName": table,
        "Key": key_of(import_id, part),
        "UpdateExpression": " ".join(f"{verb} {', '.join(of)}" for verb, of in clauses.items() if of),
        "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *removes)},
    }
    return update | (
        {"ExpressionAttributeValues": {f":{n}": value for n, value in values.items()}} if values else {}
    )


def reopening(table: str, import_id: str, expiry: int, *, rows: bool) -> dict[str, Any]:
    """Returns what opens an import's books again, before or together with what changes them.

    Args:
        table: The ledger.
        import_id: The import.
        expiry: When DynamoDB may delete the entry (Unix seconds).
        rows: Whether rows change that may be in the sums, so that all are to be summed anew.
    """
    removes = (SETTLED_AT, PROGRESS_AT, STUCK_SINCE, WAITS_FOR, *((SUMS,) if rows else ()))
    sets = {**_OPENED, EXPIRES_AT: {"N": str(expiry)}}
    return update_of(table, import_id, IMPORT_PART, sets=sets, removes=removes, adds=_ONCE)


def finishing(table: str, import_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what enters that an import was read, with these values.

    It opens the books, too: where another attempt has ended before, they may be settled, by its values.
    """
    return update_of(table, import_id, IMPORT_PART, sets={**_OPENED, **values}, adds=_ONCE)


def number_set(lines: Iterable[int]) -> Item:
    """Returns lines as a set."""
    return {"NS": sorted({str(line) for line in lines})}


def lines_in(item: Item, name: str) -> set[int]:
    """Returns the lines of one of a chunk's sets."""
    return set(map(int, item[name]["NS"])) if name in item else set()
