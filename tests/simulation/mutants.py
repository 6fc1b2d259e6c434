"""The handlers with one guard taken out: what the simulation must notice, if it notices anything."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.aws import sqs as queue
from lambdas.aws.dynamodb import insert, transact
from lambdas.aws.dynamodb.outcomes import ItemWritten
from lambdas.core import import_ledger, mail_entries, mail_ledger, mail_writes
from lambdas.core import upload as events
from lambdas.core.mail_entries import MailState
from lambdas.csvfile import whole_lines
from lambdas.csvfile.blocks import Place
from lambdas.csvfile.decode import SourceError
from lambdas.insert_records import handler as insert_handler
from lambdas.insert_records import inserter, writer
from lambdas.insert_records.writer import put_always
from lambdas.process_csv import importer, packer, s3_object
from lambdas.send_email import delivery, ses_sender, verdicts
from lambdas.send_email import handler as mail_handler
from operations import mail_messages

from .substitutes import Stage

Patch = pytest.MonkeyPatch


def no_claim_before_sending(patch: Patch) -> None:
    patch.setattr(mail_ledger.MailLedger, "claim", lambda *_: {})


def a_claim_whatever_stands_there(patch: Patch) -> None:
    _after(patch, mail_ledger, "insert_each", lambda outcomes: [ItemWritten()] * len(outcomes))


def a_claim_of_what_another_has_claimed(patch: Patch) -> None:
    states = SimpleNamespace(**{**MailState.__members__, "DEFERRED": MailState.CLAIMED})
    patch.setattr(mail_ledger, "MailState", states)
    patch.setattr(mail_writes, "MailState", states)


def a_claim_again_whatever_stands_there_now(patch: Patch) -> None:
    _after(patch, mail_writes.MailWrites, "claim_again", _unconditional)


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
    original = insert._outcome
    patch.setattr(insert, "_outcome", lambda answer: original(answer) or ItemWritten())


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


def refused_mails_counted_before_they_are_queued(patch: Patch) -> None:
    original = delivery.Delivery._record
    send = queue.send

    def record(self: Any, changes: Any) -> Any:
        letters: list[Any] = []
        patch.setattr(delivery, "send", lambda sqs, url, messages: letters.append((sqs, url, messages)))
        try:
            return original(self, changes)
        finally:
            patch.setattr(delivery, "send", send)
            for letter in letters:
                send(*letter)

    patch.setattr(delivery.Delivery, "_record", record)


def crashed_mails_left_as_they_are(patch: Patch) -> None:
    patch.setattr(mail_entries.Entry, "unfinished", property(lambda _: False))


def lost_answers_of_ses_taken_for_refusals(patch: Patch) -> None:
    patch.setattr(ses_sender, "MailUnknown", lambda reason: verdicts.MailDeferred(reason, 1))


def mails_put_off_by_the_stream_forgotten(patch: Patch) -> None:
    patch.setattr(mail_handler, "send", lambda *_: None)


def failed_chunks_not_reported(patch: Patch) -> None:
    _after(patch, insert_handler, "_handle", lambda _: True)


def refused_rows_not_dead_lettered(patch: Patch) -> None:
    patch.setattr(inserter.Inserter, "_dead_letter", lambda *_: None)


def foreign_messages_dropped(patch: Patch) -> None:
    original = queue.send
    patch.setattr(
        inserter,
        "send",
        lambda sqs, url, messages: original(sqs, url, [m for m in messages if '"rows"' in m.body]),
    )


def a_reopened_mail_still_counted(patch: Patch) -> None:
    patch.setattr(mail_ledger, "recounts_of", lambda *_: [])


def a_reopened_mail_not_queued(patch: Patch) -> None:
    patch.setattr(mail_messages, "send", lambda *_: None)


MUTANTS: tuple[Callable[[Patch], None], ...] = (
    no_claim_before_sending,
    a_claim_whatever_stands_there,
    a_claim_of_what_another_has_claimed,
    a_claim_again_whatever_stands_there_now,
    a_mail_taken_over_whose_claim_stays_open,
    a_receipt_for_a_claim_that_was_closed,
    a_receipt_overlooked,
    insertions_put_off_not_made_again,
    records_put_over_what_is_there,
    its_own_write_taken_for_a_duplicate,
    rows_given_up_though_they_were_written,
    failed_messages_not_sent_again,
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
    refused_mails_counted_before_they_are_queued,
    crashed_mails_left_as_they_are,
    lost_answers_of_ses_taken_for_refusals,
    mails_put_off_by_the_stream_forgotten,
    failed_chunks_not_reported,
    refused_rows_not_dead_lettered,
    foreign_messages_dropped,
    a_reopened_mail_still_counted,
    a_reopened_mail_not_queued,
)


def _unconditional(operation: Any) -> Any:
    for name in ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"):
        operation["Put"].pop(name, None)
    return operation


def _after(patch: Patch, owner: Any, name: str, change: Callable[[Any], Any]) -> None:
    """Change what a function returns."""
    original = getattr(owner, name)
    patch.setattr(owner, name, lambda *of, **named: change(original(*of, **named)))
