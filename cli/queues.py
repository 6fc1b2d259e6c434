"""Looking into queues without taking anything out of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.process_csv.events import uploads
from lambdas.shared.chunk import ChunkError, parse_chunk

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_PEEK_SECONDS = 60  # for which a peeked message is hidden, lest it is received twice; then it is shown again
_BATCH = 10  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
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
        lines: dict[str, set[int]] = {}
        for body in self._peek("dead_letter_queue_url"):
            try:
                chunk = parse_chunk(body)
            except ChunkError:
                continue  # a message that somebody else sent, and no import's
            lines.setdefault(chunk.import_id, set()).update(line for line, _ in chunk.rows)
        return lines

    def ingest_failures(self) -> dict[str, tuple[str, str]]:
        """By key, the import's id and the reason, of the uploads that could not be read for good."""
        failures = {}
        for body in self._peek("ingest_failure_queue_url"):
            record = json.loads(body)
            reason = _reason(record)
            for upload in uploads(record.get("requestPayload", record)):
                failures[upload.key] = (upload.import_id, reason)
        return failures

    def _attribute(self, name: str, attribute: Any) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.outputs[name], AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])

    def _peek(self, name: str) -> list[str]:
        url = self.outputs[name]
        if not self.waiting(name):
            return []
        messages: list[MessageTypeDef] = []
        while batch := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=_BATCH, VisibilityTimeout=_PEEK_SECONDS
        ).get("Messages"):
            messages += batch
        for message in messages:
            self.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return [message["Body"] for message in messages]


def _reason(record: Mapping[str, Any]) -> str:
    """Why, from Lambda's invocation record.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    payload = record.get("responsePayload") or {}
    condition = (record.get("requestContext") or {}).get("condition")
    told = ": ".join(str(payload[name]) for name in ("errorType", "errorMessage") if payload.get(name))
    return told or f"the function failed ({condition or 'no reason given'})"
