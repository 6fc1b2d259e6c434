"""Whether mails may leave: the door that SES's answers shut, and what an operator says of imports.

They stand beside the mails in the mail ledger: an item for the door, and one for each import that owes mails
or is paused or cancelled, which is also how a round finds that import.
"""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..aws.dynamodb.conditional import write_if
from ..aws.dynamodb.outcomes import Item
from ..aws.dynamodb.read import read_each
from .mail_entries import DUE, EXPIRES_AT, IMPORTS_LIST, MAIL_ID, OUTBOX, expiry
from .retry_delays import ASK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DOOR, _IMPORT, _ALL, _NO_IMPORT = "door", "import#", "all", "-"
# An import is entered anew each hour that it owes further mails, and is left out of the list once it owed
# none for so long: longer than a function runs that was about to enter one, and than clocks differ.
_HOUR = 60 * 60
UNLIST_SECONDS = 6 * _HOUR
_MARGIN_SECONDS = 60  # that clocks may differ by


class DoorKind(StrEnum):
    """Why mails do not leave at once."""

    PACED = "paced"  # rounds alone send, at the rate that SES allows
    QUOTA = "quota"  # and below: SES takes nothing from this account
    PAUSED = "paused"
    SET_UP = "set_up"
    NO_ANSWER = "no_answer"

    @property
    def to_mend(self) -> bool:
        """Whether it does not open by itself."""
        return self in (DoorKind.SET_UP, DoorKind.PAUSED)

    @property
    def asked_each_round(self) -> bool:
        """Whether SES tells, without a mail, that it takes mails again."""
        return self in (DoorKind.QUOTA, DoorKind.PAUSED)


@dataclass(frozen=True)
class Door:
    """Why mails do not leave at once; `until`, in Unix seconds, is when a round looks again."""

    kind: DoorKind
    reason: str
    until: float
    stamp: str

    @property
    def shut(self) -> bool:
        """Whether nothing leaves at all, but for a round that looks again."""
        return self.kind != DoorKind.PACED

    @property
    def waits(self) -> bool:
        """Whether it is shut and it is not time to look again; what a wrong clock wrote does not count."""
        return self.shut and 0 < self.until - time.time() <= LOOK_AGAIN_SECONDS + _MARGIN_SECONDS


def next_look(kind: DoorKind) -> float:
    """Returns when a round is to look again at a door that is shut now (Unix seconds)."""
    return time.time() + (ASK_AGAIN_SECONDS if kind.asked_each_round else LOOK_AGAIN_SECONDS)


class Sending(StrEnum):
    """What an operator says of an import's mails; without a word, they are sent."""

    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Standing:
    """The door, and what is known of the imports that were asked for."""

    door: Door | None
    all_paused: bool
    sending: Mapping[str | None, Sending]
    registered: Mapping[str | None, float] = field(default_factory=dict)

    def why_not(self, import_id: str | None) -> str:
        """Returns why a round may not send this import's mails, the door aside; empty if it may."""
        if self.all_paused:
            return "an operator has paused all mails"
        sending = self.sending.get(import_id)
        return f"an operator has {sending} the import's mails" if sending else ""

    def why_not_at_once(self, import_id: str | None) -> str:
        """Returns why this import's new mails may not leave at once; empty if they may."""
        return self.why_not(import_id) or (self.door.reason if self.door else "")


