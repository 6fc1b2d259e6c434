"""A stack's mails: their ledger, the gate that lets them leave, and the lists of those that wait."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lambdas.aws.limits import DYNAMODB_BATCH_GET_ITEMS
from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import Mail, texts_of
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.mail_gate import DoorKind, MailGate
from lambdas.core.mail_ledger import MailLedger
from lambdas.core.outbox import Outbox

from .choices import Waiting, Which
from .stack import Stack
from .text import moment

# A person waits for it, who is often far from AWS, so a call is to bring many; a megabyte holds more.
_PAGE = 1000


@dataclass(frozen=True)
class StackMails:
    """The mails of a stack; `expire_days` is how long the ledgers keep what has ended."""

    ledger: MailLedger
    gate: MailGate
    outbox: Outbox
    expire_days: int

    @classmethod
    def of(cls, stack: Stack) -> "StackMails":
        """Returns those of a deployed stack."""
        dynamodb, table = stack.client("dynamodb"), stack.outputs["mail_ledger"]
        days = int(stack.outputs["ledgers_expire_days"])
        imports = ImportLedger(dynamodb, stack.outputs["import_ledger"], days)
        ledger = MailLedger(dynamodb, table, imports, days)
        return cls(ledger, MailGate(dynamodb, table), Outbox(dynamodb, table), days)

    def waiting(self, state: Waiting, which: Which) -> Iterator["WaitingMail"]:
        """Yields the mails in this state that wait, to be shown."""
        waiting = self.owed(which.import_id) if state == Waiting.OWED else self.undecided(MailState(state))
        fitting = (entry for entry in waiting if which.fits(entry.mail.import_id, entry.reason))
        return map(WaitingMail.of, fitting)

    def owed(self, import_id: str | None = None) -> Iterator[Entry]:
        """Yields the mails that are owed; by default of all imports, one after the other."""
        imports = [import_id] if import_id else [each.import_id for each in self.outbox.imports()]
        ids = (each.mail_id for one in imports for each in self.outbox.owed(one, page=_PAGE))
        return (entry for entry in self._entries(ids) if entry.state == MailState.OWED)

    def undecided(self, state: MailState) -> Iterator[Entry]:
        """Yields the mails in this state that wait for a decision, those first that have waited longest."""
        ids = (each.mail_id for each in self.outbox.listed(state, page=_PAGE))
        return (entry for entry in self._entries(ids) if entry.state == state and not entry.decided)

    def why_not(self, import_ids: Iterable[str | None]) -> str:
        """Returns why mails of one of these imports do not leave; empty if they do."""
        ids = list(import_ids)
        standing = self.gate.read(ids)
        shut = standing.door.reason if standing.door and standing.door.shut else ""
        return shut or next(filter(None, map(standing.why_not, ids)), "")

    def wait_for_quota(self) -> bool:
        """Whether no mail leaves, but all by themselves once SES's daily quota lets them."""
        door = self.gate.read().door
        return door is not None and door.kind == DoorKind.QUOTA

    def first_due(self, import_ids: Iterable[str | None]) -> float | None:
        """Returns when a mail is due first that these imports owe (Unix seconds); None if they owe none."""
        heads = (head.due for import_id in import_ids for head in self.outbox.heads(import_id))
        return min(heads, default=None)

    def _entries(self, mail_ids: Iterable[str]) -> Iterator[Entry]:
        """Yields the entries as they stand, which the lists follow a moment later."""
        ids = iter(mail_ids)
        while some := list(islice(ids, DYNAMODB_BATCH_GET_ITEMS)):
            yield from self.ledger.entries(some).values()


@dataclass(frozen=True)
class WaitingMail:
    """A mail that waits.

    Attributes:
        mail_id: Its id.
        import_id: The record's import, if it has one.
        line: The record's line in the import's file.
        record: The record's key, which is to whom the mail is.
        reason: Why it waits.
        since: Since when.
        due: From when on it is to be sent; empty where it waits for a decision.
    """

    mail_id: str
    import_id: str | None
    line: int | None
    record: Mapping[str, str]
    reason: str
    since: str
    due: str

    @classmethod
    def of(cls, entry: Entry) -> "WaitingMail":
        """Returns what there is to show of a mail."""
        mail, owed = entry.mail, entry.state == MailState.OWED
        return cls(
            mail_id=mail.mail_id,
            import_id=mail.import_id,
            line=mail.line,
            record=texts_of(mail.record_key, mail.record_key),
            reason=entry.reason,
            since=moment(entry.owed_since if owed else entry.changed_at),
            due=moment(entry.due) if owed else "",
        )

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        told = {"mail": self.mail_id, "import": self.import_id, "line": self.line, "record": self.record}
        return {**told, "reason": self.reason, "since": self.since, "due": self.due or None}


def name_of(mail: Mail) -> str:
    """Returns what the mail is, on a line."""
    return f"mail {mail.mail_id} of import {mail.import_id or '(none)'}, line {mail.line or '(none)'}"
