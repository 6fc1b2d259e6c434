"""A stack as it is now: its imports, its queues, and what needs a decision."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .failed_invocation import reason_of
from .imports import Import, ImportReader, UploadStatus
from .messages import QueueMessage
from .queues import Queues, QueueState, dead_lines_of, failures_of, metered_age
from .stack import Stack
from .text import count

_WORKING = ("queue", "retry_queue")
_DEAD, _INGEST, _NOTIFIER = "dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue"
# A mail that is neither counted nor queued so long after its import began is on its way no more.
_MISSING = timedelta(hours=1)


@dataclass(frozen=True)
class Attention:
    """Something that does not mend itself."""

    what: str
    command: str

    def as_json(self) -> dict[str, str]:
        """Returns the entry in the output of `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class Status:
    """A stack as it is now."""

    stack: Stack
    imports: Sequence[Import]
    queues: Mapping[str, QueueState]
    attention: Sequence[Attention]

    def as_json(self) -> dict[str, Any]:
        """Returns what `--json` prints."""
        return {
            "stack": self.stack.name,
            "imports": [one.as_json() for one in self.imports],
            "queues": [queue.as_json() for queue in self.queues.values()],
            "attention": [each.as_json() for each in self.attention],
        }


def read_status(stack: Stack, limit: int) -> Status:
    """Look at the queues, then at the newest imports: a row that moves on meanwhile is not seen twice.

    Args:
        stack: Where to look.
        limit: How many imports, newest first.
    """
    queues = Queues(stack.client("sqs"), stack.outputs)
    names = (*_WORKING, _DEAD, _INGEST, _NOTIFIER)
    states = {name: QueueState(name, queues.waiting(f"{name}_url")) for name in names}
    for name in _WORKING:
        if states[name].messages:
            states[name].oldest = metered_age(stack.client("cloudwatch"), stack.outputs[f"{name}_url"])

    def messages(name: str) -> Iterable[QueueMessage]:
        return states[name].watch(queues.messages(f"{name}_url"), reason_of)

    dead_lines = dead_lines_of(messages(_DEAD))
    given_up = {import_id: (key, reason) for key, import_id, reason in failures_of(messages(_INGEST))}
    for _ in messages(_NOTIFIER):
        pass  # only to note its age and reason
    imports = _imports(stack, limit, dead_lines, given_up)
    return Status(stack, imports, states, needed(imports, states, stack.option))


def needed(imports: Sequence[Import], queues: Mapping[str, QueueState], option: str) -> list[Attention]:
    """Returns all that needs a decision; `option` goes with every command."""
    failures = [
        (_INGEST, "upload", "could not be read", "redrive ingest --dry-run"),
        (_DEAD, "message", "with rows that could not be written", "redrive writer --dry-run"),
        (_NOTIFIER, "mail", "refused for good, or held", "redrive notifier --dry-run"),
    ]
    found = [
        Attention(f"{count(number, noun)} {what}", f"rowrelay {command}{option}")
        for name, noun, what, command in failures
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
    return not any(queues[name].messages for name in _WORKING)


def _missing(one: Import) -> int:
    if one.started_at is None:
        return 0
    begun = datetime.fromisoformat(one.started_at)
    old = datetime.now(UTC) - begun > _MISSING
    return max(0, one.books.created - one.books.notified) if old else 0


def _imports(
    stack: Stack, limit: int, dead_lines: Mapping[str, Set[int]], given_up: Mapping[str, tuple[str, str]]
) -> list[Import]:
    """Returns the newest imports in the ledger, after those that were given up and are not among them."""
    ledger = ImportReader(stack.client("dynamodb"), stack.outputs["import_ledger"])
    newest = ledger.newest(limit, dead_lines)
    ids = {one.id for one in newest}
    older = [Import(key, key, i) for i, (key, _) in given_up.items() if i not in ids]
    imports = [*(ledger.refresh(one, dead_lines.get(one.id or "", frozenset())) for one in older), *newest]
    return [_given_up(one, given_up) for one in imports if one.id in ids or not one.ended]


def _given_up(one: Import, given_up: Mapping[str, tuple[str, str]]) -> Import:
    """Returns the import as failed, if its message says so and it has not ended since."""
    if one.ended or one.id is None or one.id not in given_up:
        return one
    return replace(one, status=UploadStatus.FAILED, reason=given_up[one.id][1])
