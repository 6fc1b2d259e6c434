"""The pipeline's queues as status shows them, and what the failure queues say of imports."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from .failed_invocation import reason_of
from .imports import GivenUp
from .looking import Glance, Looking, existing
from .messages import QueueMessage
from .queues import Queues, QueueState, dead_lines_of, failures_of, metered_age
from .stack import Stack

QUEUE = "queue"
_DEAD, _INGEST, _NOTIFIER = "dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue"

_Seen = tuple[QueueState, list[QueueMessage]]


@dataclass(frozen=True)
class QueuesSeen:
    """The queues that could be looked at.

    Attributes:
        states: By the name of the stack's output less `_url`.
        dead_lines: By import, the lines that wait in the dead-letter queue.
        given_up: By import, the uploads that process_csv gave up.
        dead_letters: How many messages of the dead-letter queue were read.
    """

    states: Mapping[str, QueueState]
    dead_lines: Mapping[str, Set[int]]
    given_up: Mapping[str, GivenUp]

    dead_letters: int = 0

    @property
    def at_rest(self) -> bool:
        """Whether no chunk waits, and every dead letter was read."""
        queue, dead = self.states.get(QUEUE), self.states.get(_DEAD)
        if queue is None or dead is None:
            return False
        return not queue.messages and dead.messages == self.dead_letters

    def dead_lines_of(self, import_id: str | None) -> Set[int]:
        """Returns the lines of an import that wait in the dead-letter queue."""
        return self.dead_lines.get(import_id or "", frozenset())


class QueueLooks:
    """The looks at the queues, begun at once."""

    def __init__(self, stack: Stack, looking: Looking) -> None:
        self._queues = Queues(stack.client("sqs"), stack.outputs)
        self._stack = stack
        self._glances: dict[str, Glance[_Seen | None]] = {
            QUEUE: looking.at("the queue of chunks", self._chunks)
        }
        for name in (_DEAD, _INGEST, _NOTIFIER):
            self._glances[name] = looking.at(f"the {name.replace('_', ' ')}", self._failures_in(name))

    def seen(self) -> QueuesSeen:
        """Returns what the looks saw, once they have ended."""
        found = {name: glance.seen for name, glance in self._glances.items()}
        states = {name: each[0] for name, each in found.items() if each}
        messages = {name: each[1] if each else [] for name, each in found.items()}
        given_up = {one.import_id: one for one in failures_of(messages[_INGEST])}
        return QueuesSeen(states, dead_lines_of(messages[_DEAD]), given_up, len(messages[_DEAD]))

    def _chunks(self) -> _Seen | None:
        messages = existing(lambda: self._queues.waiting("queue_url"))
        if messages is None:
            return None
        state = QueueState(QUEUE, messages)
        if messages:
            state.oldest = metered_age(self._stack.client("cloudwatch"), self._stack.outputs["queue_url"])
        return state, []

    def _failures_in(self, name: str) -> Callable[[], _Seen | None]:
        def look() -> _Seen | None:
            messages = existing(lambda: self._queues.waiting(f"{name}_url"))
            if messages is None:
                return None
            state = QueueState(name, messages)
            return state, list(state.watch(self._queues.messages(f"{name}_url"), reason_of))

        return look
