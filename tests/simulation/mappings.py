"""Lambda's event source mappings: a queue's messages to a function, in batches, several beside each other.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from typing import Any

from . import faults
from .functions import Function, Functions
from .network import Network
from .queues import Queue, Stored, event_record

_EMPTY: Any = {"batchItemFailures": []}


class QueueMapping:
    """Gives a queue's messages to a function, and deletes those that it does not report."""

    def __init__(
        self,
        network: Network,
        functions: Functions,
        queue: Queue,
        function: Function,
        *,
        batch: int,
        concurrency: int,
        window: float = 0,
    ) -> None:
        self._network = network
        self._functions = functions
        self._queue = queue
        self._function = function
        self._batch = batch
        self._concurrency = concurrency
        self._window = window
        self._running = 0
        self._next_poll = float("inf")
        self._polls = 0  # so many were arranged; only the last of them takes place
        queue.arrived = self._arrived

    def _arrived(self, at: float) -> None:
        now = self._network.world.now
        at = max(at, now) + self._window
        if at < self._next_poll:
            self._next_poll = at
            self._polls += 1
            number = self._polls
            self._network.world.after(at - now, lambda: self._poll_as(number))

    def _poll_as(self, number: int) -> None:
        if number == self._polls:
            self._poll()

    def _poll(self) -> None:
        self._next_poll = float("inf")
        now = self._network.world.now
        while self._running < self._concurrency and (messages := self._queue.receive(now, self._batch)):
            self._running += 1
            self._deliver(messages)
        if self._running < self._concurrency and (visible_at := self._queue.next_at()) is not None:
            self._arrived(visible_at)

    def _deliver(self, messages: list[Stored]) -> None:
        strike, world = self._network.faults.strike, self._network.world
        for message in messages:
            if strike(faults.MESSAGE_TWICE):
                self._queue.hide(message, world.now + world.random.uniform(0, 1))
        event = {"Records": [event_record(message) for message in messages]}

        def done(answer: Any, failure: str) -> None:
            self._running -= 1
            if not failure:
                for message_id in self._handled(messages, answer):
                    if not strike(faults.NOT_DELETED):
                        self._queue.delete(message_id)
            self._poll()

        self._functions.run(self._function, event, done)

    def _handled(self, messages: list[Stored], answer: Any) -> list[str]:
        """The messages to delete; an answer that names what was not delivered handles none."""
        of_batch = [message.message_id for message in messages]
        failed = [each["itemIdentifier"] for each in (answer or _EMPTY)["batchItemFailures"]]
        return [] if set(failed) - set(of_batch) else [each for each in of_batch if each not in failed]
