"""What waits in a failure queue is dealt with again, once its cause is mended.

In two passes: the first classifies the messages and puts them back, for the operator to decide; the second
deals with those that were chosen, and no others, and deletes each only after that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from .failed_invocation import reason_of
from .messages import QueueMessage, ReceivedMessages, count_in_flight, received
from .survey import Staying, Survey, untold

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_NOT_DISCARDED = "it can be sent again, without --discard"


@dataclass(frozen=True)
class Resendable:
    """A message that can be sent again; `name` says on a line what it is."""

    name: str


@dataclass(frozen=True)
class Stuck:
    """A message that nothing can be done with, and why."""

    name: str
    why: str


class FailureQueue(Protocol):
    """What one queue's messages are, and how they are sent again."""

    def classify(self, message: QueueMessage) -> Resendable | Stuck:
        """Returns what the message is; changes nothing."""

    def resend(self, messages: Sequence[QueueMessage]) -> None:
        """Send messages again that are resendable, any of them perhaps not for the first time.

        After that they are deleted; a crash before leaves them here.
        """


@dataclass(frozen=True, kw_only=True)
class Redrive:
    """One queue's redrive.

    Attributes:
        sqs: The client.
        queue_url: The failure queue.
        queue: What its messages are.
        reason: Only what has this text in its reason, in any case.
        discard: Delete what nothing can be done with, and nothing else.
    """

    noun: ClassVar[str] = "message"

    sqs: "SQSClient"
    queue_url: str
    queue: FailureQueue
    reason: str | None = None
    discard: bool = False

    def survey(self, progress: Callable[[int], None] = untold) -> Survey:
        """Look at the messages; changes nothing.

        Args:
            progress: Called with the number that were looked at since the last call.
        """
        survey = Survey(self.noun, in_flight=count_in_flight(self.sqs, self.queue_url))
        with received(self.sqs, self.queue_url) as messages:
            for batch in messages.batches():
                for message in batch:
                    self._note(message, survey)
                progress(len(batch))
        return survey

    def carry_out(self, survey: Survey, progress: Callable[[int], None]) -> None:
        """Deal with what the survey chose, and no more: what fails anew is a new message, for the next time.

        Args:
            survey: What `survey` returned; what comes of it is noted in there.
            progress: Called with the number of messages that were dealt with since the last call.
        """
        waiting = set(survey.chosen)
        with received(self.sqs, self.queue_url) as messages:
            for batch in messages.batches():
                chosen = [message for message in batch if message.message_id in waiting]
                if chosen:
                    self._deal_with(chosen, messages, survey)
                waiting -= {message.message_id for message in chosen}
                progress(len(chosen))
                if not waiting:
                    break

    def _note(self, message: QueueMessage, survey: Survey) -> None:
        reason = reason_of(message)
        # To classify may take calls, which what is left out by its reason is not worth.
        found = self.queue.classify(message) if self.discard or self._wants(reason) else None
        if self.discard and isinstance(found, Stuck):
            reason = _with_why(reason, found.why)
        if found is None or not self._wants(reason):
            survey.others += 1
        elif isinstance(found, Stuck) == self.discard:
            survey.chosen[message.message_id] = found.name
            survey.reasons[reason] += 1
        else:
            why = found.why if isinstance(found, Stuck) else _NOT_DISCARDED
            survey.stay.append(Staying(message.message_id, found.name, reason, why))

    def _deal_with(self, chosen: Sequence[QueueMessage], messages: ReceivedMessages, survey: Survey) -> None:
        if not self.discard:
            self.queue.resend(chosen)
        messages.delete(chosen)
        survey.done += len(chosen)

    def _wants(self, reason: str) -> bool:
        return not self.reason or self.reason.lower() in reason.lower()


def _with_why(reason: str, why: str) -> str:
    """Returns why a message is in the queue and why it cannot be helped; once, if that is the same."""
    return reason if why == reason else f"{reason}; {why}"
