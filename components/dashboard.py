"""Dashboards of one component or several, from left to right as a row goes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from . import account
from .buffered_writer import BufferedWriter
from .contracts import DIMENSION, NAMESPACE, ImportMetric, MailMetric
from .csv_ingest import CsvIngest
from .import_ledger import ImportLedger
from .problems import Problem
from .queues import queue_name
from .stream_notifier import StreamNotifier

Metric = list[Any]
_WIDTH, _HEIGHT, _ACROSS = 8, 6, 3  # of the grid's 24 columns


def create_dashboard(
    name: str,
    *,
    ingest: CsvIngest | None = None,
    writer: BufferedWriter | None = None,
    notifier: StreamNotifier | None = None,
    ledger: ImportLedger | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> aws.cloudwatch.Dashboard:
    """Create a dashboard of one component, or of several that work together, from left to right.

    It is named after project, stack and `name`, as Pulumi makes up no name for one.

    Raises:
        ValueError: no component is given, or something that is none of its kind.
    """
    if problems := _problems(ingest, writer, notifier, ledger):
        raise ValueError(f"create_dashboard({name!r}): {'; '.join(problems)}")
    # Of the provider that the components have, which need not be the default one.
    region = account.region(next(filter(None, (ingest, writer, notifier, ledger))))
    widgets = [
        _widget(place, title, region, metrics, statistic)
        for place, (title, statistic, metrics) in enumerate(_contents(ingest, writer, notifier, ledger))
    ]
    return aws.cloudwatch.Dashboard(
        name,
        dashboard_name=_dashboard_name(name),
        dashboard_body=pulumi.Output.json_dumps({"widgets": widgets}),
        opts=opts,
    )


def _problems(ingest: object, writer: object, notifier: object, ledger: object) -> list[str]:
    if ingest is writer is notifier is ledger is None:
        return ["expected at least one of ingest, writer, notifier and ledger, got none"]
    return [
        str(Problem(argument, f"a {kind.__name__}", given))
        for argument, given, kind in (
            ("ingest", ingest, CsvIngest),
            ("writer", writer, BufferedWriter),
            ("notifier", notifier, StreamNotifier),
            ("ledger", ledger, ImportLedger),
        )
        if given is not None and not isinstance(given, kind)
    ]


def _dashboard_name(name: str) -> str:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}")


def _contents(
    ingest: CsvIngest | None,
    writer: BufferedWriter | None,
    notifier: StreamNotifier | None,
    ledger: ImportLedger | None,
) -> Iterator[tuple[str, str, list[Metric]]]:
    """Each widget's title, statistic and metrics; those that have any."""
    functions: dict[str, pulumi.Output[str]] = {}
    failed: dict[str, pulumi.Output[str]] = {}
    chunks: dict[str, pulumi.Output[str]] = {}
    if ingest is not None:
        functions["process_csv"] = ingest.function_name
        failed["files"] = queue_name(ingest.failure_queue)
    if writer is not None:
        functions["insert_records"] = writer.function_name
        failed["rows"] = queue_name(writer.dead_letter_queue)
        chunks["chunks"] = queue_name(writer.queue)
    if notifier is not None:
        functions |= {"send_email": notifier.function_name, "mail_round": notifier.round_function_name}
        failed["batches of mails"] = queue_name(notifier.failure_queue)
    if ledger is not None:
        functions["bookkeeper"] = ledger.function_name
    undecided = {"mails held": MailMetric.HELD, "mails undeliverable": MailMetric.UNDELIVERABLE}
    owed, oldest = {"mails owed": MailMetric.OWED}, {"mails owed": MailMetric.OLDEST_SECONDS}
    under_way, stuck = {"imports open": ImportMetric.OPEN}, {"imports stuck": ImportMetric.STUCK}
    waiting, age = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
    for title, statistic, metrics in (
        (
            "What waits for you (should be 0)",
            "Maximum",
            _queues(waiting, failed) + _mails(undecided, notifier) + _imports(stuck, ledger),
        ),
        (
            "What is under way",
            "Maximum",
            _queues(waiting, chunks) + _mails(owed, notifier) + _imports(under_way, ledger),
        ),
        ("Age of the oldest (seconds)", "Maximum", _queues(age, chunks) + _mails(oldest, notifier)),
        ("Invocations", "Sum", _functions("Invocations", functions)),
        ("Errors", "Sum", _functions("Errors", functions)),
        ("Duration (milliseconds)", "Maximum", _functions("Duration", functions)),
        ("Records written (units)", "Sum", _table("ConsumedWriteCapacityUnits", writer)),
        ("Writes throttled", "Sum", _table("WriteThrottleEvents", writer)),
        ("Mail of the whole account", "Sum", _account(notifier)),
        ("SES's daily quota used (%)", "Maximum", _mails({"used": MailMetric.QUOTA_USED}, notifier)),
    ):
        if metrics:
            yield title, statistic, metrics


def _queues(metric: str, queues: dict[str, pulumi.Output[str]]) -> list[Metric]:
    return [["AWS/SQS", metric, "QueueName", queue, {"label": label}] for label, queue in queues.items()]


def _mails(metrics: dict[str, MailMetric], notifier: StreamNotifier | None) -> list[Metric]:
    return [] if notifier is None else _reported(metrics, notifier.round_function_name)


def _imports(metrics: dict[str, ImportMetric], ledger: ImportLedger | None) -> list[Metric]:
    return [] if ledger is None else _reported(metrics, ledger.function_name)


def _reported(metrics: Mapping[str, str], by: pulumi.Output[str]) -> list[Metric]:
    return [[NAMESPACE, metric, DIMENSION, by, {"label": label}] for label, metric in metrics.items()]


def _account(notifier: StreamNotifier | None) -> list[Metric]:
    return [] if notifier is None else [["AWS/SES", metric] for metric in ("Send", "Delivery", "Bounce")]


def _functions(metric: str, functions: dict[str, pulumi.Output[str]]) -> list[Metric]:
    return [
        ["AWS/Lambda", metric, "FunctionName", name, {"label": label}] for label, name in functions.items()
    ]


def _table(metric: str, writer: BufferedWriter | None) -> list[Metric]:
    if writer is None:
        return []
    return [["AWS/DynamoDB", metric, "TableName", writer.table["name"], {"label": "records"}]]


def _widget(
    place: int, title: str, region: pulumi.Output[str], metrics: list[Metric], statistic: str
) -> dict[str, Any]:
    down, across = divmod(place, _ACROSS)
    view = {"title": title, "region": region, "view": "timeSeries", "stat": statistic, "period": 60}
    return {
        "type": "metric",
        "x": across * _WIDTH,
        "y": down * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": {**view, "metrics": metrics},
    }
