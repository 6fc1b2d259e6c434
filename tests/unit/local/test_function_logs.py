"""Lambda's lines in a function's log, as the embedded AWS writes them."""

import json
from typing import Any

from local.function_logs import at_their_times, in_json

OWN = '{"level": "INFO", "message": "round"}'
TRACEBACK = """Traceback (most recent call last):
  File "handler.py", line 5, in handler
lambdas.aws.errors.SetUpError: chunks not written: no"""


def written(text: str, *, error: bool = False, log_format: str = "JSON") -> list[str]:
    lines: list[str] = []
    emit = in_json(lambda *call, **_: lines.extend(call[2].splitlines()))
    emit(
        {"config": {"LoggingConfig": {"LogFormat": log_format}}}, "request", text, error, 12, log_source=None
    )
    return lines


def parsed(line: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(line)
    return document


def test_a_report_follows_what_the_function_wrote() -> None:
    own, report = written(OWN)
    assert own == OWN
    assert parsed(report)["type"] == "platform.report"
    assert parsed(report)["record"] == {
        "requestId": "request",
        "status": "success",
        "metrics": {"durationMs": 12},
    }


def test_what_the_code_raised_is_one_line() -> None:
    own, raised, report = written(f"{OWN}\n{TRACEBACK}", error=True)
    assert own == OWN
    assert parsed(raised) == {
        "level": "ERROR",
        "errorType": "SetUpError",
        "errorMessage": "chunks not written: no",
        "requestId": "request",
    }
    assert parsed(report)["record"]["status"] == "error"


def test_an_error_without_a_message() -> None:
    _, raised, _ = written(f"{OWN}\nTraceback (most recent call last):\nKeyError", error=True)
    assert (parsed(raised)["errorType"], parsed(raised)["errorMessage"]) == ("KeyError", "")


def test_a_process_that_ended_has_a_report_alone() -> None:
    [report] = written("", error=True)
    assert parsed(report)["record"]["status"] == "failure"


def test_a_function_that_logs_text_is_left_alone() -> None:
    assert written(TRACEBACK, log_format="Text") == TRACEBACK.splitlines()


def test_a_line_of_a_handler_has_the_time_at_which_it_was_written() -> None:
    own = {"message": "read", "timestamp": "2026-01-31 12:00:00,250+0000", "function_request_id": "r"}
    lines = [json.dumps(own), json.dumps({"timestamp": "of another logger"}), "START"]
    stored: list[dict[str, Any]] = []
    at_their_times(lambda _, events: stored.extend(events))(
        None, [{"timestamp": 1, "message": line, "ingestionTime": 1} for line in lines]
    )
    assert [event["timestamp"] for event in stored] == [1_769_860_800_250, 1, 1]
    assert [(event["message"], event["ingestionTime"]) for event in stored] == [(line, 1) for line in lines]
