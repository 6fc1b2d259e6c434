"""What needs a decision, with the command to type."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from .imports import Import
from .queue_states import QueueState
from .text import count

# A mail that is neither counted nor queued so long after its import began is on its way no more.
_MISSING = timedelta(hours=1)
_ON_THEIR_WAY = ("queue", "retry_queue")


@dataclass(frozen=True)
class Attention:
    """Something that does not mend itself."""

    what: str
    command: str

    def as_json(self) -> dict[str, str]:
        """The entry in the output of `--json`."""
        return asdict(self)


def needed(imports: Sequence[Import], queues: Mapping[str, QueueState], option: str) -> list[Attention]:
    """All that needs a decision; `option` goes with every command."""
    letters = [
        ("ingest_failure_queue", "upload", "could not be read", "redrive ingest --dry-run"),
        ("dead_letter_queue", "message", "with rows that could not be written", "redrive writer --dry-run"),
        ("notifier_failure_queue", "mail", "refused for good, or held", "redrive notifier --dry-run"),
    ]
    found = [
        Attention(f"{count(number, noun)} {what}", f"rowrelay {command}{option}")
        for name, noun, what, command in letters
        if (number := queues[name].messages)
    ]
    if held := sum(one.books.held for one in imports):
        what = f"{count(held, 'mail')} held: nobody knows whether it left"
        found.append(Attention(what, f"rowrelay held list{option}"))
    if missing := sum(map(_missing, imports)) if _nothing_moves(queues) else 0:
        what = f"{count(missing, 'record')} without a mail, and none is queued"
        found.append(Attention(what, f"rowrelay reconcile{option}"))
    return found


def _nothing_moves(queues: Mapping[str, QueueState]) -> bool:
    return not any(queues[name].messages for name in _ON_THEIR_WAY)


def _missing(one: Import) -> int:
    if one.started_at is None:
        return 0
    begun = datetime.fromisoformat(one.started_at)
    old = datetime.now(UTC) - begun > _MISSING
    return max(0, one.books.created - one.books.notified) if old else 0
