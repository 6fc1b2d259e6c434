"""`rowrelay redrive ingest`: uploads that process_csv gave up are given to it again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.core.upload import Upload
from operations.failed_invocation import parse_failure, reason_of
from operations.messages import Letter
from operations.stack import find_stack

from .decision import Options
from .discard import Discard
from .redrive import Redrive, Work

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

# HeadObject has no body to say more in.
_GONE = {
    "404": "the object has expired or was deleted: upload the file again",
    "412": "the object was overwritten by a later upload, which is an import of its own",
}


@dataclass(frozen=True)
class IngestWork:
    """Invokes the function again, asynchronously, with the event it failed at."""

    functions: "LambdaClient"
    s3: "S3Client"
    function_name: str
    verb: str = "send again"

    def reason(self, letter: Letter) -> str:
        """What the function's last attempt ended with."""
        return reason_of(letter)

    def name(self, letter: Letter) -> str:
        """The uploads' keys."""
        failure = parse_failure(letter.body)
        return ", ".join(each.key for each in failure.uploads) if failure else "a message from elsewhere"

    def concerns(self, letter: Letter) -> bool:  # noqa: ARG002
        """Every letter."""
        return True

    def refuses(self, letter: Letter) -> str | None:
        """The object must still be there."""
        failure = parse_failure(letter.body)
        if failure is None:
            return "expected Lambda's record of an invocation with S3's event, got something else"
        return next((why for upload in failure.uploads if (why := self._missing(upload))), None)

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Invoke the function: an import that has ended meanwhile, or runs already, takes no harm."""
        for letter in letters:
            failure = parse_failure(letter.body)
            assert failure  # only such are chosen
            self.functions.invoke(
                FunctionName=self.function_name, InvocationType="Event", Payload=json.dumps(failure.event)
            )
        return {}

    def _missing(self, upload: Upload) -> str | None:
        try:
            self.s3.head_object(Bucket=upload.bucket, Key=upload.key, IfMatch=f'"{upload.etag}"')
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _GONE:
                raise
            return _GONE[code]
        return None


def run_redrive_ingest(stack_name: str | None, options: Options) -> bool:
    """Send them again, or discard what cannot be; gives whether no letter stays."""
    stack = find_stack(stack_name)
    work = IngestWork(stack.client("lambda"), stack.client("s3"), stack.outputs["functions"]["process_csv"])
    chosen: Work = Discard(work) if options.discard else work
    return Redrive(stack.client("sqs"), stack.outputs["ingest_failure_queue_url"], chosen, options).run()
