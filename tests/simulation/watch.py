"""Promises that are watched while the pipeline runs, as at its end nothing shows that they were broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lambdas.core.mail_entries import ENDS, MailState
from tests.unit.helpers.fakes import Item

from .world import Task, World

_IMPORT, _ALL = "import#", "import#all"


@dataclass
class _Reading:
    """What a task read of imports' mails: what an operator says of each; and how many have left since."""

    said: dict[str, str]
    left: int = 0


class Watch:
    """Notes in `wrong` what should not be written to the mail ledger, and which mails should not leave.

    A mail may leave if the task that sends it has read that nobody paused or cancelled its import's, and has
    sent no more than one group since.
    """

    def __init__(self, world: World, group: int) -> None:
        self.wrong: list[str] = []
        self._world = world
        self._group = group
        self._imports: dict[str, str] = {}  # by address
        self._readings: dict[Task, _Reading] = {}

    def recorded(self, record: Item) -> None:
        """A record was written, whose mail is to leave."""
        self._imports[record["email"]["S"]] = _IMPORT + record["import_id"]["S"]

    def written(self, item: Item) -> None:
        """An item of the mail ledger was written."""
        if "@" in item.get("reason", {}).get("S", ""):
            self.wrong.append(f"a reason quotes an address: {item['reason']['S']}")
        if "state" in item:
            self.wrong += [f"an entry {what}: {item}" for what in _wrong_with(item)]

    def read(self, keys: Sequence[Item], items: Sequence[Item]) -> None:
        """Items of the mail ledger were read."""
        asked = [key["mail_id"]["S"] for key in keys if key["mail_id"]["S"].startswith(_IMPORT)]
        if len(asked) > 1 and (task := self._world.current):
            said = {item["mail_id"]["S"]: item.get("sending", {}).get("S", "") for item in items}
            self._readings[task] = _Reading({each: said.get(each, "") for each in asked})

    def left(self, address: str) -> None:
        """A mail left."""
        reading, import_key = self._reading(), self._imports[address]
        if reading is None or import_key not in reading.said:
            self.wrong.append(f"{address} got a mail, and nobody read whether it is paused")
        elif said := reading.said[import_key] or reading.said[_ALL]:
            self.wrong.append(f"{address} got a mail, and it was read that it is {said}")
        else:
            reading.left += 1
            if reading.left > self._group:
                self.wrong.append(f"{address} got a mail, long after it was read whether it is paused")

    def _reading(self) -> _Reading | None:
        """What the task read that sends, or that has it sent."""
        task = self._world.current
        while task and task not in self._readings:
            task = task.parent
        return self._readings[task] if task else None


def _wrong_with(item: Item) -> Iterator[str]:
    """What should not be so, wherever the mail stands."""
    state, listed, expires = MailState(item["state"]["S"]), "outbox" in item, "expires_at" in item
    if state == MailState.OWED and not (listed and "due" in item and "columns" in item):
        yield "is owed, and nothing looks at it again"
    if state not in ENDS and expires == listed:
        yield "expires while it is listed, or neither"
    if state in ENDS and not expires:
        yield "has ended, and does not expire"
    if (state in ENDS or not listed) and "columns" in item:
        yield "is not owed any more, and has its columns"
