"""The mails that are due, handed out in groups to those that send them beside each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from ..core.outbox import DueMails
from .account import Account
from .due_sender import Sent


@dataclass
class DueGroups:
    """Groups of mails that are due, within the account's daily quota.

    Attributes:
        account: What SES allows the account.
        due: The mails.
        due_meanwhile: Returns those that have become due when there are no more.
        may_go_on: Whether the round may begin another group.
        first: Mails that were taken from `due` already, to be sent first.
        sent: How many mails SES was given.
        stopped: Whether no group is to begin any more, though mails may be due.
    """

    account: Account
    due: DueMails
    due_meanwhile: Callable[[], DueMails]
    may_go_on: Callable[[], bool]
    first: list[str]
    sent: int
    stopped: bool = field(init=False, default=False)
    _under_way: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._lock = Lock()

    def take(self) -> list[str]:
        """Returns the ids of the next group's mails; none if no group is to begin."""
        with self._lock:
            if self.stopped:
                return []
            group = self._next()
            self.stopped = bool(group) and not self.may_go_on()
            if self.stopped:
                return []
            self._under_way += len(group)
            return group

    def end(self, group: list[str], sent: Sent | None) -> None:
        """Note that a group has ended, and what came of it; None if it failed."""
        with self._lock:
            self._under_way -= len(group)
            self.stopped = self.stopped or not sent or not sent.takes_more
            if sent:
                self.sent += sent.mails
                self.due.leave_out(sent.not_to_send)

    @property
    def quota_is_used(self) -> bool:
        """Whether SES was given all that the quota leaves."""
        return self.account.left is not None and self.sent >= self.account.left

    def _next(self) -> list[str]:
        left, room = self.account.left, self.account.group
        if left is not None:
            room = min(room, left - self.sent - self._under_way)
        group = [*self.first, *self.due.take(room - len(self.first))]
        self.first = []
        if not group and room > 0:
            self.due = self.due_meanwhile()
            group = self.due.take(room)
        return group
