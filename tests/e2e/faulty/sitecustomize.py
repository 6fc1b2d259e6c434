"""Makes a function's calls to AWS fail; Python loads this by itself in a process whose path leads here.

A fault is a ticket, a file `<operation>.<kind>.<number>` in the folder that FAULTS names. The call that
removes it suffers it, so that each happens once, in whichever process, and the faults end. Time flies, too:
what a function puts off for minutes, or holds for so long, it puts off or holds for a second.
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
_LONGEST = 6 * 60 * 60  # that it does; what is later is when an entry expires
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

    params = _hastened(params)
    ticket = _ticket(operation)
    return _suffer(ticket, operation, carry_out, params) if ticket else carry_out(params)


def _hastened(value: Any) -> Any:
    """The same, but with each of DynamoDB's numbers that is a time to come soon in its place."""
    if isinstance(value, dict):
        if value.keys() == {"N"} and _SECONDS < float(value["N"]) - time.time() < _LONGEST:
            return {"N": f"{time.time() + _SECONDS:.3f}"}
        return {name: _hastened(each) for name, each in value.items()}
    return [_hastened(each) for each in value] if isinstance(value, list) else value


def _ticket(operation: str) -> Path | None:
    """The ticket of what happens to this call, if anything is to; it is removed."""
    tickets = list(_FOLDER.glob(f"{operation}.*"))
    random.shuffle(tickets)
    for ticket in tickets:
        try:
            ticket.unlink()
        except FileNotFoundError:  # another call was faster
            continue
        return ticket
    return None


def _suffer(ticket: Path, operation: str, carry_out: Call, params: Any) -> Any:
    kind = ticket.name.split(".")[1]
    if kind not in _STATUSES:
        return _KINDS[kind](operation, carry_out, params)
    try:
        return _answered(_STATUSES[kind], carry_out, params)
    except ClientError:  # the emulator refused the whole call, so that none of its mails was answered
        ticket.touch()
        raise


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
