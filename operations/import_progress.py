"""How an import gets on, besides its counts: settled or stuck, since when, and its functions' last errors."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.aws.dynamodb.outcomes import Item
from lambdas.core.clock import now
from lambdas.core.import_entries import (
    AT,
    ERROR_CLASS,
    ERROR_PARTS,
    PART,
    PROGRESS_AT,
    REVISION,
    SETTLED_AT,
    STUCK_SINCE,
)
from lambdas.core.import_waits import waits_for_quota


@dataclass(frozen=True)
class LastError:
    """The last error that a function met in an import: its class, which names no value, and when."""

    function: str
    error_class: str
    at: str

    def as_json(self) -> dict[str, str]:
        """Returns the entry in the output of `--json`."""
        return {"function": self.function, "class": self.error_class, "at": self.at}


@dataclass(frozen=True)
class Progress:
    """How an import gets on; times are ISO 8601, in UTC.

    Attributes:
        settled_at: When its books were settled, unless they were opened again since.
        revision: How often they were settled.
        since: Since when nothing of it has changed, as far as the bookkeeper knows that.
        stuck_since: Since when the bookkeeper says that it is stuck, unless it has moved on.
        quota: Whether mails of it are known to wait for SES's daily quota.
        errors: The last error of each function.
    """

    settled_at: str | None = None
    revision: int = 0
    since: str | None = None
    stuck_since: str | None = None
    quota: bool = False
    errors: tuple[LastError, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Returns its part of an import's entry in the output of `--json`."""
        return {
            PROGRESS_AT: self.since,
            STUCK_SINCE: self.stuck_since,
            SETTLED_AT: self.settled_at,
            REVISION: self.revision,
            "errors": [error.as_json() for error in self.errors],
        }


def progress_of(entry: Item, items: Sequence[Item] = (), *, moved: bool = False) -> Progress:
    """Returns what an import's items say of how it gets on.

    Args:
        entry: Its part "import".
        items: All that is read of it.
        moved: Whether its counts have changed since the bookkeeper looked, whose words are stale then.
    """
    looked: Item = {} if moved else entry
    return Progress(
        settled_at=_text(entry, SETTLED_AT),
        revision=int(entry[REVISION]["N"]) if REVISION in entry else 0,
        since=_text(looked, PROGRESS_AT),
        stuck_since=_text(looked, STUCK_SINCE),
        quota=waits_for_quota(items, now()),
        errors=tuple(_errors(items)),
    )


def _errors(items: Iterable[Item]) -> Iterator[LastError]:
    for item in items:
        part = str(item[PART]["S"])
        if part.startswith(ERROR_PARTS):
            yield LastError(part.removeprefix(ERROR_PARTS), item[ERROR_CLASS]["S"], item[AT]["S"])


def _text(entry: Item, name: str) -> str | None:
    return str(entry[name]["S"]) if name in entry else None
