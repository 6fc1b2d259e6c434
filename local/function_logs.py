"""What the emulator's Lambda writes into a function's log: what AWS's does where the function logs JSON.

MiniStack 1.5.33 writes its own lines as text whatever the function's log format is, and what the code raised
as Python's traceback, a line each; and all lines of an invocation as if they were written at its end.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

# The last line of a traceback: the error's type, with or without module, and its message.
_RAISED = re.compile(r"(?:[\w.]+\.)?([A-Z]\w*)(?:: (.*))?")
# A key of each line that Powertools' logger writes in a handler, and how it writes the time.
# https://docs.aws.amazon.com/powertools/python/latest/core/logger/
_POWERTOOLS, _POWERTOOLS_TIME = '"function_request_id"', "%Y-%m-%d %H:%M:%S,%f%z"
_TRACEBACK = "Traceback (most recent call last):"


def log_as_lambda_does() -> None:
    """Let functions that log JSON have Lambda's lines in JSON, too, and each line the time it was written."""
    from ministack.services import cloudwatch_logs, lambda_svc

    lambda_svc._emit_lambda_logs = in_json(lambda_svc._emit_lambda_logs)
    cloudwatch_logs._append_log_events = at_their_times(cloudwatch_logs._append_log_events)


def at_their_times(append: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """What stores events as `append` does, those that Powertools' logger wrote with the times they tell."""

    def store(stream: Any, events: Sequence[Mapping[str, Any]]) -> None:
        append(stream, [{**event, "timestamp": _written_at(event)} for event in events])

    return store


def _written_at(event: Mapping[str, Any]) -> int:
    """Returns when a line was written, in milliseconds; the event's time if it does not tell."""
    if _POWERTOOLS not in event["message"]:
        return int(event["timestamp"])
    told = datetime.strptime(json.loads(event["message"])["timestamp"], _POWERTOOLS_TIME)
    return round(told.timestamp() * 1000)


def in_json(emit: Callable[..., None]) -> Callable[..., None]:
    """What writes an invocation's log as `emit` does, with Lambda's lines as the function's are: in JSON."""

    def write(
        func: Mapping[str, Any], request_id: str, text: str, error: bool, duration: int, **more: Any
    ) -> None:
        config = func.get("config") or func
        if (config.get("LoggingConfig") or {}).get("LogFormat") == "JSON":
            text = "\n".join(_lines(text, request_id, error=error, duration=duration))
        emit(func, request_id, text, error, duration, **more)

    return write


def _lines(text: str, request_id: str, *, error: bool, duration: int) -> Iterator[str]:
    """Yields the function's lines, and Lambda's: the error, if the code raised one, and the report."""
    own, _, traceback = text.partition(_TRACEBACK)
    yield from own.splitlines()
    if raised := _RAISED.fullmatch(traceback.splitlines()[-1]) if traceback else None:
        # https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
        said = {"errorType": raised[1], "errorMessage": raised[2] or ""}
        yield json.dumps({"level": "ERROR", **said, "requestId": request_id})
    # https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
    status = ("error" if traceback else "failure") if error else "success"
    record = {"requestId": request_id, "status": status, "metrics": {"durationMs": duration}}
    yield json.dumps({"time": datetime.now(UTC).isoformat(), "type": "platform.report", "record": record})
