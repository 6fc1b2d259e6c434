"""The letters in a queue that an operator empties: taken out a batch at a time, deleted once done with."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.aws.limits import SQS_BATCH_MESSAGES
from lambdas.aws.sqs import REASON

from .errors import OperationError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# Seconds for which a letter that was taken is hidden from others. One that is not given back, because the
# command was killed, comes back by itself after that.
HIDDEN = 300
# Seconds to wait for a letter: without, SQS asks only some of its servers, and none may mean little.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT = 1
# 120,000 are taken: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
_ALL_HIDDEN = "OverLimit"


@dataclass(frozen=True)
class Letter:
    """A message; `reason` says why it is here, and is empty where SQS itself moved it."""

    message_id: str
    body: str
    reason: str
    sent_at: float  # seconds since 1970; where SQS moved it, since it was first sent
    handle: str = field(compare=False)


@dataclass
class Hand:
    """Letters that are being taken out of a queue."""

    sqs: "SQSClient"
    queue_url: str
    _handles: dict[str, str] = field(default_factory=dict)

    def batches(self) -> Iterator[list[Letter]]:
        """Each letter once, up to ten at a time, until no more are to be seen."""
        seen: set[str] = set()
        while letters := self._receive():
            self._handles |= {letter.message_id: letter.handle for letter in letters}
            new = [letter for letter in letters if letter.message_id not in seen]
            if not new:
                return  # those that were taken first have come back
            seen.update(letter.message_id for letter in new)
            yield new

    def delete(self, letters: Sequence[Letter]) -> None:
        """Delete letters that are done with; the rest goes back when the hand is emptied."""
        done = [letter.message_id for letter in letters]
        entries: Any = [{"Id": str(n), "ReceiptHandle": self._handles.pop(i)} for n, i in enumerate(done)]
        if not entries:
            return
        failed = self.sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=entries).get("Failed", [])
        if failed:
            raise OperationError(
                f"SQS did not delete {len(failed)} of {len(entries)} letters that were dealt with "
                f"({failed[0]['Code']}): run the command again, to deal with them twice does no harm."
            )

    def give_back(self) -> None:
        """Show what was not deleted to others again."""
        handles = list(self._handles.values())
        self._handles.clear()
        for start in range(0, len(handles), SQS_BATCH_MESSAGES):
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for n, handle in enumerate(handles[start : start + SQS_BATCH_MESSAGES])
            ]
            # What fails comes back after HIDDEN.
            self.sqs.change_message_visibility_batch(QueueUrl=self.queue_url, Entries=entries)

    def _receive(self) -> list[Letter]:
        try:
            answer = self.sqs.receive_message(
                QueueUrl=self.queue_url,
                MaxNumberOfMessages=SQS_BATCH_MESSAGES,
                VisibilityTimeout=HIDDEN,
                WaitTimeSeconds=_WAIT,
                MessageAttributeNames=[REASON],
                MessageSystemAttributeNames=["SentTimestamp"],
            )
        except ClientError as error:
            if error.response["Error"]["Code"].endswith(_ALL_HIDDEN):
                return []
            raise
        return [_letter(message) for message in answer.get("Messages", [])]


@contextlib.contextmanager
def taken(sqs: "SQSClient", queue_url: str) -> Iterator[Hand]:
    """Take letters out of the queue; on leaving, whatever was not deleted goes back."""
    hand = Hand(sqs, queue_url)
    try:
        yield hand
    finally:
        hand.give_back()


def hidden(sqs: "SQSClient", queue_url: str) -> int:
    """Letters that another command has taken, or one that was killed less than HIDDEN ago."""
    name: Any = "ApproximateNumberOfMessagesNotVisible"
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def _letter(message: "MessageTypeDef") -> Letter:
    attributes = message.get("MessageAttributes", {})
    return Letter(
        message_id=message["MessageId"],
        body=message["Body"],
        reason=attributes[REASON]["StringValue"] if REASON in attributes else "",
        sent_at=int(message["Attributes"]["SentTimestamp"]) / 1000,
        handle=message["ReceiptHandle"],
    )
