"""A round: one run that sends the mails that are due, oldest first and fairly between imports."""

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from botocore.exceptions import ClientError

from ..aws.errors import is_set_up_error
from ..core.mail_gate import UNLIST_SECONDS, Door, DoorKind, Sending, Standing
from ..core.mail_ledger import CANCELLED, CHANGES_AT_ONCE
from ..core.outbox import DueMails, ListedImport, Outbox
from .account import Account, read_account
from .delivery import GROUP_SECONDS, Delivery
from .due_groups import DueGroups
from .due_sender import DueSender
from .lease import Lease
from .pace import PacedSender

# Of a round, so that the mails of others leave, too.
_CANCEL_SECONDS = 10
_BACKLOG = "mails wait already, and leave in their turn"
_NOT_SENDING = "SES does not send for this account: look at its status"
_NOT_TOLD = "SES does not tell what the account may send: look at the function's role"


@dataclass
class MailRound:
    """One round.

    Attributes:
        delivery: What mails are delivered by.
        outbox: Which mails are due.
        lease: This round's.
        seconds_left: How long the function may still run.
        expire_days: How long what ended is kept.
        account: What SES said of the account, if it was asked.
        due_sender: What sends them.
        sent: How many mails were handed to SES.
    """

    delivery: Delivery
    outbox: Outbox
    lease: Lease
    seconds_left: Callable[[], float]
    expire_days: int
    due_sender: DueSender = field(init=False)
    account: Account | None = field(init=False, default=None)
    sent: int = field(init=False, default=0)
    _seen: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.due_sender = DueSender(self.delivery, self.seconds_left)

    def run(self) -> list[ListedImport] | None:
        """Send what is due.

        Returns:
            The imports that owe mails, or lately did; None if another round is at it.
        """
        imports = self.outbox.imports()
        if not imports:
            return imports
        if not self.lease.acquire():
            return None
        try:
            standing = self._read_gate(imports)
            if self._cancel(standing) and not (standing.door and standing.door.waits):
                self._send_due(self._due(imports, standing), standing.door)
        finally:
            self.lease.release()
        self._look_over(imports, standing)
        return imports

    def _read_gate(self, imports: Sequence[ListedImport]) -> Standing:
        return self.delivery.gate.read(each.import_id for each in imports)

    def _due(self, imports: Sequence[ListedImport], standing: Standing) -> DueMails:
        """Returns what is due now of the imports that may be sent, but for what this round has looked at."""
        may = [each.import_id for each in imports if not standing.why_not(each.import_id)]
        return DueMails(self.outbox, may, time.time(), self._seen, self._may_go_on)

    def _send_due(self, due: DueMails, door: Door | None) -> None:
        """Send what is due, as far as SES takes it."""
        gate = self.delivery.gate
        first = due.take(1)
        if not first:
            if door and not door.shut:
                gate.open(door)
            return
        account = self._ask_account(door)
        if account is None:
            return
        sender = PacedSender(self.delivery.ses_sender, account)
        if door and door.shut:
            if not self._takes_mails(first, due, sender):
                return
            first = []
        if door is None or door.shut:
            gate.shut(DoorKind.PACED, _BACKLOG, door)
        groups = DueGroups(account, due, self._due_meanwhile, self._may_go_on, first, self.sent)
        self._send_groups(groups, sender)
        if not groups.stopped:
            self._end_of_due(groups)

    def _takes_mails(self, mails: list[str], due: DueMails, sender: PacedSender) -> bool:
        """Returns whether an account that took nothing when it was asked last does now: a mail tells.

        One that SES is not asked to send, or that is sent by another, tells nothing.
        """
        while mails and self._may_go_on():
            sent = self.due_sender.send(mails, sender)
            self.sent += sent.mails
            if sent.answered or not sent.takes_more:
                return sent.takes_more
            mails = due.take(1)
        return False

    def _ask_account(self, door: Door | None) -> Account | None:
        """Returns what SES says of the account; None if it takes nothing, which is noted."""
        refusal: tuple[DoorKind, str] | None = DoorKind.SET_UP, _NOT_TOLD
        try:
            self.account = read_account(self.delivery.ses_sender.ses)
            refusal = _refusal(self.account)
        except ClientError as error:
            if not is_set_up_error(error):
                raise
        if refusal:
            self.delivery.gate.shut(*refusal, door)
        return None if refusal else self.account

    def _due_meanwhile(self) -> DueMails:
        """Returns what has become due since the round began: meanwhile the stream only owes."""
        imports = self.outbox.imports()
        return self._due(imports, self._read_gate(imports))

    def _may_go_on(self) -> bool:
        """Whether there is time for more, this round holds the lease, and no other waits for it."""
        return self.seconds_left() >= GROUP_SECONDS and self.lease.renew() and not self.lease.asked

    def _send_groups(self, groups: DueGroups, sender: PacedSender) -> None:
        """Send group after group, several beside each other."""

        def send(_: int) -> None:
            while group := groups.take():
                sent = None  # if it fails
                try:
                    sent = self.due_sender.send(group, sender)
                finally:
                    groups.end(group, sent)

        at_once = groups.account.groups_at_once
        try:
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(send, range(at_once)))
        finally:
            self.sent = groups.sent

    def _end_of_due(self, groups: DueGroups) -> None:
        """Shut the door if the quota is used up; open it if nothing is due any more."""
        gate = self.delivery.gate
        door = gate.read().door
        if groups.quota_is_used:
            gate.shut(DoorKind.QUOTA, _quota_used(groups.account, groups.sent), door)
        elif door and not door.shut:
            gate.open(door)

    def _cancel(self, standing: Standing) -> bool:
        """End what is owed of imports whose mails an operator cancelled, due or not, for a while.

        Returns:
            Whether this round still holds the lease, and has time.
        """
        ledger, claim, ends = self.delivery.ledger, uuid.uuid4().hex, time.monotonic() + _CANCEL_SECONDS
        for import_id in (i for i, sending in standing.sending.items() if sending == Sending.CANCELLED):
            ids = (each.mail_id for each in self.outbox.owed(import_id))
            while some := list(islice(ids, CHANGES_AT_ONCE)):
                if time.monotonic() > ends:
                    return True
                if self.seconds_left() < GROUP_SECONDS or not self.lease.renew():
                    return False
                entries = list(ledger.entries(some).values())
                self.due_sender.see_to_others(entries, claim, standing)
                ledger.cancel(entries, claim, CANCELLED)
        return True

    def _look_over(self, imports: Sequence[ListedImport], standing: Standing) -> None:
        """Note how long mails have waited, and take imports from the list that owe none any more."""
        for each in imports:
            if self.seconds_left() < GROUP_SECONDS:
                return
            if standing.all_paused or standing.sending.get(each.import_id) == Sending.PAUSED:
                continue
            heads = self.outbox.heads(each.import_id)
            self.due_sender.note_oldest(self.delivery.ledger.entries(head.mail_id for head in heads).values())
            if not heads and each.registered + UNLIST_SECONDS < time.time():
                self.delivery.gate.unlist(each.import_id, each.registered, self.expire_days)


def _refusal(account: Account) -> tuple[DoorKind, str] | None:
    """Returns why SES takes nothing now, as it says of the account; None if it does."""
    if not account.sending:
        return DoorKind.PAUSED, _NOT_SENDING
    if account.left == 0:
        return DoorKind.QUOTA, _quota_used(account)
    return None


def _quota_used(account: Account, sent_since: int = 0) -> str:
    """Returns how much of the quota is used, now that no more of it is for this stack."""
    used, quota = account.sent + sent_since, account.quota or 0
    rest = ", and the rest is left to the account's other senders" if used < quota else ""
    return f"{used:,} of {quota:,} mails of the daily quota are used{rest}"
