"""One round at a time: it holds a lease, and hands over to the next that asks for it."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..aws.dynamodb.conditional import write_if
from ..aws.dynamodb.outcomes import Item
from ..aws.dynamodb.read import read_each
from ..core.mail_entries import MAIL_ID

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than the groups take that are sent beside each other, before which the lease is renewed.
LEASE_SECONDS = 120
# How far clocks may differ: what would hold for longer is no lease but a wrong clock's.
_MARGIN_SECONDS = 60
# How often a round looks whether another has ended that was asked to: nothing is sent in between.
_LOOKS, _LOOK_SECONDS = 60, 0.5
_KEY = {MAIL_ID: {"S": "lease"}}
_NAMES = {"#holder": "holder", "#until": "until", "#next": "next"}


@dataclass
class Lease:
    """A round's lease, an item of the mail ledger.

    Attributes:
        dynamodb: The client.
        table: The mail ledger.
        round_id: The round's own.
        asked: Whether another round waited for the lease when it was renewed last.
    """

    dynamodb: "DynamoDBClient"
    table: str
    round_id: str
    asked: bool = field(init=False, default=False)

    def acquire(self) -> bool:
        """Wait for the lease, and ask who holds it to hand over; returns whether this round holds it now."""
        if self._take():
            return True
        self._update("SET #next = :me", "attribute_exists(#holder)", {":me": {"S": self.round_id}})
        for _ in range(_LOOKS):
            time.sleep(_LOOK_SECONDS)
            # A look costs less than an attempt to write.
            (lease,) = read_each(self.dynamodb, self.table, [_KEY])
            if not lease.get("holder") or not self._holds(lease):
                return self._take()
        return False

    def renew(self) -> bool:
        """Hold the lease for longer, and note whether another waits; returns whether it is still held."""
        held, lease = self._update("SET #until = :until", "#holder = :me", self._mine())
        self.asked = held and "next" in lease
        return held

    def release(self) -> None:
        """End the lease, if this round still holds it."""
        self._update("REMOVE #holder, #until, #next", "#holder = :me", {":me": {"S": self.round_id}})

    def _take(self) -> bool:
        now = {":now": _number(time.time()), ":most": _number(time.time() + LEASE_SECONDS + _MARGIN_SECONDS)}
        taken, _ = self._update(
            "SET #holder = :me, #until = :until REMOVE #next",
            # What bears this very round was taken before, and the answer was lost.
            "attribute_not_exists(#holder) OR #until < :now OR #until > :most OR #holder = :me",
            self._mine() | now,
        )
        return taken

    def _mine(self) -> Item:
        return {":me": {"S": self.round_id}, ":until": _number(time.time() + LEASE_SECONDS)}

    @staticmethod
    def _holds(lease: Item) -> bool:
        until, now = float(lease["until"]["N"]), time.time()
        return now <= until <= now + LEASE_SECONDS + _MARGIN_SECONDS

    def _update(self, change: str, condition: str, values: Item) -> tuple[bool, Item]:
        """Update the lease if the condition holds; returns whether it did, and the lease after that."""
        return write_if(
            self.dynamodb.update_item,
            TableName=self.table,
            Key=_KEY,
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeNames={name: of for name, of in _NAMES.items() if name in change + condition},
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
        )


def _number(value: float) -> Item:
    return {"N": f"{value:.3f}"}
