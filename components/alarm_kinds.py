"""What an alarm is, and the kinds of alarms that there are.

SQS's metrics: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-available-cloudwatch-metrics.html
Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
EventBridge's: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
SES's: https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
"""

from dataclasses import dataclass, replace

from . import defaults
from .contracts import DIMENSION, NAMESPACE, MailMetric

_DIMENSIONS = {
    "AWS/SQS": "QueueName",
    "AWS/Lambda": "FunctionName",
    "AWS/Events": "RuleName",
    NAMESPACE: DIMENSION,
}


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes:
        name: Its name, without the component's.
        of: What it watches, by the name of the component's child (without the component's); empty for what is
            the whole account's.
        namespace: The metric's namespace.
        metric: The metric.
        unit: What the threshold counts.
        threshold: Its default; it is in alarm above it, or as `comparison` says.
        least: The lowest threshold that makes sense.
        most: The highest one; None if there is none.
        description: What it means, and what to do.
    """

    name: str
    of: str
    namespace: str
    metric: str
    unit: str
    description: str
    threshold: float = 0
    least: float = 0
    most: float | None = None
    statistic: str = "Maximum"
    comparison: str = "GreaterThanThreshold"
    period: int = defaults.ALARM_PERIOD
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    # By default as for a function that nothing happens to, which reports nothing.
    missing: str = "notBreaching"

    @property
    def dimension(self) -> str:
        """What its metric calls the queue or the function that it is of."""
        return _DIMENSIONS[self.namespace]


def depth(of: str, description: str) -> Alarm:
    """Something waits in a queue that should be empty."""
    return Alarm(
        f"{of}-depth",
        of,
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "messages",
        description,
        # A queue that nobody touches reports nothing after six hours, whatever is in it:
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
        missing="ignore",
    )


def age(of: str, description: str) -> Alarm:
    """A queue's oldest message is older than it should ever be."""
    return Alarm(
        f"{of}-age",
        of,
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "seconds",
        description,
        threshold=defaults.QUEUE_AGE_ALARM,
        most=defaults.QUEUE_RETENTION_MAX,
    )


def _count(of: str, suffix: str, metric: str, unit: str, description: str) -> Alarm:
    return Alarm(f"{of}-{suffix}", of, "AWS/Lambda", metric, unit, description, statistic="Sum")


def errors(of: str) -> tuple[Alarm, Alarm]:
    """A function fails, or Lambda has no place for it to run."""
    raised = f"{of} raised an error or ran out of time; its log says why. What it worked on comes again."
    refused = f"{of} was refused a place to run; raise the account's Lambda concurrency."
    failed = _count(of, "errors", "Errors", "invocations a minute", raised)
    return (
        # One that ran out of time is reported late: newer minutes are there already, with no error.
        replace(failed, evaluation_periods=defaults.ERROR_ALARM_PERIODS, datapoints_to_alarm=1),
        _count(of, "throttles", "Throttles", "invocations a minute", refused),
    )


def dropped(of: str, description: str) -> Alarm:
    """Lambda gave up events that it was to invoke a function with."""
    return _count(of, "dropped", "AsyncEventsDropped", "events a minute", description)


def undelivered(of: str, description: str) -> Alarm:
    """Lambda could not put into the failure queue what it gave up."""
    return _count(of, "undelivered", "DestinationDeliveryFailures", "events a minute", description)


def iterator_age(of: str, description: str) -> Alarm:
    """A function has fallen behind its stream."""
    return Alarm(
        f"{of}-iterator-age",
        of,
        "AWS/Lambda",
        "IteratorAge",
        "milliseconds",
        description,
        threshold=defaults.STREAM_AGE_ALARM * 1000,
        most=defaults.STREAM_RETENTION * 1000,
    )


def stopped(of: str, description: str) -> Alarm:
    """A function that a schedule invokes each minute was not invoked for more than five.

    Lambda reports no invocations by reporting nothing, and those that have not ended not yet. CloudWatch
    looks further back than it evaluates, and puts a single period's alarm in ALARM only once all of that is
    missing, which takes a quarter of an hour; six of eight minutes are missing after about six.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    return Alarm(
        f"{of}-stopped",
        of,
        "AWS/Lambda",
        "Invocations",
        "invocations a minute",
        description,
        threshold=1,
        least=1,
        most=1,
        statistic="Sum",
        comparison="LessThanThreshold",
        evaluation_periods=defaults.STOPPED_ALARM_PERIODS,
        datapoints_to_alarm=defaults.STOPPED_ALARM_DATAPOINTS,
        missing="breaching",
    )


def mails(name: str, metric: MailMetric, unit: str, description: str) -> Alarm:
    """What the rounds report is more than it should be."""
    return Alarm(
        f"mails-{name}",
        "mail-round",
        NAMESPACE,
        metric,
        unit,
        description,
        period=defaults.REPORT_ALARM_PERIOD,
    )


def reputation(name: str, metric: str, threshold: float, description: str) -> Alarm:
    """A rate of the account's mails has come to where SES reviews it.

    The account's own rates have no dimension, unlike a configuration set's.
    """
    return Alarm(
        f"reputation-{name}",
        "",
        "AWS/SES",
        f"Reputation.{metric}",
        "parts of one",
        description,
        threshold=threshold,
        least=defaults.REPUTATION_ALARM_MIN,
        most=1,
        comparison="GreaterThanOrEqualToThreshold",
        period=defaults.REPUTATION_ALARM_PERIOD,
        # While no mail leaves, the rate is what it was last.
        missing="ignore",
    )
