"""What there is to read of a line of a log, as our handlers, Lambda and the emulator write them."""

import json
from typing import Any

import pytest

from operations.log_lines import LogLine, parse_line

NOON = 1_800_000_000.0
EVERYWHERE = {
    "location": "handler:1",
    "timestamp": "2027-01-15 08:00:00,000+0000",
    "service": "service_undefined",
    "cold_start": True,
    "function_name": "f",
    "function_memory_size": 128,
    "function_arn": "arn",
    "function_request_id": "r",
}


def parsed(line: Any) -> LogLine | None:
    return parse_line(NOON, "process_csv", line if isinstance(line, str) else json.dumps(line))


def test_a_handlers_line_is_what_happened_and_of_which_import() -> None:
    line = {"level": "INFO", "message": "import read", "import": "an id", "read": 2, **EVERYWHERE}
    assert parsed(line) == LogLine(NOON, "process_csv", "INFO", "import read", "an id", "r", {"read": 2})


def test_what_a_handler_raised_is_told_by_lambda() -> None:
    raised = {"level": "ERROR", "errorType": "KeyError", "errorMessage": "'x'", "requestId": "r"}
    line = parsed(raised)
    assert line
    assert (line.message, line.request, line.level) == ("KeyError: 'x'", "r", "ERROR")


@pytest.mark.parametrize("status", ["timeout", "failure", "error"])
def test_an_invocation_that_did_not_succeed_is_an_error(status: str) -> None:
    record = {"requestId": "r", "status": status, "metrics": {"durationMs": 9}}
    line = parsed({"type": "platform.report", "record": record})
    assert line == LogLine(
        NOON, "process_csv", "ERROR", f"the invocation ended by {status}", None, "r", {"durationMs": 9}
    )


@pytest.mark.parametrize(
    "line",
    [
        {"type": "platform.report", "record": {"requestId": "r", "status": "success"}},
        {"type": "platform.start", "record": {"requestId": "r"}},
        {"type": "platform.initStart", "record": {}},
        {"_aws": {"CloudWatchMetrics": []}, "OpenImports": 3},
        "START RequestId: r Version: $LATEST",
        "END RequestId: r",
        "REPORT RequestId: r\tDuration: 3 ms",
        "INIT_START Runtime Version: python:3.13",
        " \n",
    ],
)
def test_what_says_nothing_of_a_failure_is_left_out(line: Any) -> None:
    assert parsed(line) is None


@pytest.mark.parametrize("text", ["ended by a library", "[1]", '"text"'])
def test_what_is_no_object_is_shown_as_it_is(text: str) -> None:
    assert parsed(f"{text}\n") == LogLine(NOON, "process_csv", "INFO", text)


def test_as_json_it_has_everything_under_fixed_names() -> None:
    line = LogLine(NOON + 0.25, "f", "INFO", "said", "an id", "r", {"at": 1, "stack": ["x"]})
    assert line.as_json() == {
        "at": "2027-01-15T08:00:00.250Z",
        "import": "an id",
        "function": "f",
        "level": "INFO",
        "message": "said",
        "request": "r",
        "details": {"at": 1, "stack": ["x"]},
    }
