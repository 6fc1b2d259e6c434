"""What `mail_ledger.py` writes: the items, and the conditions under which they replace what stands there."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..aws.dynamodb.outcomes import Item
from ..aws.dynamodb.transact import Operation
from ..aws.dynamodb.update import Update
from .mail import Mail
from .mail_entries import (
    COLUMNS,
    DUE,
    ENDS,
    EXPIRES_AT,
    MAIL_ID,
    OUTBOX,
    RECORD_KEY,
    UNDECIDED,
    Entry,
    MailState,
    expiry,
    owed_list,
    receipt_id,
)

# Of a mail's import, a counter, and what is added to it.
Count = tuple[Mail, MailState, int]
# A receipt outlives the claims that it names: without it they would seem not to have ended.
_RECEIPT_DAYS_LONGER = 7
_DETAILS = (COLUMNS, RECORD_KEY, "import_id", "line", "reason", "owed_since", OUTBOX, DUE)


@dataclass(frozen=True)
class Owing:
    """Why a mail waits, and how long; times are in Unix seconds.

    Attributes:
        reason: Why it was not sent; it names no address and no value.
        due: From when on it is to be sent.
        since: When it was put off first.
    """

    reason: str
    due: float
    since: float


@dataclass(frozen=True)
class Change:
    """A mail's next state in place of the one that is known.

    Attributes:
        mail: The mail.
        known: The state in which it stands.
        known_claim: The claim under which it stands.
        claim: Whose change it is.
        state: Its next state.
        reason: Why it is in that state.
        message_id: SES's id of a mail that SES took.
        decided: Whether an operator's decision is not missed (again) if the state is one of UNDECIDED.
    """

    mail: Mail
    known: MailState
    known_claim: str
    claim: str
    state: MailState
    reason: str = ""
    message_id: str = ""
    decided: bool = False

    @classmethod
    def of(
        cls, entry: Entry, claim: str, state: MailState, reason: str = "", *, decided: bool = False
    ) -> "Change":
        """Returns the change of a mail that stands as the entry says."""
        return cls(entry.mail, entry.state, entry.claim, claim, state, reason, decided=decided)

    @property
    def takes_over(self) -> bool:
        """Whether another's claim ends by it."""
        return self.known == MailState.CLAIMED and self.known_claim != self.claim

    def is_written_in(self, item: Item) -> bool:
        """Whether the mail's item is what an earlier attempt wrote, whose answer was lost; not another's."""
        if "state" not in item:
            return False
        return (item["claim"]["S"], item["state"]["S"]) == (self.claim, self.state)


