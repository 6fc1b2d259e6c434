"""Writes down a function's calls to AWS; Python loads this by itself in a process whose path leads here.

A line a call, `<operation> <entries> <bytes of messages> <write units>`, in a file of the process's own in
COUNTS. With DELAYS, seconds by operation as JSON, a call takes so much longer.
"""

import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

# Which parameter has the entries that a call is about.
_ENTRIES = ("TransactItems", "Statements", "Entries", "BulkEmailEntries")
# Write units a KB of an item:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
_UNITS = {
    "TransactWriteItems": 2,
    "BatchExecuteStatement": 1,
    "BatchWriteItem": 1,
    "PutItem": 1,
    "UpdateItem": 1,
}
_KB = 1024
_delays: Mapping[str, float] = json.loads(os.environ.get("DELAYS", "{}"))
_botocore: Any = BaseClient  # whose stubs do not know the method
_original = _botocore._make_api_call
_file = (Path(os.environ["COUNTS"]) / str(os.getpid())).open("a", buffering=1)


def _entries(params: Mapping[str, Any]) -> list[Any]:
    batches = [
        *params.get("RequestItems", {}).values(),
        *(params[name] for name in _ENTRIES if name in params),
    ]
    return [entry for batch in batches for entry in batch]


def _kilobytes(write: Mapping[str, Any]) -> int:
    """An item's begun kilobytes. Only a receipt, which holds a map, has more than one."""
    item = write.get("Put", {}).get("Item", {})
    return math.ceil(_bytes(item) / _KB) if any("M" in value for value in item.values()) else 1


def _bytes(attributes: Mapping[str, Any]) -> int:
    """An item's size.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    values = [(name, kind, value) for name, of in attributes.items() for kind, value in of.items()]
    return sum(
        len(name.encode()) + (3 + len(value) + _bytes(value) if kind == "M" else len(str(value).encode()))
        for name, kind, value in values
    )


def _counted(client: BaseClient, operation: str, params: Any) -> Any:
    entries = _entries(params)
    size = sum(len(entry["MessageBody"]) for entry in entries if "MessageBody" in entry)
    units = _UNITS[operation] * sum(map(_kilobytes, entries or [params])) if operation in _UNITS else 0
    if _delays:
        time.sleep(_delays[operation])
    _file.write(f"{operation} {len(entries) or 1} {size} {units}\n")
    return _original(client, operation, params)


_botocore._make_api_call = _counted
