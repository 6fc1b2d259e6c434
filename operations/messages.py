"""Messages of a queue that an operator empties: received a batch at a time, deleted once dealt with."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.aws.limits import SQS_BATCH_MESSAGES
from lambdas.aws.sqs import REASON

from .errors import OperationError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef

# For so long a message that was received is hidden from others. One that is not put back, because the command
# was killed, comes back by itself after that.
VISIBILITY_SECONDS = 300
# How long to wait for a message: without, SQS asks only some of its servers, and none may mean little.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT_SECONDS = 1
# 120,000 are in flight: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
_TOO_MANY_IN_FLIGHT = "OverLimit"
# What EventBridge says of an event that it could not have its target take. Its ERROR_MESSAGE may name the
# request, and so be another each time.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
_EVENTBRIDGE_ERROR = "ERROR_CODE"


@dataclass(frozen=True)
class QueueMessage:
    """A message as it was received.

    Attributes:
        message_id: SQS's, the same at every receive.
        body: Its text.
        reason: Why it is in a failure queue; empty where SQS itself moved it, or its body says.
        sent_at: Unix seconds; where SQS moved it, of when it was first sent.
        handle: The receipt handle.
    """

    message_id: str
    body: str
    reason: str
    sent_at: float
    handle: str = field(compare=False)


@dataclass
class ReceivedMessages:
    """The messages that are being received from a queue."""

    sqs: "SQSClient"
    queue_url: str
    _handles: dict[str, str] = field(default_factory=dict)

    def batches(self) -> Iterator[list[QueueMessage]]:
        """Yields each message once, up to ten at a time, until no more are to be seen."""
        seen: set[str] = set()
        while messages := self._receive():
            self._handles |= {message.message_id: message.handle for message in messages}
            new = [message for message in messages if message.message_id not in seen]
            if not new:
                return  # those that were received first have come back
            seen.update(message.message_id for message in new)
            yield new

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        """Delete messages of one batch that are dealt with.

        Raises:
            OperationError: SQS did not delete all of them.
        """
        done = [message.message_id for message in messages]
        entries: Any = [{"Id": str(n), "ReceiptHandle": self._handles.pop(i)} for n, i in enumerate(done)]
        if not entries:
            return
        failed = self.sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=entries).get("Failed", [])
        if failed:
            raise OperationError(
                f"SQS did not delete {len(failed)} of {len(entries)} messages that were dealt with "
                f"({failed[0]['Code']}): run the command again, to deal with them twice does no harm."
            )

    def put_back(self) -> None:
        """Show what was not deleted to others again."""
        handles = list(self._handles.values())
        self._handles.clear()
        for start in range(0, len(handles), SQS_BATCH_MESSAGES):
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for n, handle in enumerate(handles[start : start + SQS_BATCH_MESSAGES])
            ]
            # What fails comes back after VISIBILITY_SECONDS.
            self.sqs.change_message_visibility_batch(QueueUrl=self.queue_url, Entries=entries)

    def _receive(self) -> list[QueueMessage]:
        try:
            answer = self.sqs.receive_message(
                QueueUrl=self.queue_url,
                MaxNumberOfMessages=SQS_BATCH_MESSAGES,
                VisibilityTimeout=VISIBILITY_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageAttributeNames=[REASON, _EVENTBRIDGE_ERROR],
                MessageSystemAttributeNames=["SentTimestamp"],
            )
        except ClientError as error:
            if error.response["Error"]["Code"].endswith(_TOO_MANY_IN_FLIGHT):
                return []
            raise
        return [_queue_message(message) for message in answer.get("Messages", [])]


@contextlib.contextmanager
def received(sqs: "SQSClient", queue_url: str) -> Iterator[ReceivedMessages]:
    """Receive a queue's messages; on leaving, whatever was not deleted goes back."""
    messages = ReceivedMessages(sqs, queue_url)
    try:
        yield messages
    finally:
        messages.put_back()


def count_in_flight(sqs: "SQSClient", queue_url: str) -> int:
    """Returns how many messages are hidden: received by another command, or by one that was killed lately."""
    name: Any = "ApproximateNumberOfMessagesNotVisible"
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def _queue_message(message: "MessageTypeDef") -> QueueMessage:
    return QueueMessage(
        message_id=message["MessageId"],
        body=message["Body"],
        reason=_reason(message.get("MessageAttributes", {})),
        sent_at=int(message["Attributes"]["SentTimestamp"]) / 1000,
        handle=message["ReceiptHandle"],
    )


def _reason(attributes: "Mapping[str, MessageAttributeValueOutputTypeDef]") -> str:
    if REASON in attributes:
        return attributes[REASON]["StringValue"]
    if _EVENTBRIDGE_ERROR in attributes:
        return f"EventBridge could not invoke the function ({attributes[_EVENTBRIDGE_ERROR]['StringValue']})"
    return ""
