"""`rowrelay status`: the imports, the queues, and what needs a decision."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta

from operations.attention import Attention, needed
from operations.failed_invocation import reason_of
from operations.import_ledger import Ledger
from operations.imports import FAILED, Import
from operations.messages import Letter
from operations.queue_states import LOOKED_AT, QueueState, metered_age
from operations.queues import Queues, dead_lines_of, failures_of
from operations.stack import Stack, find_stack
from operations.text import count

from .printer import Printer
from .report import Report

_WORKING = ("queue", "retry_queue")
_DEAD, _INGEST, _NOTIFIER = _FAILING = ("dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue")
_SHOWN = 5  # reasons of a queue
_SECOND = len("2026-01-01T00:00:00")


@dataclass(frozen=True)
class Status:
    """A stack as it is now."""

    stack: Stack
    imports: Sequence[Import]
    queues: Mapping[str, QueueState]
    attention: Sequence[Attention]

    def as_json(self) -> str:
        """The object that `--json` prints."""
        return json.dumps(
            {
                "stack": self.stack.name,
                "imports": [one.as_json() for one in self.imports],
                "queues": [queue.as_json() for queue in self.queues.values()],
                "attention": [each.as_json() for each in self.attention],
            }
        )


def run_status(stack_name: str | None, *, limit: int, as_json: bool) -> bool:
    """Show the stack; gives whether nothing needs a decision."""
    status = read_status(find_stack(stack_name), limit)
    if as_json:
        print(status.as_json())
    else:
        show(Printer(), status)
    return not status.attention


def read_status(stack: Stack, limit: int) -> Status:
    """Look at the queues, then at the newest imports: a row that moves on meanwhile is not seen twice."""
    queues = Queues(stack.client("sqs"), stack.outputs)
    states = {name: QueueState(name, queues.waiting(f"{name}_url")) for name in _WORKING + _FAILING}
    for name in _WORKING:
        if states[name].messages:
            states[name].oldest = metered_age(stack.client("cloudwatch"), stack.outputs[f"{name}_url"])

    def letters(name: str) -> Iterable[Letter]:
        return states[name].watch(queues.letters(f"{name}_url"), reason_of)

    dead_lines = dead_lines_of(letters(_DEAD))
    given_up = {import_id: (key, reason) for key, import_id, reason in failures_of(letters(_INGEST))}
    for _ in letters(_NOTIFIER):
        pass  # only to note its age and reason
    imports = _imports(stack, limit, dead_lines, given_up)
    return Status(stack, imports, states, needed(imports, states, stack.option))


def _imports(
    stack: Stack, limit: int, dead_lines: Mapping[str, Set[int]], given_up: Mapping[str, tuple[str, str]]
) -> list[Import]:
    """The newest imports in the ledger, after those that were given up and are not among them."""
    ledger = Ledger(stack.client("dynamodb"), stack.outputs["import_ledger"])
    newest = ledger.newest(limit, dead_lines)
    ids = {one.id for one in newest}
    older = [Import(key, key, i) for i, (key, _) in given_up.items() if i not in ids]
    imports = [*(ledger.look(one, dead_lines.get(one.id or "", frozenset())) for one in older), *newest]
    return [_given_up(one, given_up) for one in imports if one.id in ids or not one.ended]


def _given_up(one: Import, given_up: Mapping[str, tuple[str, str]]) -> Import:
    """The import as failed, if its letter says so and it has not ended since."""
    if one.ended or one.id is None or one.id not in given_up:
        return one
    return replace(one, status=FAILED, reason=given_up[one.id][1])


def show(printer: Printer, status: Status) -> None:
    """Print it."""
    printer.line(f"Status of {status.stack.name}")
    printer.line()
    if status.imports:
        Report(printer).imports([replace(one, file=_title(one)) for one in status.imports])
    else:
        outputs = status.stack.outputs
        printer.line(f"No import yet: upload a file to s3://{outputs['bucket']}/{outputs['upload_prefix']}")
        printer.line()
    _show_queues(printer, status.queues.values())
    if not status.attention:
        printer.line("Nothing needs a decision.")
    for each in status.attention:
        printer.line(f"{each.what}. Type: {each.command}")


def _title(one: Import) -> str:
    """The key, after when it was begun to the second, if it was."""
    return f"{(one.started_at or 'not begun')[:_SECOND].replace('T', ' ')} {one.key}"


def _show_queues(printer: Printer, queues: Iterable[QueueState]) -> None:
    for queue in queues:
        name = queue.name.replace("_", " ")
        age = f", the oldest {timedelta(seconds=round(queue.oldest))} old" if queue.oldest else ""
        first = f"; of the first {LOOKED_AT:,}:" if sum(queue.reasons.values()) == LOOKED_AT else ""
        printer.line(f"{name}: {count(queue.messages, 'message')}{age}{first}")
        for reason, number in queue.reasons.most_common(_SHOWN):
            printer.line(f"    {number:,}: {reason}")
    printer.line()
