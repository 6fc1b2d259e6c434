"""Watching imports until every row is accounted for, or nothing moves any more."""

import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

from .import_reader import ImportReader, NewImportReader
from .imports import GivenUp, Import, UploadStatus, as_given_up
from .mails import StackMails
from .queues import Queues
from .stack import Stack

# Seconds.
POLL = 0.1  # between two looks, at least; ten times what a look takes, so that watching costs little
QUIET = 1.0  # without a change, before the failure queues are asked why
REST = 5.0  # without a change and with nothing left in the queues, before watching ends
STALL = 30.0  # without a change, on top of the time after which a queue gives a message again
BOOKKEEPER = 180.0  # after every row is accounted for; the bookkeeper looks each minute

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
        settled: Whether it goes on until the ledger says that the imports are settled, through days on which
            mails wait for SES's quota, not only until every row is accounted for.
        known: The ids of imports that were there before those that are watched.

    Attributes:
        why: Why the watch ended before that; empty if it did not.
    """

    ledger: ImportReader
    queues: Queues
    mails: StackMails
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    time: Callable[[], float] = time.time
    settled: bool = False
    known: frozenset[str] = frozenset()
    why: str = field(default="", init=False)
    # What only the failure queues know.
    _dead_lines: dict[str, Set[int]] = field(default_factory=dict)
    _given_up: dict[str, GivenUp] = field(default_factory=dict)

    def until_settled(self, imports: Sequence[Import], show: Show) -> list[Import]:
        """Returns the imports as they are in the end; `show` is called with them after every look.

        It ends when all are balanced, or settled if that is wanted; when reading has ended, the queue is
        empty and no mail is owed, or those that are do not leave; when the bookkeeper says that one is stuck,
        or says nothing; or when nothing has changed for so long that nothing will.
        """
        current, changed = list(imports), self.clock()
        while True:
            if self.clock() - changed >= QUIET:
                self._ask_failure_queues()
            started = self.clock()
            latest = [one if self._is_done(one) else self._look(one) for one in current]
            if latest != current:
                changed = self.clock()
            current = latest  # whose progress may have changed all the same
            show(current)
            done = all(map(self._is_done, current))
            self.why = "" if done else self._why_over(current, self.clock() - changed)
            if done or self.why:
                return current
            self.sleep(max(POLL, 10 * (self.clock() - started)))

    def _is_done(self, one: Import) -> bool:
        return one.settled if self.settled else one.balanced

    def _look(self, one: Import) -> Import:
        found = self.ledger.refresh(one, self._dead_lines.get(one.id or "", frozenset()))
        return as_given_up(found, self._given_up.get(found.key))

    def _ask_failure_queues(self) -> None:
        failures = self.queues.ingest_failures()
        self._given_up = {one.key: one for one in failures if one.import_id not in self.known}
        self._dead_lines = {**self.queues.dead_lines()}

    def _why_over(self, imports: Sequence[Import], idle: float) -> str:
        """Returns why there is nothing more to wait for; empty if there is."""
        if idle < REST:
            return ""
        if self.settled:
            if all(one.balanced for one in imports):
                return f"the books are not settled after {idle:.0f} seconds" if idle >= BOOKKEEPER else ""
            if over := _never_settled(imports):
                return over
        if all(one.ended for one in imports) and not self.queues.waiting(_QUEUE):
            owing = [one.id for one in imports if one.id and not one.balanced]
            due = self.mails.first_due(owing) if owing else None
            if due is None and not self.settled:
                return "nothing is on its way any more"
            if owing and (why := self.mails.why_not(owing)):
                return "" if self.settled and self.mails.wait_for_quota() else f"mails wait: {why}"
            # What is put off leaves when it is due, and not before.
            idle = idle if due is None else min(idle, self.time() - due)
        patience = STALL + self.queues.longest_retry(_QUEUE)
        return f"nothing has changed for {idle:.0f} seconds" if idle >= patience else ""


def _never_settled(imports: Sequence[Import]) -> str:
    """Returns why imports will not be settled by themselves; empty if they will, or nobody knows."""
    left = [one for one in imports if not one.settled]
    if all(one.status == UploadStatus.FAILED for one in left):
        return "what is not settled was given up"
    stuck = next((one for one in left if one.progress.stuck_since), None)
    return f"{stuck.file} is stuck, and waits for {stuck.waits_for}" if stuck else ""


def watch_of(stack: Stack) -> Watch:
    """Returns a watch over imports of a deployed stack, until every row is accounted for."""
    ledger = ImportReader.of(stack)
    return Watch(ledger, Queues(stack.client("sqs"), stack.outputs), StackMails.of(stack))


def settlement_watch_of(stack: Stack, known: frozenset[str]) -> Watch:
    """Returns a watch over new imports of a deployed stack, until they are settled.

    Args:
        stack: The stack.
        known: The ids of imports of the same objects that were there before.
    """
    ledger = NewImportReader(stack.client("dynamodb"), stack.outputs["import_ledger"], known)
    queues, mails = Queues(stack.client("sqs"), stack.outputs), StackMails.of(stack)
    return Watch(ledger, queues, mails, settled=True, known=known)
