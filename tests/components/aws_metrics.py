"""The metrics that AWS's services report, as far as the components' alarms could watch them.

The pages are those that say which metrics, dimensions and statistics there are, and when nothing is reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from lambdas.core.import_metrics import ImportMetric
from lambdas.core.mail_metrics import MailMetric
from lambdas.core.metrics import DIMENSION, NAMESPACE

Dimensions = frozenset[str]


class Silence(Enum):
    """What it means that a metric reports nothing, and so how an alarm is to treat missing data."""

    NOTHING_HAPPENED = "notBreaching"  # or breaching, where something should have
    AS_BEFORE = "ignore"  # what it said last holds


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        dimensions: The sets of dimensions that it is reported with.
        statistics: Those that its page says it is to be viewed with.
        silence: What it means that it reports nothing.
        late: How many seconds it may be until a moment's value is known.
    """

    dimensions: tuple[Dimensions, ...]
    statistics: frozenset[str]
    silence: Silence = Silence.NOTHING_HAPPENED
    late: int = 0


def _of(*names: str) -> Dimensions:
    return frozenset(names)


_ALL = frozenset({"Average", "Minimum", "Maximum", "Sum", "SampleCount"})
_LEVEL, _COUNT = frozenset({"Average", "Maximum"}), frozenset({"Sum"})

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# A queue that was idle for six hours reports nothing, whatever is in it:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
_QUEUE = (_of("QueueName"),)
_SQS = {
    # The page names the report of these three: while there are such messages, and none without.
    "ApproximateAgeOfOldestMessage": Metric(_QUEUE, _ALL),
    "ApproximateNumberOfMessagesDelayed": Metric(_QUEUE, _ALL),
    "ApproximateNumberOfMessagesNotVisible": Metric(_QUEUE, _ALL),
    "ApproximateNumberOfMessagesVisible": Metric(_QUEUE, _ALL, Silence.AS_BEFORE),
    "NumberOfEmptyReceives": Metric(_QUEUE, _ALL),
    # Deletions by a receipt handle; of a purge the page says nothing, and neither does PurgeQueue's:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
    "NumberOfMessagesDeleted": Metric(_QUEUE, _ALL),
    "NumberOfMessagesReceived": Metric(_QUEUE, _ALL),
    "NumberOfMessagesSent": Metric(_QUEUE, _ALL),
    "SentMessageSize": Metric(_QUEUE, _ALL),
}

# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
_FUNCTION = (
    _of("FunctionName"),
    _of("FunctionName", "Resource"),
    _of("FunctionName", "Resource", "ExecutedVersion"),
    _of(),
)
# These two are told when an invocation has ended, of the moment when it began, and it may take 15 minutes:
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LAMBDA = {
    **{name: Metric(_FUNCTION, _COUNT, late=15 * 60) for name in ("Invocations", "Errors")},
    **{
        name: Metric(_FUNCTION, _COUNT)
        for name in (
            "DeadLetterErrors",
            "DestinationDeliveryFailures",
            "Throttles",
            "RecursiveInvocationsDropped",
            "AsyncEventsReceived",
            "AsyncEventsDropped",
        )
    },
    **{name: Metric(_FUNCTION, _LEVEL) for name in ("Duration", "IteratorAge", "AsyncEventAge")},
    "ConcurrentExecutions": Metric(_FUNCTION, frozenset({"Maximum"})),
}

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
# With a rule's name alone they are of the default event bus.
_RULE = (_of("RuleName"), _of("EventBusName", "RuleName"))
_RULE_COUNT = frozenset({"Sum", "SampleCount"})
_EVENTS = {
    name: Metric(_RULE, _RULE_COUNT)
    for name in (
        "DeadLetterInvocations",
        "FailedInvocations",
        "InvocationsFailedToBeSentToDlq",
        "InvocationsSentToDlq",
        "ThrottledRules",
        "TriggeredRules",
    )
}
# These two also of the whole account.
_EVENTS |= {name: Metric((*_RULE, _of()), _RULE_COUNT) for name in ("Invocations", "MatchedEvents")}

# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html
# The account's own have no dimension. The pages name no statistic.
_REPUTATION = Metric((_of(), _of("ses:configuration-set")), _ALL, Silence.AS_BEFORE)
_SES = {"Reputation.BounceRate": _REPUTATION, "Reputation.ComplaintRate": _REPUTATION}

# Those that our functions report: lambdas/core/metrics.py.
_OURS = {str(name): Metric((_of(DIMENSION),), _ALL) for name in (*MailMetric, *ImportMetric)}

METRICS: Mapping[str, Mapping[str, Metric]] = {
    "AWS/SQS": _SQS,
    "AWS/Lambda": _LAMBDA,
    "AWS/Events": _EVENTS,
    "AWS/SES": _SES,
    NAMESPACE: _OURS,
}