class MailGate:
    """Reads and writes those items."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def read(self, import_ids: Iterable[str | None] = ()) -> Standing:
        """Returns how the door and these imports stand."""
        asked = list(dict.fromkeys(import_ids))
        keys = [{MAIL_ID: {"S": each}} for each in (_DOOR, _IMPORT + _ALL, *map(_id, asked))]
        door, of_all, *of_imports = read_each(self._dynamodb, self._table, keys)
        by_import = dict(zip(asked, of_imports, strict=True))
        return Standing(
            _door(door),
            all_paused=bool(of_all.get("sending")),
            sending={i: Sending(item["sending"]["S"]) for i, item in by_import.items() if "sending" in item},
            registered={i: float(item[DUE]["N"]) for i, item in by_import.items() if DUE in item},
        )

    def shut(self, kind: DoorKind, reason: str, seen: Door | None) -> None:
        """Note why mails do not leave at once, unless the door has changed since it was seen."""
        texts = {":kind": kind, ":reason": reason, ":stamp": uuid.uuid4().hex}
        values = {name: {"S": text} for name, text in texts.items()}
        values[":until"] = {"N": f"{next_look(kind):.3f}"}
        change = "SET #door = :kind, #reason = :reason, #until = :until, #stamp = :stamp"
        self._set_door(change, values, seen)

    def open(self, seen: Door) -> None:
        """Let mails leave at once again, unless the door has changed since it was seen."""
        self._set_door("REMOVE #door, #reason, #until, #stamp", {}, seen)

    def look_now(self, seen: Door) -> None:
        """Let the next round look at a door that is shut, unless it has changed since it was seen."""
        self._set_door("SET #until = :now", {":now": {"N": "0"}}, seen)

    def register(self, import_ids: Iterable[str | None], standing: Standing) -> None:
        """Enter imports in the list of those that owe mails; to be done before a mail of theirs is owed."""
        hour = time.time() // _HOUR * _HOUR
        for import_id in dict.fromkeys(import_ids):
            if standing.registered.get(import_id) != hour:
                self._update(
                    _id(import_id),
                    UpdateExpression=f"SET #outbox = :list, #due = :hour REMOVE {EXPIRES_AT}",
                    ExpressionAttributeNames={"#outbox": OUTBOX, "#due": DUE},
                    ExpressionAttributeValues={":list": {"S": IMPORTS_LIST}, ":hour": {"N": str(int(hour))}},
                )

    def unlist(self, import_id: str | None, registered: float, expire_days: int) -> None:
        """Take an import from that list, unless it was entered anew; its item expires after so many days."""
        self._update(
            _id(import_id),
            UpdateExpression=f"SET {EXPIRES_AT} = :expiry REMOVE #outbox, #due",
            ConditionExpression="#due = :registered",
            ExpressionAttributeNames={"#outbox": OUTBOX, "#due": DUE},
            ExpressionAttributeValues={
                ":expiry": {"N": str(expiry(expire_days))},
                ":registered": {"N": f"{registered:.0f}"},
            },
        )

    def set_sending(self, import_id: str, sending: Sending | None) -> bool:
        """Write an operator's word on an import's mails; None takes it back.

        Returns:
            Whether it is written: what is cancelled stays so.
        """
        return self._set_sending(_id(import_id), sending)

    def set_all_paused(self, *, paused: bool) -> None:
        """Pause all mails, or no more."""
        self._set_sending(_IMPORT + _ALL, Sending.PAUSED if paused else None)

    def _set_sending(self, item_id: str, sending: Sending | None) -> bool:
        change = f"SET sending = :sending REMOVE {EXPIRES_AT}" if sending else "REMOVE sending"
        values = {":sending": {"S": sending}} if sending else {}
        condition = {}
        if sending != Sending.CANCELLED:
            condition["ConditionExpression"] = "attribute_not_exists(sending) OR NOT sending = :cancelled"
            values[":cancelled"] = {"S": Sending.CANCELLED}
        return self._update(item_id, UpdateExpression=change, ExpressionAttributeValues=values, **condition)

    def _set_door(self, change: str, values: Item, seen: Door | None) -> bool:
        fields = ("door", "reason", "until", "stamp")
        names = {f"#{name}": name for name in fields if f"#{name}" in change} | {"#stamp": "stamp"}
        known = {":seen": {"S": seen.stamp}} if seen else {}
        more = {"ExpressionAttributeValues": values | known} if values or known else {}
        return self._update(
            _DOOR,
            UpdateExpression=change,
            ConditionExpression="#stamp = :seen" if seen else "attribute_not_exists(#stamp)",
            ExpressionAttributeNames=names,
            **more,
        )

    def _update(self, item_id: str, **update: Any) -> bool:
        key = {MAIL_ID: {"S": item_id}}
        held, _ = write_if(self._dynamodb.update_item, TableName=self._table, Key=key, **update)
        return held


def import_of(item_id: str) -> str | None:
    """Returns the import of an item of the list of imports; None stands for mails of no import."""
    name = item_id.removeprefix(_IMPORT)
    return None if name == _NO_IMPORT else name


def _id(import_id: str | None) -> str:
    return _IMPORT + (import_id or _NO_IMPORT)


def _door(item: Item) -> Door | None:
    if "stamp" not in item:
        return None
    texts = {name: item[name]["S"] for name in ("door", "reason", "stamp")}
    return Door(DoorKind(texts["door"]), texts["reason"], float(item["until"]["N"]), texts["stamp"])
