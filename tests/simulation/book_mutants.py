"""The bookkeeper, and who opens books, with one guard taken out."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from lambdas.bookkeeper import bookkeeper, decision, entry, open_imports, publisher, sums
from lambdas.core import import_ledger, import_parts, import_updates
from lambdas.process_csv import importer

Patch = pytest.MonkeyPatch


def books_settled_as_they_were_a_moment_ago(patch: Patch) -> None:
    def read_parts(*of: Any) -> Any:
        return import_parts.read_parts(*of, consistent=False)

    def a_moment_ago(self: Any, import_id: str) -> Any:
        return self.entry(import_id), [*read_parts(self._dynamodb, self._table, import_id, "mail#")]

    patch.setattr(open_imports, "read_parts", read_parts)
    patch.setattr(open_imports.OpenImports, "at_one_moment", a_moment_ago)


def books_settled_whoever_did_so_before(patch: Patch) -> None:
    _unguarded(patch, lambda changes: "settlement" in changes.sets)


def books_settled_as_soon_as_the_rows_are(patch: Patch) -> None:
    patch.setattr(decision.Seen, "balances", lambda self, _: self.rows_ended)


def an_import_closed_before_anybody_heard(patch: Patch) -> None:
    def published(self: Any, entry: Any) -> Any:
        if not entry.unpublished:
            return entry
        self.imports.close(entry)
        self.publisher.publish(entry, self.imports.summary(entry.import_id))
        return None

    patch.setattr(bookkeeper.Bookkeeper, "_published", published)


def an_import_closed_that_was_opened_meanwhile(patch: Patch) -> None:
    _unguarded(patch, lambda changes: "open" in changes.removes)


def an_event_that_was_not_taken_forgotten(patch: Patch) -> None:
    original = publisher.Publisher.publish

    def publish(*of: Any) -> None:
        with suppress(publisher.PublishError):
            original(*of)

    patch.setattr(publisher.Publisher, "publish", publish)


def a_settlement_not_told_of_once_the_books_are_open(patch: Patch) -> None:
    patch.setattr(entry.Entry, "unpublished", entry.Entry.settled)


def rows_written_after_all_that_open_no_books(patch: Patch) -> None:
    patch.setattr(import_ledger.ImportLedger, "_reopen", lambda *_: None)


def rows_written_after_all_that_leave_the_sums(patch: Patch) -> None:
    original = import_updates.reopening
    patch.setattr(import_ledger, "reopening", lambda *of, rows: original(*of, rows=False))  # noqa: ARG005


def decisions_that_open_no_books(patch: Patch) -> None:
    original = import_ledger.ImportLedger.count_mails
    patch.setattr(import_ledger.ImportLedger, "count_mails", lambda *of, reopen: original(*of))  # noqa: ARG005


def sums_of_a_chunk_that_is_not_final(patch: Patch) -> None:
    patch.setattr(sums, "_is_final", lambda chunk, _: "rows" in chunk)


def a_summary_written_over_the_final_one(patch: Patch) -> None:
    def put_summary(s3: Any, bucket: str, key: str, summary: Any) -> None:
        s3.put_object(
            Bucket=bucket, Key=key, Body=json.dumps(summary).encode(), ContentType="application/json"
        )

    patch.setattr(importer, "put_summary", put_summary)


MUTANTS: tuple[Callable[[Patch], None], ...] = (
    books_settled_as_they_were_a_moment_ago,
    books_settled_whoever_did_so_before,
    books_settled_as_soon_as_the_rows_are,
    an_import_closed_before_anybody_heard,
    an_import_closed_that_was_opened_meanwhile,
    an_event_that_was_not_taken_forgotten,
    a_settlement_not_told_of_once_the_books_are_open,
    rows_written_after_all_that_open_no_books,
    rows_written_after_all_that_leave_the_sums,
    decisions_that_open_no_books,
    sums_of_a_chunk_that_is_not_final,
    a_summary_written_over_the_final_one,
)


def _unguarded(patch: Patch, which: Callable[[Any], bool]) -> None:
    """Write these changes of an import's entry whatever stands there."""
    original = open_imports.OpenImports._write

    def write(self: Any, of: Any, condition: str, changes: Any, **more: Any) -> Any:
        if not which(changes):
            return original(self, of, condition, changes, **more)
        answer = self._dynamodb.update_item(**self._update(of, changes, {}), **more)
        return True, answer.get("Attributes", {})

    patch.setattr(open_imports.OpenImports, "_write", write)