@dataclass(frozen=True)
class MailWrites:
    """The writes to one table, in which an ended mail is kept for so many days."""

    table: str
    expire_days: int

    def claimed(self, mail: Mail, claim: str) -> Item:
        """Returns the item of a mail that is to leave at once, to be inserted where none stands.

        It expires as ended mails do, so that nothing need be written of it once it has left.
        """
        return {**_state(mail, claim, MailState.CLAIMED), EXPIRES_AT: self._expiry()}

    def owed(self, mail: Mail, claim: str, owing: Owing) -> Item:
        """Returns the item of a mail that is owed, to be inserted where none stands."""
        return {**_state(mail, claim, MailState.OWED), **_details(mail, owing)}

    def claim_owed(self, entry: Entry, claim: str) -> Update:
        """Returns the claim of a mail that is owed; it stays in its list, as the holder may be killed."""
        return _update(entry.mail, entry.state, entry.claim, _state(entry.mail, claim, MailState.CLAIMED))

    def owe(self, mail: Mail, claim: str, owing: Owing) -> Update:
        """Returns how a claimed mail becomes owed."""
        changes = _state(mail, claim, MailState.OWED) | _details(mail, owing)
        return _update(mail, MailState.CLAIMED, claim, changes, remove=[EXPIRES_AT])

    def look_again(self, mail: Mail, entry: Entry, due: float) -> Update:
        """Returns what puts a mail that another has claimed into its list, for its holder may be killed."""
        details = _details(mail, Owing("", due, entry.changed_at))
        return _update(mail, entry.state, entry.claim, details, remove=[EXPIRES_AT])

    def leave_list(self, mail: Mail, claim: str) -> Update:
        """Returns what takes a mail out of its list that its claim's receipt names, and so has left."""
        return _update(mail, MailState.CLAIMED, claim, {EXPIRES_AT: self._expiry()}, remove=_DETAILS)

    def change(self, change: Change) -> Operation:
        """Returns a change of a mail that stands as it is known."""
        item = _state(change.mail, change.claim, change.state)
        item |= {"reason": {"S": change.reason}} if change.reason else {}
        item |= {"message_id": {"S": change.message_id}} if change.message_id else {}
        if change.state == MailState.OWED:
            item |= _details(change.mail, Owing(change.reason, time.time(), time.time()))
        else:
            item |= {EXPIRES_AT: self._expiry()}
        if change.state in UNDECIDED and not change.decided:
            item |= {OUTBOX: {"S": change.state}, DUE: _number(time.time())}
            item |= _origin(change.mail)
        return self._put(
            item,
            "#claim = :claim AND #state = :known",
            {":claim": {"S": change.known_claim}, ":known": {"S": change.known}},
        )

    def receipt(self, claim: str, messages: Item) -> Operation:
        """Returns the receipt of a claim that has none; `messages`: SES's message ids, by the mail's id."""
        item = {MAIL_ID: {"S": receipt_id(claim)}, "mails": {"M": messages}, "changed_at": _now()}
        item[EXPIRES_AT] = self._expiry(_RECEIPT_DAYS_LONGER)
        return self._put(item, f"attribute_not_exists(#{MAIL_ID})", {})

    def _expiry(self, days_longer: int = 0) -> Item:
        return _number(expiry(self.expire_days + days_longer))

    def _put(self, item: Item, condition: str, values: Item) -> Operation:
        """Returns what makes this the item; whole, which needs but one permission."""
        names = (MAIL_ID, "state", "claim")
        put = {
            "TableName": self.table,
            "Item": item,
            "ConditionExpression": condition,
            # By placeholder, for some are words that DynamoDB reserves; it takes none that is not used.
            "ExpressionAttributeNames": {f"#{n}": n for n in names if f"#{n}" in condition},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}


def counts_of(changes: Iterable[Change]) -> Iterator[Count]:
    """Returns how changes count: an import's counters have its mails that ended."""
    for change in changes:
        if change.known in ENDS:
            yield change.mail, change.known, -1
        if change.state in ENDS:
            yield change.mail, change.state, 1


def totals_of(counts: Iterable[Count]) -> dict[str, dict[str, int]]:
    """Returns what is added to each import's counters, by its id; mails of no import do not count."""
    totals: dict[str, Counter[str]] = {}
    for mail, state, number in counts:
        if mail.import_id:
            totals.setdefault(mail.import_id, Counter())[state] += number
    added = {import_id: {state: n for state, n in total.items() if n} for import_id, total in totals.items()}
    return {import_id: total for import_id, total in added.items() if total}


def _update(mail: Mail, state: MailState, claim: str, changes: Item, *, remove: Iterable[str] = ()) -> Update:
    known = {"state": {"S": state}, "claim": {"S": claim}}
    changed = {name: value for name, value in changes.items() if name != MAIL_ID}
    return Update({MAIL_ID: {"S": mail.mail_id}}, known, changed, tuple(remove))


def _state(mail: Mail, claim: str, state: MailState) -> Item:
    return {
        MAIL_ID: {"S": mail.mail_id},
        "state": {"S": state},
        "claim": {"S": claim},
        "changed_at": _now(),
    }


def _details(mail: Mail, owing: Owing) -> Item:
    return {
        **_origin(mail),
        COLUMNS: {"M": {name: {"S": text} for name, text in mail.columns.items()}},
        "reason": {"S": owing.reason},
        "owed_since": _number(owing.since),
        OUTBOX: {"S": owed_list(mail)},
        DUE: _number(owing.due),
    }


def _origin(mail: Mail) -> Item:
    origin: Item = {RECORD_KEY: {"M": mail.record_key}}
    origin |= {"import_id": {"S": mail.import_id}} if mail.import_id else {}
    return origin | ({"line": _number(mail.line)} if mail.line is not None else {})


def _now() -> Item:
    return _number(time.time())


def _number(value: float) -> Item:
    return {"N": str(value) if isinstance(value, int) else f"{value:.3f}"}
