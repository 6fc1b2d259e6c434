"""What an operator does: pauses, resumes and cancels while mails leave, and when the cause of what failed is
mended, sends it again, and decides on what is held.

In a process that may be killed; it is run again until nothing is left to do.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from lambdas.core.import_ledger import ImportLedger
from lambdas.core.mail import texts_of
from lambdas.core.mail_entries import Entry, MailState
from lambdas.core.mail_gate import MailGate, Sending
from lambdas.core.mail_ledger import CHANGES_AT_ONCE, MailLedger
from lambdas.core.mail_writes import Change
from lambdas.core.outbox import Outbox

from . import faults
from .pipeline import (
    COLUMNS,
    DEAD_LETTERS,
    EXPIRE_DAYS,
    IMPORTS,
    INGEST_FAILURES,
    USERS,
    WORK,
    Pipeline,
)
from .tables import MAILS
from .world import Process

# Each looks at everything anew, so that with much of it it might be killed for ever.
_ATTEMPTS_IN_ANY_WEATHER = 100
_PAUSE_SECONDS = 600.0  # at most
_WITHIN_SECONDS = 300.0
_SOON_SECONDS = 3.0


def interfere(pipeline: Pipeline, import_ids: list[str]) -> None:
    """Pause and resume, or cancel, the mails of some of these imports at some time."""
    world, gate = pipeline.world, MailGate(_client(pipeline), MAILS)
    for import_id in import_ids:
        while pipeline.faults.strike(faults.OPERATOR):
            at = world.random.uniform(0, _WITHIN_SECONDS)
            if world.random.random() < 0.3:
                _at(pipeline, at, "cancels", lambda i=import_id: cancel(pipeline, i))  # type: ignore[misc]
                continue
            _pause(pipeline, at, import_id, partial(_set_paused, gate, import_id))
        if pipeline.faults.strike(faults.OPERATOR):
            at = world.random.uniform(0, _WITHIN_SECONDS)
            _pause(pipeline, at, "all", lambda p: gate.set_all_paused(paused=p))


def decide_once_settled(pipeline: Pipeline) -> None:
    """Send mails again that were refused, a moment after books are settled, in which they are published."""

    def decide() -> None:
        for entry in _undecided(pipeline):
            if entry.state == MailState.UNDELIVERABLE:
                _decide(pipeline, entry)

    def settled() -> None:
        if pipeline.faults.strike(faults.OPERATOR):
            _at(pipeline, pipeline.world.random.uniform(0, _SOON_SECONDS), "decides", decide)

    pipeline.settlements.settled = settled


def cancel(pipeline: Pipeline, import_id: str) -> None:
    """Cancel an import's mails: those that are owed end now, others when they are."""
    dynamodb = _client(pipeline)
    MailGate(dynamodb, MAILS).set_sending(import_id, Sending.CANCELLED)
    ledger, claim = _ledger(dynamodb), uuid.uuid4().hex
    ids = [each.mail_id for each in Outbox(dynamodb, MAILS).owed(import_id)]
    for start in range(0, len(ids), CHANGES_AT_ONCE):
        entries = ledger.entries(ids[start : start + CHANGES_AT_ONCE]).values()
        ledger.cancel(entries, claim, "cancelled")


def mend_rows(pipeline: Pipeline) -> None:
    """Read again what could not be read, and write again what could not be written."""
    for queue in (pipeline.queues.by_url[INGEST_FAILURES], pipeline.queues.by_url[DEAD_LETTERS]):
        for message in list(queue.messages.values()):
            if queue.name == INGEST_FAILURES:
                payload = json.loads(message.body)["requestPayload"]
                pipeline.functions.send_event(pipeline.functions.by_name["process_csv"], payload)
            else:
                pipeline.queues.put(WORK, message.body)
            queue.delete(message.message_id)


def mend_mails(pipeline: Pipeline) -> None:
    """Send again what was refused, or is held and did not leave; count as mailed what is held and did."""
    undecided = _undecided(pipeline)

    def decide() -> None:
        for entry in undecided:
            _decide(pipeline, entry)

    _until_done(pipeline, "decides", decide)


def _undecided(pipeline: Pipeline) -> list[Entry]:
    entries = [Entry.of(item) for item in pipeline.tables.items(MAILS) if "state" in item]
    return [entry for entry in entries if not entry.decided]


def _decide(pipeline: Pipeline, seen: Entry) -> None:
    dynamodb = _client(pipeline)
    ledger, gate, claim = _ledger(dynamodb), MailGate(dynamodb, MAILS), uuid.uuid4().hex
    entry = ledger.entries([seen.mail.mail_id])[seen.mail.mail_id]
    if (entry.state, entry.claim) != (seen.state, seen.claim):
        return
    record = dynamodb.get_item(TableName=USERS, Key=entry.mail.record_key)["Item"]
    columns = texts_of(record, COLUMNS)
    if entry.state == MailState.HELD and pipeline.mail.sent[columns["email"]]:
        ledger.change([Change.of(entry, claim, MailState.MAILED, "it left")])
        return
    gate.register([entry.mail.import_id], gate.read([entry.mail.import_id]))
    again = replace(entry, mail=replace(entry.mail, columns=columns))
    ledger.change([Change.of(again, claim, MailState.OWED, "an operator sends it again")])


def _set_paused(gate: MailGate, import_id: str, paused: bool) -> None:
    gate.set_sending(import_id, Sending.PAUSED if paused else None)


def _pause(pipeline: Pipeline, at: float, what: str, pause: Callable[[bool], object]) -> None:
    """Pause mails then, and resume some time after that is done."""
    seconds = pipeline.world.random.uniform(0, _PAUSE_SECONDS)

    def resume() -> None:
        _at(pipeline, seconds, f"resumes {what}", lambda: pause(False))

    _at(pipeline, at, f"pauses {what}", lambda: pause(True), resume)


def _at(
    pipeline: Pipeline,
    seconds: float,
    what: str,
    work: Callable[[], object],
    then: Callable[[], None] = lambda: None,
) -> None:
    """Run a command then; again, if it fails or is killed."""

    def attempt() -> None:
        def ended(_: Any, error: BaseException | None) -> None:
            if error is None:
                then()
            else:
                pipeline.world.after(1, attempt)

        pipeline.world.spawn(Process(f"operator {what}"), work, ended)

    pipeline.world.after(seconds, attempt)


def _until_done(pipeline: Pipeline, what: str, work: Callable[[], None]) -> None:
    errors: list[BaseException | None] = []
    calm, attempts = pipeline.faults.calm, 0
    while not attempts or any(errors):
        attempts += 1
        pipeline.faults.calm = calm or attempts > _ATTEMPTS_IN_ANY_WEATHER
        errors.clear()
        for _ in range(2 if pipeline.faults.strike(faults.OPERATOR) else 1):  # a colleague does the same
            process = Process(f"operator {what}")
            pipeline.world.spawn(process, work, lambda _result, error: errors.append(error))
        pipeline.world.run()
    pipeline.faults.calm = calm


def _client(pipeline: Pipeline) -> Any:
    return pipeline.tables


def _ledger(dynamodb: Any) -> MailLedger:
    return MailLedger(dynamodb, MAILS, ImportLedger(dynamodb, IMPORTS, EXPIRE_DAYS), EXPIRE_DAYS)
