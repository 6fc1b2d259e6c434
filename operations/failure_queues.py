"""What each failure queue's messages are to a redrive, and how they are sent again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.aws.sqs import Message, send
from lambdas.core.chunk import ChunkError, parse_chunk
from lambdas.core.upload import Upload

from .choices import FailedStep
from .failed_invocation import parse_failure
from .mail_messages import MailMessages, RefusedMails
from .messages import QueueMessage
from .redrive import FailureQueue, Redrive, Resendable, Stuck
from .stack import Stack
from .text import count

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_FOREIGN = "a message from elsewhere"
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
            url, queue = outputs["notifier_failure_queue_url"], RefusedMails(MailMessages.of(stack))
    return Redrive(sqs=sqs, queue_url=url, queue=queue, reason=reason, discard=discard)


@dataclass(frozen=True)
class IngestFailures:
    """Uploads that process_csv gave up are given to it again, with the event that it failed at."""

    functions: "LambdaClient"
    s3: "S3Client"
    function_name: str

    def classify(self, message: QueueMessage) -> Resendable | Stuck:
        """Returns what it is: resendable if the objects are still there."""
        failure = parse_failure(message.body)
        if failure is None:
            return Stuck(
                _FOREIGN, "expected Lambda's record of an invocation with S3's event, got something else"
            )
        name = ", ".join(upload.key for upload in failure.uploads)
        for upload in failure.uploads:
            if why_gone := self._why_gone(upload):
                return Stuck(name, why_gone)
        return Resendable(name)

    def resend(self, messages: Sequence[QueueMessage]) -> Mapping[str, str]:
        """Invoke the function: an import that has ended meanwhile, or runs already, takes no harm."""
        for message in messages:
            failure = parse_failure(message.body)
            assert failure  # else it is stuck
            self.functions.invoke(
                FunctionName=self.function_name, InvocationType="Event", Payload=json.dumps(failure.event)
            )
        return {}

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

    def resend(self, messages: Sequence[QueueMessage]) -> Mapping[str, str]:
        """Send the bodies as they are."""
        send(self.sqs, self.queue_url, [Message(message.body) for message in messages])
        return {}
