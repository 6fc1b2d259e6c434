"""Each alarm: what it watches, from where on, what it makes of silence, and that it says what to do."""

from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.core.import_metrics import ImportMetric
from lambdas.core.mail_metrics import MailMetric

from .recording import Recording

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
ROUND, BOOKKEEPER = "notifier-mail-round", "ledger-bookkeeper"


@dataclass(frozen=True)
class Watched:
    """What an alarm watches; `of` is the queue or the function, which is the only dimension."""

    namespace: str
    metric: str
    of: str | None
    statistic: str
    comparison: str = "GreaterThanThreshold"
    threshold: float = 0
    period: int = 60
    missing: str = "notBreaching"


def queue_depth(of: str) -> Watched:
    metric = "ApproximateNumberOfMessagesVisible"
    return Watched("AWS/SQS", metric, of, "Maximum", missing="ignore")


def count(metric: str, of: str) -> Watched:
    return Watched("AWS/Lambda", metric, of, "Sum")


def reported(metric: str, threshold: float = 0, of: str = ROUND) -> Watched:
    return Watched("Rowrelay", metric, of, "Maximum", threshold=threshold, period=300)


def stopped(of: str) -> Watched:
    return Watched("AWS/Lambda", "Invocations", of, "Sum", "LessThanThreshold", 1, 60, "breaching")


def reputation(metric: str, threshold: float) -> Watched:
    least = "GreaterThanOrEqualToThreshold"
    return Watched("AWS/SES", metric, None, "Maximum", least, threshold, period=3600, missing="ignore")


FUNCTIONS = ("ingest-process-csv", "writer-insert-records", "notifier-send-email", ROUND, BOOKKEEPER)
# Namespace, dimension and the statistic that AWS says to view a metric with:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
ALARMS = {
    **{f"{each}-depth": queue_depth(each) for each in ("ingest-failures", "writer-dead-letters")},
    "notifier-failures-depth": queue_depth("notifier-failures"),
    "writer-queue-age": Watched(
        "AWS/SQS", "ApproximateAgeOfOldestMessage", "writer-queue", "Maximum", threshold=15 * 60
    ),
    **{f"{each}-errors": count("Errors", each) for each in FUNCTIONS},
    **{f"{each}-throttles": count("Throttles", each) for each in FUNCTIONS},
    "ingest-process-csv-dropped": count("AsyncEventsDropped", "ingest-process-csv"),
    **{
        f"{each}-undelivered": count("DestinationDeliveryFailures", each)
        for each in ("ingest-process-csv", "notifier-send-email")
    },
    "notifier-send-email-iterator-age": Watched(
        "AWS/Lambda", "IteratorAge", "notifier-send-email", "Maximum", threshold=15 * 60 * 1000
    ),
    "notifier-mail-round-stopped": stopped(ROUND),
    "ledger-bookkeeper-stopped": stopped(BOOKKEEPER),
    "ledger-imports-stuck": reported("ImportsStuck", of=BOOKKEEPER),
    "notifier-mails-door-shut": reported("DoorShut"),
    "notifier-mails-owed-age": reported("OldestOwedSeconds", 24 * 60 * 60),
    "notifier-mails-held": reported("MailsHeld"),
    "notifier-mails-undeliverable": reported("MailsUndeliverable"),
    "notifier-reputation-bounces": reputation("Reputation.BounceRate", 0.05),
    "notifier-reputation-complaints": reputation("Reputation.ComplaintRate", 0.001),
}

# Periods, and how many of them set it off; by the end of an alarm's name.
WITHIN = {"stopped": (8, 6), "errors": (18, 1)}


@pytest.fixture(scope="module")
def alarms(local: Recording) -> dict[str, dict[str, Any]]:
    return {alarm.name: alarm.inputs for alarm in local.all(ALARM)}


def test_these_are_all(alarms: dict[str, Any]) -> None:
    assert set(alarms) == set(ALARMS)


@pytest.mark.parametrize(("name", "watched"), ALARMS.items())
def test_watches(alarms: dict[str, Any], name: str, watched: Watched) -> None:
    alarm = alarms[name]
    dimension = "QueueName" if watched.namespace == "AWS/SQS" else "FunctionName"
    assert alarm.get("dimensions") == (None if watched.of is None else {dimension: watched.of})
    assert watched == Watched(
        alarm["namespace"],
        alarm["metricName"],
        watched.of,
        alarm["statistic"],
        alarm["comparisonOperator"],
        alarm["threshold"],
        alarm["period"],
        alarm["treatMissingData"],
    )
    within = (alarm["evaluationPeriods"], alarm.get("datapointsToAlarm"))
    assert within == WITHIN.get(name.rpartition("-")[2], (1, None))


def test_each_says_what_it_means_within_cloudwatchs_limit(alarms: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    descriptions = [alarm["alarmDescription"] for alarm in alarms.values()]
    assert all(0 < len(description) <= 1024 for description in descriptions)
    assert len(set(descriptions)) == len(descriptions)


def test_they_need_nobody_to_ask(alarms: dict[str, Any]) -> None:
    for alarm in alarms.values():
        assert not {"alarmActions", "okActions"} & set(alarm)


def test_what_functions_report_is_watched_but_for_how_much_there_is(alarms: dict[str, Any]) -> None:
    watched = {alarm["metricName"] for alarm in alarms.values() if alarm["namespace"] == "Rowrelay"}
    unwatched = {*MailMetric, *ImportMetric} - watched
    assert unwatched == {MailMetric.OWED, MailMetric.QUOTA_USED, ImportMetric.OPEN}


def test_what_lambda_cannot_deliver_is_watched_wherever_it_delivers(local: Recording) -> None:
    configured = local.all("lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
    mapped = local.all("lambda/eventSourceMapping:EventSourceMapping")
    delivering = {
        each.inputs["functionName"].rpartition(":")[2]
        for each in [*configured, *mapped]
        if each.inputs.get("destinationConfig")
    }
    watched = [alarm.name for alarm in local.all(ALARM)]
    assert {name for name in watched if name.endswith("-undelivered")} == {
        f"{function}-undelivered" for function in delivering
    }
