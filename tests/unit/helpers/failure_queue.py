"""A failure queue whose messages say themselves what they are, for the tests of redrive."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.messages import QueueMessage
from operations.redrive import Redrive, Resendable, Stuck

from .fakes import Killed
from .fakes_queue import FakeQueues


@dataclass
class FakeFailureQueue:
    """Sends messages to another queue; one that is "poison" is stuck."""

    sqs: Any
    to: str = "work"
    killed_after: int = 10**9
    classified: list[str] = field(default_factory=list)

    def classify(self, message: QueueMessage) -> Resendable | Stuck:
        self.classified.append(message.body)
        name = f"message {message.body}"
        return Stuck(name, "it is poison") if message.body == "poison" else Resendable(name)

    def resend(self, messages: Sequence[QueueMessage]) -> None:
        for message in messages:
            self.killed_after -= 1
            if self.killed_after < 0:
                raise Killed
            self.sqs.put(self.to, message.body)


def filled(*bodies: str) -> Any:
    """SQS with these messages in the queue "dead", for two reasons in turn."""
    sqs = FakeQueues()
    for n, body in enumerate(bodies):
        sqs.put("dead", body, f"Reason {n % 2}")
    return sqs


def redrive_of(sqs: Any, *, reason: str | None = None, discard: bool = False, **queue: Any) -> Redrive:
    """The redrive of "dead", to the queue "work"."""
    fake = FakeFailureQueue(sqs, **queue)
    return Redrive(sqs=sqs, queue_url="dead", queue=fake, reason=reason, discard=discard)
