"""Every alarm of every component: what it watches, from where on, and what to do when it is in alarm.

SQS's metrics: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-available-cloudwatch-metrics.html
Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
EventBridge's: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
SES's: https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
"""

from dataclasses import dataclass, replace

from . import defaults
from .contracts import DIMENSION, NAMESPACE, ImportMetric, MailMetric

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


def _depth(of: str, description: str) -> Alarm:
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


def _age(of: str, description: str) -> Alarm:
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


def _errors(of: str) -> tuple[Alarm, Alarm]:
    raised = f"{of} raised an error or ran out of time; its log says why. What it worked on comes again."
    refused = f"{of} was refused a place to run; raise the account's Lambda concurrency."
    return (
        _count(of, "errors", "Errors", "invocations a minute", raised),
        _count(of, "throttles", "Throttles", "invocations a minute", refused),
    )


def _dropped(of: str, description: str) -> Alarm:
    """Lambda gave up events that it was to invoke a function with."""
    return _count(of, "dropped", "AsyncEventsDropped", "events a minute", description)


def _undelivered(of: str, description: str) -> Alarm:
    """Lambda could not put into the failure queue what it gave up."""
    return _count(of, "undelivered", "DestinationDeliveryFailures", "events a minute", description)


def _iterator_age(of: str, description: str) -> Alarm:
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


def _stopped(of: str, description: str) -> Alarm:
    """A function that a schedule invokes each minute was not invoked for five.

    Lambda reports no invocations by reporting nothing. CloudWatch looks further back than it evaluates, and
    puts a single period's alarm in ALARM only once all of that is missing, which takes a quarter of an hour;
    three of five minutes are missing after about five.
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


def _mails(name: str, metric: MailMetric, unit: str, description: str) -> Alarm:
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


def _reputation(name: str, metric: str, threshold: float, description: str) -> Alarm:
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


CSV_INGEST_ALARMS = (
    _depth("failures", "Files could not be imported in three attempts; their events wait here."),
    *_errors("process-csv"),
    _dropped("process-csv", "Events were given up; the failure queue has those that it could take."),
    _undelivered("process-csv", "An event was given up, and the failure queue could not take it."),
)
# Those that it has besides, where uploads come by EventBridge.
EVENTBRIDGE_ALARMS = (
    Alarm(
        "upload-undelivered",
        "upload-rule",
        "AWS/Events",
        "InvocationsFailedToBeSentToDlq",
        "events a minute",
        "An event reached neither Lambda nor the failure queue.",
        statistic="Sum",
    ),
)

BUFFERED_WRITER_ALARMS = (
    _depth("dead-letters", "Rows could not be written; they wait here."),
    _age("queue", "Rows wait for long to be written; is the table throttled, or the function failing?"),
    *_errors("insert-records"),
)

OWED_AGE_ALARM = replace(
    _mails(
        "owed-age",
        MailMetric.OLDEST_SECONDS,
        "seconds",
        "A mail has waited for longer than this alarm's threshold of seconds; rowrelay status says why. "
        "Raise SES's daily quota if that is too low, or wait: no mail that waits is lost. Paused imports do "
        "not count here.",
    ),
    threshold=defaults.OWED_AGE_ALARM,
    least=defaults.ALARM_PERIOD,
    most=defaults.OWED_AGE_ALARM_MAX,
)

_BAD_ADDRESSES = "Pause the imports whose addresses these are, and send on to none that SES's console lists."

IMPORT_LEDGER_ALARMS = (
    *_errors("bookkeeper"),
    _stopped(
        "bookkeeper",
        "Nobody has looked at the open imports for five minutes, so none is settled or found to be stuck. "
        "See whether the rule …-bookkeeper-schedule is enabled and may invoke the function, and whether that "
        "is throttled. A new stack begins with this alarm, for some minutes.",
    ),
    Alarm(
        "imports-stuck",
        "bookkeeper",
        NAMESPACE,
        ImportMetric.STUCK,
        "imports",
        "Imports make no progress, and wait for nothing that is known to end; rowrelay status says which, "
        "and what for.",
        period=defaults.REPORT_ALARM_PERIOD,
    ),
)

STREAM_NOTIFIER_ALARMS = (
    _depth(
        "failures",
        "Lambda gave up batches of the stream; its notes wait here. Once the reason is mended, rowrelay "
        "reconcile finds the records whose mail was never begun.",
    ),
    *_errors("send-email"),
    _undelivered(
        "send-email",
        "A batch of the stream was given up, and the failure queue could not take Lambda's note of it. Mend "
        "the queue's policy or the role's SendFailures; then run rowrelay reconcile.",
    ),
    _iterator_age(
        "send-email",
        "Mails lag behind the table. Mend what the function's log names within six hours: then Lambda "
        "gives batches up.",
    ),
    *_errors("mail-round"),
    _stopped(
        "mail-round",
        "No round has begun for five minutes, so mails that wait are not sent. See whether the rule "
        "…-mail-round-schedule is enabled and may invoke the function, and whether that is throttled. A "
        "new stack begins with this alarm, for some minutes.",
    ),
    replace(
        _mails(
            "door-shut",
            MailMetric.DOOR_SHUT,
            "1 while it is shut",
            "SES takes no mail of this account: its sending is paused, or something is missing, such as a "
            "permission or the sender's verification; rowrelay status says what. Mend it: the mails wait, "
            "and then go on by themselves.",
        ),
        most=0,
    ),
    OWED_AGE_ALARM,
    _mails(
        "held",
        MailMetric.HELD,
        "mails",
        "Nobody knows whether these mails left, so nothing sends them again by itself. rowrelay status says "
        "how to look at them, and to decide.",
    ),
    _mails(
        "undeliverable",
        MailMetric.UNDELIVERABLE,
        "mails",
        "SES refused these mails for good; rowrelay status says why. Send them again once the reason is "
        "mended, or let them be.",
    ),
    _reputation(
        "bounces",
        "BounceRate",
        defaults.BOUNCE_RATE_ALARM,
        "So many of the account's mails bounce that SES, which reviews it from 5 % on, may pause its "
        f"sending, as it does at 10 %. {_BAD_ADDRESSES}",
    ),
    _reputation(
        "complaints",
        "ComplaintRate",
        defaults.COMPLAINT_RATE_ALARM,
        "So many of the account's mails bring a complaint that SES, which reviews it from 0.1 % on, may "
        f"pause its sending, as it does at 0.5 %. {_BAD_ADDRESSES}",
    ),
)
