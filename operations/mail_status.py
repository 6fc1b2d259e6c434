"""The mails that wait: how many, of which imports, why, and until when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lambdas.core.mail_entries import UNDECIDED, MailState, owed_lists
from lambdas.core.mail_gate import Door, Sending, Standing

from .import_reader import ImportReader
from .imports import Import
from .mails import StackMails
from .stack import Stack
from .text import count, moment

LOOKED_AT = 1000  # mails that wait for a decision, of each state


@dataclass(frozen=True)
class OwedMails:
    """The mails that an import owes; times are in Unix seconds.

    Attributes:
        import_id: The import; None for mails of no import.
        key: Its upload's key.
        owed: How many.
        sending: What an operator said of them: paused, or cancelled.
        since: When the first of those that are due first was put off.
        due: When the first is due.
        reasons: Why those that are due first wait.
    """

    import_id: str | None
    key: str
    owed: int
    sending: Sending | None
    since: float | None
    due: float | None
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        times = {name: at and moment(at) for name, at in (("since", self.since), ("due", self.due))}
        named = {"import": self.import_id, "key": self.key, "owed": self.owed, "sending": self.sending}
        return {**named, **times, "reasons": list(self.reasons)}


@dataclass(frozen=True)
class MailStatus:
    """The mails that wait.

    Attributes:
        door: Why mails do not leave at once, if they do not.
        all_paused: Whether an operator has paused all.
        imports: The imports that owe mails, or whose mails an operator paused or cancelled.
        undecided: By state, the reasons of the mails that wait for a decision, of the first LOOKED_AT.
    """

    door: Door | None
    all_paused: bool
    imports: Sequence[OwedMails]
    undecided: Mapping[MailState, Counter[str]]

    @property
    def owed(self) -> int:
        """How many mails are owed."""
        return sum(one.owed for one in self.imports)

    @property
    def since(self) -> float | None:
        """Since when the mail waits that has waited longest, of those that are due first; Unix seconds."""
        return min((one.since for one in self.imports if one.owed and one.since), default=None)

    def number(self, state: MailState) -> str:
        """Returns in words how many mails of a state wait for a decision."""
        number = self.undecided[state].total()
        return count(number, "mail") + (" or more" if number == LOOKED_AT else "")

    def as_json(self) -> dict[str, Any]:
        """Returns the entry in the output of `--json`."""
        door = self.door
        until = moment(door.until) if door and door.shut else None
        told = {"kind": door.kind, "reason": door.reason, "until": until} if door else None
        return {
            "owed": self.owed,
            "door": told,
            "all_paused": self.all_paused,
            "imports": [one.as_json() for one in self.imports],
            "undecided": {state: dict(reasons.most_common()) for state, reasons in self.undecided.items()},
        }


def read_mail_status(stack: Stack, imports: Iterable[Import]) -> MailStatus:
    """Look at the mails that wait.

    Args:
        stack: Where to look.
        imports: Imports as they were read already; those that owe mails and are not among them are read.
    """
    mails = StackMails.of(stack)
    known = {one.id: one for one in imports}
    listed = [each.import_id for each in mails.outbox.imports()]
    standing = mails.gate.read({**dict.fromkeys(listed), **known})
    reader = ImportReader.of(stack)

    def read(import_id: str | None) -> OwedMails | None:
        one = known.get(import_id) or Import("", "", import_id)
        return _owed_mails(mails, standing, reader, one, listed=import_id in listed)

    found = [read(import_id) for import_id in {**dict.fromkeys(listed), **standing.sending}]
    undecided = {
        state: Counter(entry.reason for entry in islice(mails.undecided(state), LOOKED_AT))
        for state in UNDECIDED
    }
    return MailStatus(standing.door, standing.all_paused, [each for each in found if each], undecided)


def read_owed_mails(stack: Stack, one: Import) -> OwedMails | None:
    """Returns what an import owes; None if that is nothing, and no operator said anything of it."""
    mails = StackMails.of(stack)
    return _owed_mails(mails, mails.gate.read([one.id]), ImportReader.of(stack), one, listed=True)


def undecided_reasons(stack: Stack, one: Import) -> Mapping[MailState, Counter[str]]:
    """Returns why mails of an import wait for a decision, by state, of the first LOOKED_AT of all imports."""
    mails = StackMails.of(stack)
    return {
        state: Counter(
            entry.reason
            for entry in islice(mails.undecided(state), LOOKED_AT)
            if entry.mail.import_id == one.id
        )
        for state in UNDECIDED
    }


def _owed_mails(
    mails: StackMails, standing: Standing, reader: ImportReader, one: Import, *, listed: bool
) -> OwedMails | None:
    """Returns what an import owes; None if that is nothing, and no operator said anything of it."""
    heads = mails.outbox.heads(one.id) if listed else []
    entries = mails.ledger.entries(head.mail_id for head in heads).values()
    # Some may be on their way just now.
    waiting = [entry for entry in entries if entry.state in (MailState.OWED, MailState.CLAIMED)]
    sending = standing.sending.get(one.id)
    if not waiting and sending is None:
        return None
    if one.id is None:
        number = mails.outbox.count(*owed_lists(None))
    else:
        one = one if one.key else reader.refresh(one)
        number = one.books.owed if waiting else 0
    return OwedMails(
        import_id=one.id,
        key=one.key,
        owed=number,
        sending=sending,
        since=min((entry.owed_since for entry in waiting), default=None),
        due=min((entry.due for entry in waiting), default=None),
        reasons=tuple(dict.fromkeys(entry.reason for entry in waiting if entry.reason)),
    )
