"""One dashboard of the whole pipeline, from left to right as a row goes."""

from typing import Any

import pulumi
import pulumi_aws as aws

from .buffered_writer import BufferedWriter
from .csv_ingest import CsvIngest
from .queues import queue_name
from .stream_notifier import StreamNotifier

Metric = list[Any]
_WIDTH, _HEIGHT, _ACROSS = 8, 6, 3  # of the grid's 24 columns


def create_dashboard(
    name: str,
    ingest: CsvIngest,
    writer: BufferedWriter,
    notifier: StreamNotifier,
    opts: pulumi.ResourceOptions | None = None,
) -> aws.cloudwatch.Dashboard:
    """Create a dashboard; it is named after project and stack, as Pulumi makes up no name for one."""
    region = aws.get_region_output().region
    widgets = [
        _widget(place, title, region, metrics, statistic)
        for place, (title, statistic, metrics) in enumerate(_contents(ingest, writer, notifier))
    ]
    return aws.cloudwatch.Dashboard(
        name,
        dashboard_name=f"{pulumi.get_project()}-{pulumi.get_stack()}".replace(".", "-"),
        dashboard_body=pulumi.Output.json_dumps({"widgets": widgets}),
        opts=opts,
    )


def _contents(
    ingest: CsvIngest, writer: BufferedWriter, notifier: StreamNotifier
) -> list[tuple[str, str, list[Metric]]]:
    """Each widget's title, statistic and metrics."""
    functions = {
        "process_csv": ingest.function_name,
        "insert_records": writer.function_name,
        "send_email": notifier.function_name,
    }
    waiting = {
        "files": queue_name(ingest.failure_queue),
        "rows": queue_name(writer.dead_letter_queue),
        "mails": queue_name(notifier.failure_queue),
    }
    working = {"chunks": queue_name(writer.queue), "mails to retry": queue_name(notifier.retry_queue)}
    return [
        (
            "What waits for you (should be 0)",
            "Maximum",
            _queues("ApproximateNumberOfMessagesVisible", waiting),
        ),
        ("What is under way", "Maximum", _queues("ApproximateNumberOfMessagesVisible", working)),
        ("Age of the oldest (seconds)", "Maximum", _queues("ApproximateAgeOfOldestMessage", working)),
        ("Invocations", "Sum", _functions("Invocations", functions)),
        ("Errors", "Sum", _functions("Errors", functions)),
        ("Duration (milliseconds)", "Maximum", _functions("Duration", functions)),
        ("Records written (units)", "Sum", _table("ConsumedWriteCapacityUnits", writer)),
        ("Writes throttled", "Sum", _table("WriteThrottleEvents", writer)),
        ("Mail of the whole account", "Sum", [["AWS/SES", m] for m in ("Send", "Delivery", "Bounce")]),
    ]


def _queues(metric: str, queues: dict[str, pulumi.Output[str]]) -> list[Metric]:
    return [["AWS/SQS", metric, "QueueName", queue, {"label": label}] for label, queue in queues.items()]


def _functions(metric: str, functions: dict[str, pulumi.Output[str]]) -> list[Metric]:
    return [
        ["AWS/Lambda", metric, "FunctionName", name, {"label": label}] for label, name in functions.items()
    ]


def _table(metric: str, writer: BufferedWriter) -> list[Metric]:
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
