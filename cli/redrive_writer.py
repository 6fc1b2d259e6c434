"""`rowrelay redrive writer`: rows that could not be written go back to the work queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.aws.sqs import Message, send
from lambdas.core.chunk import ChunkError, parse_chunk
from operations.failed_invocation import reason_of
from operations.messages import Letter
from operations.stack import find_stack
from operations.text import count

from .decision import Options
from .discard import Discard
from .redrive import Redrive, Work

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class WriterWork:
    """Sends chunks to the work queue again. A row that is in the table already changes nothing there."""

    sqs: "SQSClient"
    queue_url: str
    verb: str = "send again"

    def reason(self, letter: Letter) -> str:
        """What DynamoDB, or the function, said of the rows."""
        return reason_of(letter)

    def name(self, letter: Letter) -> str:
        """The rows' import and lines."""
        try:
            chunk = parse_chunk(letter.body)
        except ChunkError:
            return "a message from elsewhere"
        lines = [line for line, _ in chunk.rows]
        return f"import {chunk.import_id}, {count(len(lines), 'row')} from line {min(lines)}"

    def concerns(self, letter: Letter) -> bool:  # noqa: ARG002
        """Every letter."""
        return True

    def refuses(self, letter: Letter) -> str | None:
        """Anyone who may can send anything to the work queue, and what is no chunk ends here."""
        try:
            parse_chunk(letter.body)
        except ChunkError as error:
            return str(error)
        return None

    def do(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Send the bodies as they are."""
        send(self.sqs, self.queue_url, [Message(letter.body) for letter in letters])
        return {}


def run_redrive_writer(stack_name: str | None, options: Options) -> bool:
    """Send them again, or discard what cannot be; gives whether no letter stays."""
    stack = find_stack(stack_name)
    work = WriterWork(stack.client("sqs"), stack.outputs["queue_url"])
    chosen: Work = Discard(work) if options.discard else work
    return Redrive(stack.client("sqs"), stack.outputs["dead_letter_queue_url"], chosen, options).run()
