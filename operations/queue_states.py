"""The state of each queue: how many messages, how old, and why they are there."""

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .messages import Letter

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

# CloudWatch has SQS's metrics a minute late or later, and none of a queue that lay idle for six hours.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
_MINUTE = 60
_LOOK_BACK = timedelta(minutes=15)
LOOKED_AT = 1000  # letters of a queue; to take a hundred thousand out and back takes minutes


@dataclass
class QueueState:
    """A queue, by the name of the stack's output less `_url`.

    `oldest` is the age in seconds of its oldest message, if there is one and it is known; `reasons` are the
    letters' own, in a failure queue.
    """

    name: str
    messages: int
    oldest: float | None = None
    reasons: Counter[str] = field(default_factory=Counter)

    def watch(
        self, letters: Generator[Letter, None, None], reason: Callable[[Letter], str]
    ) -> Iterator[Letter]:
        """The letters up to LOOKED_AT, noted as they pass."""
        with contextlib.closing(letters):
            for letter in itertools.islice(letters, LOOKED_AT):
                self.oldest = max(self.oldest or 0.0, time.time() - letter.sent_at)
                self.reasons[reason(letter)] += 1
                yield letter

    def as_json(self) -> dict[str, Any]:
        """The entry in the output of `--json`."""
        return {
            "queue": self.name,
            "messages": self.messages,
            "oldest_seconds": None if self.oldest is None else round(self.oldest),
            "reasons": dict(self.reasons.most_common()),
        }


def metered_age(cloudwatch: "CloudWatchClient", queue_url: str) -> float | None:
    """The age of a queue's oldest message, as CloudWatch last heard; the embedded AWS does not measure it."""
    now = datetime.now(UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue_url.rsplit("/", 1)[-1]}],
        StartTime=now - _LOOK_BACK,
        EndTime=now,
        Period=_MINUTE,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max(points, key=lambda point: point["Timestamp"])["Maximum"] if points else None
