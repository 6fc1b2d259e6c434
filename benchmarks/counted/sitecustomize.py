"""Notes a function's calls to AWS; Python loads this by itself in a process whose path leads here.

A line a call, `<operation> <entries> <bytes of messages>`, in a file of the process's own in COUNTS.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

# Which parameter has the entries that a call is about.
_ENTRIES = ("TransactItems", "Entries", "BulkEmailEntries")
_botocore: Any = BaseClient  # whose stubs do not know the method
_really = _botocore._make_api_call
_file = (Path(os.environ["COUNTS"]) / str(os.getpid())).open("a", buffering=1)


def _entries(params: Mapping[str, Any]) -> list[Any]:
    batches = [
        *params.get("RequestItems", {}).values(),
        *(params[name] for name in _ENTRIES if name in params),
    ]
    return [entry for batch in batches for entry in batch]


def _counted(client: BaseClient, operation: str, params: Any) -> Any:
    entries = _entries(params)
    size = sum(len(entry["MessageBody"]) for entry in entries if "MessageBody" in entry)
    _file.write(f"{operation} {len(entries) or 1} {size}\n")
    return _really(client, operation, params)


_botocore._make_api_call = _counted
