"""Watching imports until every row is accounted for, or nothing moves any more."""

import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace

from .import_reader import ImportReader
from .imports import Import, UploadStatus
from .mails import StackMails
from .queues import Queues
from .stack import Stack

# Seconds.
POLL = 0.1  # between two looks, at least; ten times what a look takes, so that watching costs little
QUIET = 1.0  # without a change, before the failure queues are asked why
REST = 5.0  # without a change and with nothing left in the queues, before watching ends
STALL = 30.0  # without a change, on top of the time after which a queue gives a message again

_QUEUE = "queue_url"

Show = Callable[[Sequence[Import]], None]


@dataclass
class Watch:
    """One watch over some imports.

    Args:
        ledger: Where what is known of the imports stands.
        queues: The pipeline's queues.
        mails: The pipeline's mails.
        clock: Seconds.
        sleep: Waits so many seconds.
        time: Unix seconds.

    Attributes:
        why: Why the watch ended before every row was accounted for; empty if it was.
    """

    ledger: ImportReader
    queues: Queues
    mails: StackMails
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    time: Callable[[], float] = time.time
    why: str = field(default="", init=False)
    # What only the failure queues know.
    _dead_lines: dict[str, Set[int]] = field(default_factory=dict)
    _given_up: dict[str, tuple[str, str]] = field(default_factory=dict)

    def until_settled(self, imports: Sequence[Import], show: Show) -> list[Import]:
        """Returns the imports as they are in the end; `show` is called with them after every look.

        It ends when all are balanced; when reading has ended, the queue is empty and no mail is owed, or
        those that are do not leave; or when nothing has changed for so long that nothing will.
        """
        current, changed = list(imports), self.clock()
        while True:
            if self.clock() - changed >= QUIET:
                self._ask_failure_queues()
            started = self.clock()
            latest = [one if one.balanced else self._look(one) for one in current]
            if latest != current:
                current, changed = latest, self.clock()
            show(current)
            balanced = all(one.balanced for one in current)
            self.why = "" if balanced else self._why_over(current, self.clock() - changed)
            if balanced or self.why:
                return current
            self.sleep(max(POLL, 10 * (self.clock() - started)))

    def _look(self, one: Import) -> Import:
        found = self.ledger.refresh(one, self._dead_lines.get(one.id or "", frozenset()))
        if found.key in self._given_up and (found.status == UploadStatus.FAILED or not found.ended):
            import_id, reason = self._given_up[found.key]
            return replace(found, id=import_id, status=UploadStatus.FAILED, reason=reason)
        return found

    def _ask_failure_queues(self) -> None:
        self._given_up = self.queues.ingest_failures()
        self._dead_lines = {**self.queues.dead_lines()}

    def _why_over(self, imports: Sequence[Import], idle: float) -> str:
        """Returns why there is nothing more to wait for; empty if there is."""
        if idle < REST:
            return ""
        patience = STALL + self.queues.longest_retry(_QUEUE)
        if all(one.ended for one in imports) and not self.queues.waiting(_QUEUE):
            owing = [one.id for one in imports if one.id and not one.balanced]
            due = self.mails.first_due(owing)
            if due is None:
                return "nothing is on its way any more"
            if why := self.mails.why_not(owing):
                return f"mails wait: {why}"
            # What is put off leaves when it is due, and not before.
            idle = min(idle, self.time() - due)
        return f"nothing has changed for {idle:.0f} seconds" if idle >= patience else ""


def watch_of(stack: Stack) -> Watch:
    """Returns a watch over imports of a deployed stack."""
    ledger = ImportReader.of(stack)
    return Watch(ledger, Queues(stack.client("sqs"), stack.outputs), StackMails.of(stack))
