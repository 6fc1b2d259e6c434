"""Looking into queues without taking anything out of them: how many messages, how old, and why."""

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lambdas.core.chunk import ChunkError, parse_chunk

from .failed_invocation import parse_failure
from .imports import GivenUp
from .messages import QueueMessage, received

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sqs import SQSClient

_DEPTH = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
# CloudWatch has SQS's metrics a minute late or later, and none of a queue that lay idle for six hours.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
_MINUTE = 60
_LOOK_BACK = timedelta(minutes=15)
LOOKED_AT = 1000  # messages of a queue; to take a hundred thousand out and back takes minutes


@dataclass
class QueueState:
    """A queue, by the name of the stack's output less `_url`.

    `oldest` is the age in seconds of its oldest message, if there is one and it is known; `reasons` are the
    messages' own, in a failure queue.
    """

    name: str
    messages: int
    oldest: float | None = None
    reasons: Counter[str] = field(default_factory=Counter)

    def watch(
        self, messages: Generator[QueueMessage, None, None], reason: Callable[[QueueMessage], str]
    ) -> Iterator[QueueMessage]:
        """Yields the messages up to LOOKED_AT, and notes their age and reason."""
        with contextlib.closing(messages):
            for message in itertools.islice(messages, LOOKED_AT):
                self.oldest = max(self.oldest or 0.0, time.time() - message.sent_at)
                self.reasons[reason(message)] += 1
                yield message

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        return {
            "queue": self.name,
            "messages": self.messages,
            "oldest_seconds": None if self.oldest is None else round(self.oldest),
            "reasons": dict(self.reasons.most_common()),
        }


@dataclass(frozen=True)
class Queues:
    """The queues of a deployed pipeline, by the names of the stack's outputs."""

    sqs: "SQSClient"
    outputs: Mapping[str, Any]

    def waiting(self, *names: str) -> int:
        """Returns how many messages these queues have: visible, in flight, delayed."""
        return sum(self._attribute(name, attribute) for name in names for attribute in _DEPTH)

    def longest_retry(self, *names: str) -> int:
        """Returns the most seconds after which a handler gets a message again that it did not finish."""
        return max(self._attribute(name, "VisibilityTimeout") for name in names)

    def dead_lines(self) -> dict[str, set[int]]:
        """Returns, by import, the lines of the rows that wait in the dead-letter queue."""
        return dead_lines_of(self.messages("dead_letter_queue_url"))

    def ingest_failures(self) -> list[GivenUp]:
        """Returns the uploads that could not be read for good."""
        return [*failures_of(self.messages("ingest_failure_queue_url"))]

    def messages(self, name: str) -> Generator[QueueMessage, None, None]:
        """Yields what waits in a failure queue; it goes back at the end, or when this is closed."""
        if self.waiting(name):
            with received(self.sqs, self.outputs[name]) as messages:
                for batch in messages.batches():
                    yield from batch

    def _attribute(self, name: str, attribute: Any) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.outputs[name], AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])


def dead_lines_of(messages: Iterable[QueueMessage]) -> dict[str, set[int]]:
    """Returns, by import, the lines of the rows in messages of the dead-letter queue."""
    lines: dict[str, set[int]] = {}
    for message in messages:
        try:
            chunk = parse_chunk(message.body)
        except ChunkError:
            continue  # a message that somebody else sent, and no import's
        lines.setdefault(chunk.import_id, set()).update(line for line, _ in chunk.rows)
    return lines


def failures_of(messages: Iterable[QueueMessage]) -> Iterator[GivenUp]:
    """Yields each upload that process_csv gave up, as messages of its failure queue say."""
    for message in messages:
        if failure := parse_failure(message):
            for upload in failure.uploads:
                yield GivenUp(upload.import_id, upload.key, failure.reason)


def metered_age(cloudwatch: "CloudWatchClient", queue_url: str) -> float | None:
    """Returns the age in seconds of a queue's oldest message, as CloudWatch last heard.

    None where CloudWatch does not know it, as in the embedded AWS.
    """
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
