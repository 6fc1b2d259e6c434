"""The handlers with one guard taken out: what the simulation must notice, if it notices anything."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdas.aws import sqs as queue
from lambdas.aws.dynamodb import statements, transact
from lambdas.aws.dynamodb.outcomes import ItemWritten
from lambdas.core import (
    import_ledger,
    mail_entries,
    mail_gate,
    mail_ledger,
    mail_writes,
    outbox,
)
from lambdas.core import upload as events
from lambdas.core.mail_entries import UNDECIDED, MailState
from lambdas.csvfile import whole_lines
from lambdas.csvfile.blocks import Place
from lambdas.csvfile.decode import SourceError
from lambdas.insert_records import handler as insert_handler
from lambdas.insert_records import inserter, writer
from lambdas.insert_records.writer import put_always
from lambdas.process_csv import importer, packer, s3_object
from lambdas.send_email import delivery, due_sender, mail_round, ses_sender, verdicts

from . import book_mutants
from .substitutes import Future, Stage

Patch = pytest.MonkeyPatch


def no_claim_before_sending(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "claim", lambda *_: {})


def a_claim_whatever_stands_there(patch: Patch) -> None:
    _after(patch, mail_ledger, "insert_each", lambda outcomes: [ItemWritten()] * len(outcomes))


def a_mail_taken_over_whose_claim_stays_open(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "_close", lambda *_: set())


def a_receipt_for_a_claim_that_was_closed(patch: Patch) -> None:
    original = mail_writes.MailWrites.receipt

    def receipt(self: Any, claim: str, messages: Any) -> Any:
        made = original(self, claim, messages)
        return _unconditional(made) if messages else made

    patch.setattr(mail_writes.MailWrites, "receipt", receipt)


def a_receipt_overlooked(patch: Patch) -> None:
    patch.setattr(mail_ledger, "receipt_mails", lambda _: set())


def insertions_put_off_not_made_again(patch: Patch) -> None:
    original = statements._outcome
    patch.setattr(statements, "_outcome", lambda answer: original(answer) or ItemWritten())


def records_put_over_what_is_there(patch: Patch) -> None:
    patch.setattr(insert_handler, "put_if_absent", lambda dynamodb, table, _: put_always(dynamodb, table))


def its_own_write_taken_for_a_duplicate(patch: Patch) -> None:
    patch.setattr(writer, "_own_write", lambda _, outcome: outcome)


def rows_given_up_though_they_were_written(patch: Patch) -> None:
    patch.setattr(insert_handler, "find_written", lambda *_: lambda _: [])


def failed_messages_not_sent_again(patch: Patch) -> None:
    def once(sqs: Any, queue_url: str, batch: Any) -> None:
        entries = [message.entry(str(n)) for n, message in enumerate(batch)]
        sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)

    patch.setattr(queue, "_send_batch", once)


def calls_under_way_not_waited_for(patch: Patch) -> None:
    patch.setattr(Future, "exception", lambda _: None)


def throttled_writes_not_sent_again(patch: Patch) -> None:
    original = transact._settled

    def settled(error: Any, batch: list[int]) -> Any:
        return {**dict.fromkeys(batch, ItemWritten()), **(original(error, batch) or {})}

    patch.setattr(transact, "_settled", settled)


def an_import_id_for_each_delivery(patch: Patch) -> None:
    patch.setattr(
        events.Upload, "import_id", property(lambda _: f"{Stage.world.random.getrandbits(80):020x}")
    )


def chunks_cut_differently_each_time(patch: Patch) -> None:
    def other_rows(standing: Any) -> Any:
        return {**standing, "rows_per_chunk": Stage.world.random.randint(1, 5)}

    _after(patch, import_ledger.ImportLedger, "begin", other_rows)


def another_version_of_the_object_read(patch: Patch) -> None:
    original = s3_object._open

    def opened(s3: Any, upload: Any, *at: Any) -> Any:
        data = s3.objects.get(upload.key)
        return original(s3, replace(upload, etag=s3.etag(data)) if data is not None else upload, *at)

    patch.setattr(s3_object, "_open", opened)


def a_repetition_rejects_what_was_begun(patch: Patch) -> None:
    patch.setattr(importer, "ImportInterruptedError", SourceError)


def a_continuation_that_whoever_left_it_alone_may_begin(patch: Patch) -> None:
    hand_over, invoke_next = importer.Importer._hand_over, importer.Importer._invoke_next
    leaving = False

    def left(self: Any, *of: Any) -> Any:
        nonlocal leaving
        leaving = True
        try:
            return hand_over(self, *of)
        finally:
            leaving = False

    patch.setattr(importer.Importer, "_hand_over", left)
    patch.setattr(
        importer.Importer, "_invoke_next", lambda self, *of: invoke_next(self, *of) if leaving else None
    )


def a_checkpoint_that_forgets_the_rows_that_wait(patch: Patch) -> None:
    original = packer.Packed
    patch.setattr(packer, "Packed", lambda rows, chunks, _: original(rows, chunks, []))


def a_checkpoint_at_the_beginning_of_its_piece(patch: Patch) -> None:
    patch.setattr(whole_lines, "Place", lambda piece, _, line: Place(piece, 0, line))


def a_continuation_that_counts_its_chunks_anew(patch: Patch) -> None:
    original = packer.Packed
    patch.setattr(packer, "Packed", lambda rows, _, waiting: original(rows, 0, waiting))


def mails_counted_apart_from_their_state(patch: Patch) -> None:
    original = transact.write_each

    def write_each(dynamodb: Any, operations: Any, companions: Any = lambda _: []) -> Any:
        outcomes = original(dynamodb, operations)
        written = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, ItemWritten)]
        for operation in companions(written) if written else ():
            dynamodb.update_item(**operation["Update"])
        return outcomes

    patch.setattr(mail_ledger, "write_each", write_each)


def lost_answers_of_ses_taken_for_refusals(patch: Patch) -> None:
    patch.setattr(ses_sender, "MailUnknown", verdicts.MailDeferred)


def an_owed_mail_claimed_whatever_stands_there(patch: Patch) -> None:
    _after(patch, mail_writes.MailWrites, "claim_owed", lambda update: replace(update, known={}))


def an_owed_mail_sent_without_a_claim(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "claim_owed", lambda _, entries, __: entries)


def a_claim_that_leaves_its_list(patch: Patch) -> None:
    leave = ("outbox", "due")
    _after(patch, mail_writes.MailWrites, "claim_owed", lambda update: replace(update, remove=leave))


def a_mail_owed_whose_import_is_not_listed(patch: Patch) -> None:
    patch.setattr(mail_gate.MailGate, "register", lambda *_: None)


def an_import_left_out_of_the_list_while_it_owes(patch: Patch) -> None:
    patch.setattr(mail_round, "UNLIST_SECONDS", -3600)
    patch.setattr(outbox.Outbox, "heads", lambda *_: [])


def an_import_left_out_of_the_list_once_the_index_has_none(patch: Patch) -> None:
    patch.setattr(mail_round, "UNLIST_SECONDS", -3600)


def a_receipt_not_read(patch: Patch) -> None:
    patch.setattr(mail_entries, "receipt_mails", lambda _: set())


def crashed_claims_left_as_they_are(patch: Patch) -> None:
    patch.setattr(delivery.Delivery, "take_over", lambda *_: None)


def crashed_claims_in_a_rounds_list_left(patch: Patch) -> None:
    patch.setattr(due_sender.DueSender, "see_to_others", lambda *_: None)


def a_claim_of_another_not_looked_at_again(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "look_again", lambda *_: None)


def mails_that_left_stay_in_their_list(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "leave_lists", lambda *_: None)


def mails_put_off_forgotten(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "owe_claimed", lambda *_: None)


def an_owed_mail_that_is_never_due(patch: Patch) -> None:
    _after(patch, mail_writes, "_details", lambda details: _without(details, "due"))


def an_owed_mail_that_expires(patch: Patch) -> None:
    _after(patch, mail_writes.MailWrites, "owe", lambda update: replace(update, remove=()))


def an_ended_mail_that_does_not_expire(patch: Patch) -> None:
    _after(
        patch,
        mail_writes.MailWrites,
        "leave_list",
        lambda update: replace(update, set=_without(update.set, "expires_at")),
    )


def an_ended_mail_that_keeps_its_columns(patch: Patch) -> None:
    kept = tuple(name for name in mail_writes._DETAILS if name != "columns")
    _after(patch, mail_writes.MailWrites, "leave_list", lambda update: replace(update, remove=kept))


def a_reason_that_quotes_an_address(patch: Patch) -> None:
    original = verdicts.SesAnswers._verdict

    def verdict(self: Any, name: str, text: str, code: str = "") -> Any:
        changed: Any = original(self, name, text, code)
        return replace(changed, reason=f"{name}: {text}")

    patch.setattr(verdicts.SesAnswers, "_verdict", verdict)


def a_paused_import_sent_all_the_same(patch: Patch) -> None:
    _without_sending(patch, mail_gate.Sending.PAUSED)


def a_cancelled_import_sent_all_the_same(patch: Patch) -> None:
    _without_sending(patch, mail_gate.Sending.CANCELLED)


def all_paused_and_sent_all_the_same(patch: Patch) -> None:
    _after(patch, mail_gate.MailGate, "read", lambda standing: replace(standing, all_paused=False))


def what_is_paused_read_once_for_many_groups(patch: Patch) -> None:
    original = mail_gate.MailGate.read
    kept: dict[Any, Any] = {}

    def read(self: Any, import_ids: Any = ()) -> Any:
        key = Stage.world, tuple(import_ids)
        if key not in kept:
            kept.clear()
            kept[key] = original(self, key[1])
        return kept[key]

    patch.setattr(mail_gate.MailGate, "read", read)


def a_door_that_stays_shut(patch: Patch) -> None:
    patch.setattr(mail_gate.Door, "waits", mail_gate.Door.shut)


def mails_of_a_cancelled_import_left_owed(patch: Patch) -> None:
    patch.setattr(mail_round.MailRound, "_cancel", lambda *_: None)


def a_cancellation_whatever_stands_there(patch: Patch) -> None:
    _unconditional_change(patch, lambda change: change.state == MailState.CANCELLED)


def an_operators_decision_whatever_stands_there(patch: Patch) -> None:
    _unconditional_change(patch, lambda change: change.known in UNDECIDED)


def failed_chunks_not_reported(patch: Patch) -> None:
    _after(patch, insert_handler, "_handle", lambda _: insert_handler.Outcome(None))


def refused_rows_not_dead_lettered(patch: Patch) -> None:
    patch.setattr(inserter.Inserter, "_dead_letter", lambda *_: None)


def foreign_messages_dropped(patch: Patch) -> None:
    original = queue.send
    patch.setattr(
        inserter,
        "send",
        lambda sqs, url, messages: original(sqs, url, [m for m in messages if '"rows"' in m.body]),
    )


MUTANTS: tuple[Callable[[Patch], None], ...] = (
    no_claim_before_sending,
    a_claim_whatever_stands_there,
    a_mail_taken_over_whose_claim_stays_open,
    a_receipt_for_a_claim_that_was_closed,
    a_receipt_overlooked,
    insertions_put_off_not_made_again,
    records_put_over_what_is_there,
    its_own_write_taken_for_a_duplicate,
    rows_given_up_though_they_were_written,
    failed_messages_not_sent_again,
    calls_under_way_not_waited_for,
    throttled_writes_not_sent_again,
    an_import_id_for_each_delivery,
    chunks_cut_differently_each_time,
    another_version_of_the_object_read,
    a_repetition_rejects_what_was_begun,
    a_continuation_that_whoever_left_it_alone_may_begin,
    a_checkpoint_that_forgets_the_rows_that_wait,
    a_checkpoint_at_the_beginning_of_its_piece,
    a_continuation_that_counts_its_chunks_anew,
    mails_counted_apart_from_their_state,
    lost_answers_of_ses_taken_for_refusals,
    an_owed_mail_claimed_whatever_stands_there,
    an_owed_mail_sent_without_a_claim,
    a_claim_that_leaves_its_list,
    a_mail_owed_whose_import_is_not_listed,
    an_import_left_out_of_the_list_while_it_owes,
    an_import_left_out_of_the_list_once_the_index_has_none,
    a_receipt_not_read,
    crashed_claims_left_as_they_are,
    crashed_claims_in_a_rounds_list_left,
    a_claim_of_another_not_looked_at_again,
    mails_that_left_stay_in_their_list,
    mails_put_off_forgotten,
    an_owed_mail_that_is_never_due,
    an_owed_mail_that_expires,
    an_ended_mail_that_does_not_expire,
    an_ended_mail_that_keeps_its_columns,
    a_reason_that_quotes_an_address,
    a_paused_import_sent_all_the_same,
    a_cancelled_import_sent_all_the_same,
    all_paused_and_sent_all_the_same,
    what_is_paused_read_once_for_many_groups,
    a_door_that_stays_shut,
    mails_of_a_cancelled_import_left_owed,
    a_cancellation_whatever_stands_there,
    an_operators_decision_whatever_stands_there,
    failed_chunks_not_reported,
    refused_rows_not_dead_lettered,
    foreign_messages_dropped,
    *book_mutants.MUTANTS,
)


def _unconditional(operation: Any) -> Any:
    for name in ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"):
        operation["Put"].pop(name, None)
    return operation


def _after(patch: Patch, owner: Any, name: str, change: Callable[[Any], Any]) -> None:
    """Change what a function returns."""
    original = getattr(owner, name)
    patch.setattr(owner, name, lambda *of, **named: change(original(*of, **named)))


def _without(item: Any, name: str) -> Any:
    return {each: value for each, value in item.items() if each != name}


def _without_sending(patch: Patch, sending: mail_gate.Sending) -> None:
    """Read of imports everything but this."""

    def read(standing: Any) -> Any:
        said = {import_id: each for import_id, each in standing.sending.items() if each != sending}
        return replace(standing, sending=said)

    _after(patch, mail_gate.MailGate, "read", read)


def _unconditional_change(patch: Patch, which: Callable[[Any], bool]) -> None:
    original = mail_writes.MailWrites.change

    def change(self: Any, of: Any) -> Any:
        return _unconditional(original(self, of)) if which(of) else original(self, of)

    patch.setattr(mail_writes.MailWrites, "change", change)
