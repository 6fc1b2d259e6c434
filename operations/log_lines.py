"""A line of a function's log: what our handlers say, and what Lambda says where an invocation failed."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

# What Lambda says of an invocation, where a function logs JSON; of interest where that did not succeed.
# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
_PLATFORM, _REPORT, _SUCCESS = "platform.", "platform.report", "success"
# The same where it logs text: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
_PLATFORM_TEXT = re.compile(r"(INIT_START|START|END|REPORT)\b")
_METRICS = "_aws"  # of the embedded metric format
# What is in each line of our handlers, and says nothing of what happened.
_EVERYWHERE = frozenset(
    {
        "cold_start",
        "function_arn",
        "function_memory_size",
        "function_name",
        "function_request_id",
        "import",
        "level",
        "location",
        "message",
        "requestId",
        "sampling_rate",
        "service",
        "timestamp",
        "xray_trace_id",
    }
)


@dataclass(frozen=True)
class LogLine:
    """A line of a function's log.

    Attributes:
        at: When, in Unix seconds.
        function: What the stack's outputs call the function.
        level: INFO, WARNING, ERROR and so on.
        message: What it says.
        import_id: The import that it names.
        request: The invocation that it is of; empty if it does not say.
        details: What else it says, by name.
    """

    at: float
    function: str
    level: str
    message: str
    import_id: str | None = None
    request: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Returns the line in the output of `--json`."""
        values = asdict(self)
        at = datetime.fromtimestamp(values.pop("at"), UTC).isoformat(timespec="milliseconds")
        return {"at": at.replace("+00:00", "Z"), "import": values.pop("import_id"), **values}


def parse_line(at: float, function: str, text: str) -> LogLine | None:
    """Returns what a line says; None if that is nothing to read, such as of an invocation that went well.

    Args:
        at: When it was written, in Unix seconds.
        function: What the stack's outputs call the function.
        text: The line.
    """
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if not isinstance(line, dict):  # such as what a library prints
        ours = text.strip() and not _PLATFORM_TEXT.match(text)
        return LogLine(at, function, "INFO", text.strip()) if ours else None
    if str(line.get("type", "")).startswith(_PLATFORM):
        return _of_platform(at, function, line)
    if _METRICS in line:
        return None
    return LogLine(
        at=at,
        function=function,
        level=str(line.get("level", "INFO")),
        message=_message(line),
        import_id=line.get("import"),
        request=str(line.get("function_request_id") or line.get("requestId") or ""),
        details={name: value for name, value in line.items() if name not in _EVERYWHERE},
    )


def _of_platform(at: float, function: str, line: Mapping[str, Any]) -> LogLine | None:
    record = line.get("record", {})
    if line["type"] != _REPORT or record.get("status") == _SUCCESS:
        return None
    message = f"the invocation ended by {record.get('status')}"
    details = record.get("metrics", {})
    return LogLine(at, function, "ERROR", message, request=record.get("requestId", ""), details=details)


def _message(line: Mapping[str, Any]) -> str:
    """Returns what our handler says, or what Lambda says of what the handler raised."""
    raised = ": ".join(str(line[name]) for name in ("errorType", "errorMessage") if line.get(name))
    return str(line.get("message") or raised)
