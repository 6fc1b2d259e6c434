"""How a function's last invocations ended: from its log, and from CloudWatch's metrics of it.

The log knows the error and lags by seconds; the metrics know how many there were, and lag by minutes.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .looking import existing

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_logs import CloudWatchLogsClient

# A queue gives a message again after ten minutes, so what fails each time is seen at least once.
LOOK_BACK_SECONDS = 16 * 60
# Lambda's own line at the end of each invocation, where a function logs JSON; its `status` is success, error
# (the code raised), failure (the process ended) or timeout:
# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
_REPORT, _SUCCESS = "platform.report", "success"
# Our handlers' lines of level ERROR name the error's kind; Lambda's line of what they raise has its type:
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
_PATTERN = f'{{ $.type = "{_REPORT}" || $.level = "ERROR" || $.errorType = "*" || $.taken = * }}'
_MINUTE = 60
# botocore's words for a service's code, and IAM's for an action:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_CODE = re.compile(r"An error occurred \((\w+)\)")
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)")


@dataclass(frozen=True)
class Round:
    """A round: when it ended (Unix seconds), how many mails it handed to SES, and how many SES took."""

    at: float
    sent: int
    taken: int


@dataclass(frozen=True)
class Outcome:
    """How a function's last invocation ended.

    Attributes:
        failed: Whether by an error.
        at: When, in Unix seconds; 0 if the log has no invocation of the last minutes.
        error: The kind of the error, without values; empty if the log does not say.
        since: When the first of the errors was that no success came after.
        rounds: What the log says of the rounds, if it is that of the function that runs them.
    """

    failed: bool
    at: float
    error: str = ""
    since: float | None = None
    rounds: tuple[Round, ...] = ()

    def ses_takes_none(self, since: float) -> bool:
        """Whether rounds have handed SES mails since then (Unix seconds), and it took none of them."""
        handed = [each for each in self.rounds if each.at >= since and each.sent]
        return bool(handed) and not any(each.taken for each in handed)


@dataclass(frozen=True)
class Counts:
    """A function's invocations of the last minutes; `last_failed` is of the last minute that had any."""

    invocations: int = 0
    errors: int = 0
    last_failed: bool = False


def read_outcome(logs: "CloudWatchLogsClient", group: str) -> Outcome:
    """Returns how the last invocation of the last minutes ended.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
    """
    return outcome_of(_lines(logs, group))


def outcome_of(lines: Iterable[tuple[float, Mapping[str, Any]]]) -> Outcome:
    """Returns how the last invocation ended that the lines (each with its time) report."""
    errors: dict[str, str] = {}
    reports: list[tuple[float, str, str]] = []
    rounds: list[Round] = []
    for at, line in lines:
        if line.get("type") == _REPORT:
            record = line["record"]
            reports.append((at, record["status"], record["requestId"]))
        elif "taken" in line:
            rounds.append(Round(at, line["sent"], line["taken"]))
        elif kind := line.get("error") or _raised(line):
            errors.setdefault(line.get("function_request_id") or line.get("requestId") or "", str(kind))
    if not reports:
        return Outcome(failed=False, at=0)
    reports.sort(key=lambda report: report[0])
    at, status, request = reports[-1]
    if status == _SUCCESS:
        return Outcome(failed=False, at=at, rounds=tuple(rounds))
    error = errors.get(request, "" if status == "error" else status)
    return Outcome(True, at, error, _failing_since(reports), tuple(rounds))


def read_counts(cloudwatch: "CloudWatchClient", names: Sequence[str]) -> dict[str, Counts]:
    """Returns the counts of these functions, by name, in one call.

    Lambda reports Invocations and Errors by FunctionName, each minute; no invocation reports nothing:
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    now = datetime.now(UTC)
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[
            _query(f"{metric.lower()}{n}", metric, name)
            for n, name in enumerate(names)
            for metric in ("Invocations", "Errors")
        ],
        StartTime=now - timedelta(seconds=LOOK_BACK_SECONDS),
        EndTime=now,
    )
    series: dict[str, dict[datetime, float]] = {}
    for page in pages:
        for result in page["MetricDataResults"]:
            points = dict(zip(result["Timestamps"], result["Values"], strict=True))
            series[result["Id"]] = series.get(result["Id"], {}) | points
    return {
        name: _counts(series.get(f"invocations{n}", {}), series.get(f"errors{n}", {}))
        for n, name in enumerate(names)
    }


def _lines(logs: "CloudWatchLogsClient", group: str) -> Iterator[tuple[float, Mapping[str, Any]]]:
    start = round((time.time() - LOOK_BACK_SECONDS) * 1000)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=start, filterPattern=_PATTERN
    )
    for page in existing(lambda: list(pages)) or ():
        for event in page["events"]:
            try:
                line = json.loads(event["message"])
            except ValueError:
                continue  # not every line is JSON, such as what a library prints
            if isinstance(line, dict):
                yield event["timestamp"] / 1000, line


def _raised(line: Mapping[str, Any]) -> str:
    """Returns the kind of the error that the code raised; of its message no more, for it may quote a row."""
    message = str(line.get("errorMessage", ""))
    code, action = _CODE.search(message), _ACTION.search(message)
    denied = f"(not allowed: {action[1]})" if action else ""
    return " ".join(filter(None, (line.get("errorType"), code and code[1], denied)))


def _failing_since(reports: Sequence[tuple[float, str, str]]) -> float:
    """Returns when the first error was that no success came after; the last of the reports is an error."""
    since = reports[-1][0]
    for at, status, _ in reversed(reports):
        if status == _SUCCESS:
            break
        since = at
    return since


def _query(query_id: str, metric: str, name: str) -> Any:
    of = {"Namespace": "AWS/Lambda", "MetricName": metric}
    dimensions = [{"Name": "FunctionName", "Value": name}]
    stat = {"Metric": {**of, "Dimensions": dimensions}, "Period": _MINUTE, "Stat": "Sum"}
    return {"Id": query_id, "MetricStat": stat}


def _counts(invocations: Mapping[datetime, float], errors: Mapping[datetime, float]) -> Counts:
    ran = [minute for minute, number in invocations.items() if number]
    return Counts(
        round(sum(invocations.values())),
        round(sum(errors.values())),
        last_failed=bool(ran and errors.get(max(ran), 0)),
    )
