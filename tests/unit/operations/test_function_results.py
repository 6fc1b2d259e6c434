"""How a function's last invocations ended, in lines as Lambda and our handlers write them, and in metrics."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.function_results import Counts, Outcome, outcome_of, read_counts, read_outcome

from ..helpers.answers import Answers, Refused

NOON = 1_800_000_000.0
DENIED = "ClientError AccessDeniedException (not allowed: dynamodb:PartiQLInsert)"


def report(request: str, status: str = "success") -> dict[str, Any]:
    return {"type": "platform.report", "record": {"requestId": request, "status": status}}


def logged(request: str, error: str = DENIED) -> dict[str, Any]:
    """Our handlers' line."""
    return {"level": "ERROR", "error": error, "function_request_id": request}


def raised(request: str, message: str, kind: str = "ClientError") -> dict[str, Any]:
    """Lambda's line."""
    return {"level": "ERROR", "errorType": kind, "errorMessage": message, "requestId": request}


def outcome(*lines: Mapping[str, Any]) -> Outcome:
    """Of lines that come a minute after each other."""
    return outcome_of((NOON + 60 * n, line) for n, line in enumerate(lines))


def test_a_log_without_invocations() -> None:
    assert outcome() == outcome(logged("a")) == Outcome(failed=False, at=0)


def test_a_success_after_an_error() -> None:
    found = outcome(logged("a"), report("a", "error"), report("b"))
    assert found == Outcome(failed=False, at=NOON + 120)


def test_the_last_error_and_since_when_there_is_nothing_else() -> None:
    found = outcome(
        report("a", "error"), report("b"), report("c", "error"), logged("d"), report("d", "error")
    )
    assert found == Outcome(True, NOON + 240, DENIED, NOON + 120)


def test_our_line_of_an_error_is_more_than_lambdas() -> None:
    assert outcome(logged("a"), raised("a", "x", "SetUpError"), report("a", "error")).error == DENIED


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("'ada@example.com'", "KeyError"),
        ("An error occurred (ThrottlingException) when calling the Query operation: no", "ClientError"),
        ("is not authorized to perform: dynamodb:Query on resource: x", "ClientError"),
    ],
)
def test_of_what_the_code_raised_no_values_are_told(message: str, kind: str) -> None:
    error = outcome(raised("a", message, kind), report("a", "error")).error
    told = {
        "KeyError": "KeyError",
        "ClientError": "ClientError (not allowed: dynamodb:Query)"
        if "authorized" in message
        else "ClientError ThrottlingException",
    }
    assert error == told[kind]


@pytest.mark.parametrize("status", ["timeout", "failure"])
def test_what_ended_without_a_line_is_told_by_its_status(status: str) -> None:
    assert outcome(report("a", status)).error == status


def a_round(sent: int, taken: int) -> dict[str, Any]:
    return {"message": "round", "sent": sent, "taken": taken}


@pytest.mark.parametrize(
    ("rounds", "takes_none"),
    [
        ([], False),
        ([(0, 0)], False),
        ([(5, 0)], True),
        ([(5, 0), (0, 0)], True),
        ([(5, 0), (5, 1)], False),
    ],
)
def test_what_ses_takes_of_rounds(rounds: list[tuple[int, int]], takes_none: bool) -> None:
    found = outcome(a_round(9, 9), *(a_round(*of) for of in rounds), report("a"))
    assert found.ses_takes_none(NOON + 1) is takes_none
    assert not found.ses_takes_none(NOON)


def test_a_log_is_read_to_its_end_and_not_every_line_is_ours() -> None:
    lines = [["no JSON", "[1]", json.dumps(logged("a"))], [json.dumps(report("a", "error"))]]

    def answer(request: Mapping[str, Any]) -> Any:
        page = int(request.get("nextToken", 0))
        events = [{"timestamp": int(NOON * 1000), "message": text} for text in lines[page]]
        return {"events": events, **({"nextToken": "1"} if page == 0 else {})}

    answers = Answers({"logs.FilterLogEvents": answer})
    assert read_outcome(answers.client("logs"), "group") == Outcome(True, NOON, DENIED, NOON)


def test_a_log_group_that_is_gone_has_no_invocations() -> None:
    answers = Answers({"logs.FilterLogEvents": Refused("ResourceNotFoundException")})
    assert not read_outcome(answers.client("logs"), "group").at


def counts(invocations: list[float], errors: list[float]) -> Counts:
    """Of minutes, the last one first."""
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def answer(request: Mapping[str, Any]) -> Any:
        series = {"Invocations": invocations, "Errors": errors}
        results = []
        for query in request["MetricDataQueries"]:
            metric = query["MetricStat"]["Metric"]
            assert (metric["Namespace"], query["MetricStat"]["Stat"]) == ("AWS/Lambda", "Sum")
            assert [each["Name"] for each in metric["Dimensions"]] == ["FunctionName"]
            of_one = metric["Dimensions"][0]["Value"] == "one"
            values = series[metric["MetricName"]] if of_one else []
            times = [now - timedelta(minutes=n) for n, _ in enumerate(values)]
            results.append({"Id": query["Id"], "Timestamps": times, "Values": values})
        return {"MetricDataResults": results}

    found = read_counts(Answers({"cloudwatch.GetMetricData": answer}).client("cloudwatch"), ["other", "one"])
    assert found["other"] == Counts()
    return found["one"]


@pytest.mark.parametrize(
    ("invocations", "errors", "expected"),
    [
        ([], [], Counts()),
        ([3, 2], [0, 2], Counts(5, 2)),
        ([0, 2], [0, 1], Counts(2, 1, last_failed=True)),
        ([1, 2], [1, 0], Counts(3, 1, last_failed=True)),
    ],
)
def test_the_metrics_count_invocations_and_errors(
    invocations: list[float], errors: list[float], expected: Counts
) -> None:
    assert counts(invocations, errors) == expected
