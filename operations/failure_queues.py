"""What each failure queue's messages are to a redrive, and how they are sent again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.aws.sqs import Message, send
from lambdas.core.chunk import ChunkError, parse_chunk
from lambdas.core.upload import Upload

from .choices import FailedStep
from .failed_invocation import parse_failure
from .messages import QueueMessage
from .redrive import FailureQueue, Redrive, Resendable, Stuck
from .stack import Stack
from .text import count

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_FOREIGN = "a message from elsewhere"
# https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
_STREAM_BATCH = "DDBStreamBatchInfo"
# HeadObject has no body to say more in.
_GONE = {
    "404": "the object has expired or was deleted: upload the file again",
    "412": "the object was overwritten by a later upload, which is an import of its own",
}


def redrive_of(stack: Stack, step: FailedStep, *, reason: str | None, discard: bool) -> Redrive:
    """Returns the redrive of a stack's failure queue."""
    sqs, outputs = stack.client("sqs"), stack.outputs
    queue: FailureQueue
    match step:
        case FailedStep.INGEST:
            url, function = outputs["ingest_failure_queue_url"], outputs["functions"]["process_csv"]
            queue = IngestFailures(stack.client("lambda"), stack.client("s3"), function)
        case FailedStep.WRITER:
            url, queue = outputs["dead_letter_queue_url"], DeadLetters(sqs, outputs["queue_url"])
        case FailedStep.NOTIFIER:
            url, queue = outputs["notifier_failure_queue_url"], StreamBatches(stack.option)
    return Redrive(sqs=sqs, queue_url=url, queue=queue, reason=reason, discard=discard)


@dataclass(frozen=True)
class IngestFailures:
    """Uploads that process_csv gave up are given to it again, with the event that it failed at."""

    functions: "LambdaClient"
    s3: "S3Client"
    function_name: str

    def classify(self, message: QueueMessage) -> Resendable | Stuck:
        """Returns what it is: resendable if the objects are still there."""
        failure = parse_failure(message)
        if failure is None:
            return Stuck(
                _FOREIGN,
                "expected S3's event, in Lambda's record of an invocation or as EventBridge sends it, "
                "got something else",
            )
        name = ", ".join(upload.key for upload in failure.uploads)
        for upload in failure.uploads:
            if why_gone := self._why_gone(upload):
                return Stuck(name, why_gone)
        return Resendable(name)

    def resend(self, messages: Sequence[QueueMessage]) -> None:
        """Invoke the function: an import that has ended meanwhile, or runs already, takes no harm."""
        for message in messages:
            failure = parse_failure(message)
            assert failure  # else it is stuck
            self.functions.invoke(
                FunctionName=self.function_name, InvocationType="Event", Payload=json.dumps(failure.event)
            )

    def _why_gone(self, upload: Upload) -> str | None:
        try:
            self.s3.head_object(Bucket=upload.bucket, Key=upload.key, IfMatch=f'"{upload.etag}"')
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _GONE:
                raise
            return _GONE[code]
        return None


@dataclass(frozen=True)
class DeadLetters:
    """Rows that could not be written go back to the queue of chunks; one in the table changes nothing."""

    sqs: "SQSClient"
    queue_url: str

    def classify(self, message: QueueMessage) -> Resendable | Stuck:
        """Returns what it is: a chunk is resendable; anything else may come from whoever can send there."""
        try:
            chunk = parse_chunk(message.body)
        except ChunkError as error:
            return Stuck(_FOREIGN, str(error))
        lines = [line for line, _ in chunk.rows]
        return Resendable(f"import {chunk.import_id}, {count(len(lines), 'row')} from line {min(lines)}")

    def resend(self, messages: Sequence[QueueMessage]) -> None:
        """Send the bodies as they are."""
        send(self.sqs, self.queue_url, [Message(message.body) for message in messages])


@dataclass(frozen=True)
class StreamBatches:
    """Lambda's notes of batches of the stream that it gave up: they name no record to send again.

    `option` is what to add to another command for the same stack.
    """

    option: str

    def classify(self, message: QueueMessage) -> Stuck:
        """Returns what it is; anything else than a note may come from whoever can send there."""
        try:
            document = json.loads(message.body)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict) and _STREAM_BATCH in document:
            return Stuck("a batch of the stream", f"`rowrelay reconcile{self.option}` finds its records")
        return Stuck(_FOREIGN, "expected Lambda's note of a batch of the stream, got something else")

    def resend(self, messages: Sequence[QueueMessage]) -> None:
        """Nothing is resendable."""
