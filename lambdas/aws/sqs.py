"""Sending messages to SQS."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .backoff import ATTEMPTS, pause
from .limits import SQS_BATCH_MESSAGES, SQS_MESSAGE_BYTES
from .rowrelay_error import RowrelayError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        BatchResultErrorEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# A reason rides along as a message attribute; the body keeps what it is about.
REASON = "reason"
_REASON_CHARACTERS = 500


class QueueError(RowrelayError):
    """SQS did not take messages after several attempts."""


@dataclass(frozen=True)
class Message:
    """A message to send: its body, and why it is sent (for dead letters)."""

    body: str
    reason: str = ""

    @property
    def size(self) -> int:
        """The most bytes that SQS may count for it."""
        return len(self.body.encode()) + len(printable_reason(self.reason).encode()) + 64

    def entry(self, entry_id: str) -> "SendMessageBatchRequestEntryTypeDef":
        """Returns the message as SendMessageBatch takes it."""
        entry: SendMessageBatchRequestEntryTypeDef = {"Id": entry_id, "MessageBody": self.body}
        if self.reason:
            reason = printable_reason(self.reason)
            entry["MessageAttributes"] = {REASON: {"DataType": "String", "StringValue": reason}}
        return entry


def printable_reason(reason: str) -> str:
    """Returns a reason that SQS takes as an attribute: short, and of printable characters only."""
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    return "".join(c if c.isprintable() else " " for c in reason)[:_REASON_CHARACTERS]


def send(sqs: "SQSClient", queue_url: str, messages: Iterable[Message], at_once: int = 1) -> None:
    """Send all messages, in as few calls as SQS allows, while more of them are made.

    Args:
        sqs: The client.
        queue_url: The queue.
        messages: The messages; no more of them are asked for while as many calls as may be are under way.
        at_once: How many calls may wait for their answers beside each other; if 1, messages keep their order.

    Raises:
        QueueError: some message was not taken; any of the others may have been sent, none is under way.
    """
    with ThreadPoolExecutor(at_once) as pool:  # which waits for what is under way, whatever is raised
        under_way: deque[Future[None]] = deque()
        for batch in _batches(messages):
            under_way.append(pool.submit(_send_batch, sqs, queue_url, batch))
            if len(under_way) == at_once:  # now, so that the last batch never waits for those before it
                under_way.popleft().result()
        for call in under_way:
            call.result()


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    batch: list[Message] = []
    size = 0
    for message in messages:
        message_size = message.size
        if batch and size + message_size > SQS_MESSAGE_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message_size
        if len(batch) == SQS_BATCH_MESSAGES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _send_batch(sqs: "SQSClient", queue_url: str, batch: list[Message]) -> None:
    waiting = [message.entry(str(n)) for n, message in enumerate(batch)]
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(attempt)
        # SQS answers 200 and names what it did not take; only those go again.
        failed = sqs.send_message_batch(QueueUrl=queue_url, Entries=waiting).get("Failed", [])
        if not failed:
            return
        faults = {entry["Id"] for entry in failed}
        waiting = [entry for entry in waiting if entry["Id"] in faults]
        if any(entry["SenderFault"] for entry in failed):
            break
    raise _refusal(queue_url, batch, failed[0])


def _refusal(queue_url: str, batch: list[Message], failed: "BatchResultErrorEntryTypeDef") -> QueueError:
    text = f"SQS took not all of {len(batch)} messages: {failed['Code']}: {failed.get('Message', '')}"
    if failed["SenderFault"]:
        text += (
            f" (a message of {batch[int(failed['Id'])].size:,} bytes to {queue_url}: set the queue's "
            f"MaximumMessageSize, max_message_size in Pulumi, to {SQS_MESSAGE_BYTES:,})"
        )
    return QueueError(text)
