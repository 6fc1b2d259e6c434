"""Looking into queues without taking anything out of them."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.core.chunk import ChunkError, parse_chunk

from .failed_invocation import parse_failure
from .messages import Letter, taken

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_DEPTH = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class Queues:
    """The queues of a deployed pipeline, by the names of the stack's outputs."""

    sqs: "SQSClient"
    outputs: Mapping[str, Any]

    def waiting(self, *names: str) -> int:
        """Messages in these queues: visible, in flight, delayed."""
        return sum(self._attribute(name, attribute) for name in names for attribute in _DEPTH)

    def longest_retry(self, *names: str) -> int:
        """Seconds after which a message that its handler did not finish is given to it again, at most."""
        return max(self._attribute(name, "VisibilityTimeout") for name in names)

    def dead_lines(self) -> dict[str, set[int]]:
        """By import, the lines of the rows that wait in the dead-letter queue."""
        return dead_lines_of(self.letters("dead_letter_queue_url"))

    def ingest_failures(self) -> dict[str, tuple[str, str]]:
        """By key, the import's id and the reason, of the uploads that could not be read for good."""
        failures = failures_of(self.letters("ingest_failure_queue_url"))
        return {key: (import_id, reason) for key, import_id, reason in failures}

    def letters(self, name: str) -> Generator[Letter, None, None]:
        """What waits in a failure queue; it goes back at the end, or when this is closed."""
        if self.waiting(name):
            with taken(self.sqs, self.outputs[name]) as hand:
                for batch in hand.batches():
                    yield from batch

    def _attribute(self, name: str, attribute: Any) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.outputs[name], AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])


def dead_lines_of(letters: Iterable[Letter]) -> dict[str, set[int]]:
    """By import, the lines of the rows in dead letters."""
    lines: dict[str, set[int]] = {}
    for letter in letters:
        try:
            chunk = parse_chunk(letter.body)
        except ChunkError:
            continue  # a message that somebody else sent, and no import's
        lines.setdefault(chunk.import_id, set()).update(line for line, _ in chunk.rows)
    return lines


def failures_of(letters: Iterable[Letter]) -> Iterator[tuple[str, str, str]]:
    """Key, import and reason of each upload in letters of process_csv."""
    for letter in letters:
        if failure := parse_failure(letter.body):
            for upload in failure.uploads:
                yield upload.key, upload.import_id, failure.reason
