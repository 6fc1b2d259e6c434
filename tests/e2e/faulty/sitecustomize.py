"""Makes a function's calls to AWS fail; Python loads this by itself in a process whose path leads here.

A fault is a ticket, a file `<operation>.<kind>.<number>` in the folder that FAULTS names. The call that
removes it suffers it, so that each happens once, in whichever process, and the faults end. Time flies, too:
what a function puts off for minutes comes again after a second.
"""

import io
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.response import StreamingBody

Call = Callable[[Any], Any]

_FOLDER = Path(os.environ["FAULTS"])
_SECONDS = 1  # that pass for what a function puts off
_SLOW_SECONDS = 2.5
_STATUSES = {
    "rejected": "MESSAGE_REJECTED",
    "transient": "TRANSIENT_FAILURE",
    "rate": "ACCOUNT_THROTTLED",
    "quota": "ACCOUNT_DAILY_QUOTA_EXCEEDED",
    "paused": "ACCOUNT_SENDING_PAUSED",
}
_botocore: Any = BaseClient  # whose stubs do not know the method
_really = _botocore._make_api_call


def _faulty(client: BaseClient, operation: str, params: Any) -> Any:
    def carry_out(these: Any) -> Any:
        return _really(client, operation, {**these})  # botocore changes what it is given

    for entry in params.get("Entries", []):
        for name in ("DelaySeconds", "VisibilityTimeout"):
            if name in entry:
                entry[name] = min(max(entry[name], 0), _SECONDS)
    kind = _ticket(operation)
    return _suffer(kind, operation, carry_out, params) if kind else carry_out(params)


def _ticket(operation: str) -> str | None:
    """What happens to this call, if anything is to."""
    tickets = list(_FOLDER.glob(f"{operation}.*"))
    random.shuffle(tickets)
    for ticket in tickets:
        try:
            ticket.unlink()
        except FileNotFoundError:  # another call was faster
            continue
        return ticket.name.split(".")[1]
    return None


def _suffer(kind: str, operation: str, carry_out: Call, params: Any) -> Any:
    if kind in _STATUSES:
        return _answered(_STATUSES[kind], carry_out, params)
    return _KINDS[kind](operation, carry_out, params)


def _killed_before(_operation: str, _carry_out: Call, _params: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed_after(_operation: str, carry_out: Call, params: Any) -> Any:
    carry_out(params)
    os.kill(os.getpid(), signal.SIGKILL)


def _slow_before(_operation: str, carry_out: Call, params: Any) -> Any:
    time.sleep(_SLOW_SECONDS)
    return carry_out(params)


def _slow_after(_operation: str, carry_out: Call, params: Any) -> Any:
    answer = carry_out(params)
    time.sleep(_SLOW_SECONDS)
    return answer


def _lost(_operation: str, carry_out: Call, params: Any) -> Any:
    carry_out(params)
    raise ReadTimeoutError(endpoint_url="of the test")


def _twice(_operation: str, carry_out: Call, params: Any) -> Any:
    """The answer was lost, and botocore called again."""
    carry_out(params)
    return carry_out(params)


def _throttled(operation: str, _carry_out: Call, _params: Any) -> Any:
    raise _error(operation, "ThrottlingException")


def _conflict(operation: str, _carry_out: Call, params: Any) -> Any:
    """Another transaction is at one of the items."""
    reasons = [{"Code": "None"} for _ in params["TransactItems"]]
    reasons[0] = {"Code": "TransactionConflict"}
    raise _error(operation, "TransactionCanceledException", CancellationReasons=reasons)


def _broken(_operation: str, carry_out: Call, params: Any) -> Any:
    """The object's bytes break off."""
    answer = carry_out(params)
    part = answer["Body"].read(answer["ContentLength"] // 2)
    return {**answer, "Body": StreamingBody(io.BytesIO(part), answer["ContentLength"])}


def _partial(operation: str, carry_out: Call, params: Any) -> Any:
    """Every other entry is not taken."""
    if operation == "BatchWriteItem":
        [(table, requests)] = params["RequestItems"].items()
        if requests[1:]:
            carry_out({"RequestItems": {table: requests[1::2]}})
        return {"UnprocessedItems": {table: requests[::2]}}
    if operation == "BatchExecuteStatement":
        statements = params["Statements"]
        done = iter(carry_out({"Statements": statements[1::2]})["Responses"] if statements[1:] else [])
        off = {"Error": {"Code": "ThrottlingError", "Message": "of the test"}}
        return {"Responses": [next(done) if n % 2 else off for n in range(len(statements))]}
    entries = params["Entries"]
    answer = carry_out({**params, "Entries": entries[1::2]}) if entries[1:] else {}
    failed = [{"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"} for entry in entries[::2]]
    return {**answer, "Failed": failed}


def _answered(status: str, carry_out: Call, params: Any) -> Any:
    """Every other recipient is answered with this status."""
    entries = params["BulkEmailEntries"]
    taken = carry_out({**params, "BulkEmailEntries": entries[1::2]}) if entries[1:] else {}
    results = iter(taken.get("BulkEmailEntryResults", []))
    return {
        "BulkEmailEntryResults": [
            next(results) if n % 2 else {"Status": status, "Error": "of the test"}
            for n in range(len(entries))
        ]
    }


def _error(operation: str, code: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "of the test"}, **more}
    response["ResponseMetadata"] = {"HTTPStatusCode": 400}
    return ClientError(response, operation)


_KINDS: dict[str, Callable[[str, Call, Any], Any]] = {
    "killed_before": _killed_before,
    "killed_after": _killed_after,
    "slow_before": _slow_before,
    "slow_after": _slow_after,
    "lost": _lost,
    "twice": _twice,
    "throttled": _throttled,
    "conflict": _conflict,
    "broken": _broken,
    "partial": _partial,
}

_botocore._make_api_call = _faulty
