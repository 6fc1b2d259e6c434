"""What became of imports that does not go on by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.core.books import Books
from lambdas.core.import_entries import ImportStatus
from operations.finding import Cause, Gravity
from operations.import_findings import (
    failure_findings,
    lost_rows,
    lost_uploads,
    missing_mails,
    stuck_imports,
)
from operations.import_progress import Progress
from operations.imports import Import, UploadStatus
from operations.queues import QueueState

NAMES = ("queue", "dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue")


def queues(**messages: int) -> dict[str, QueueState]:
    return {name: QueueState(name, messages.get(name, 0)) for name in NAMES}


def one(books: Books, hours: float = 2, status: str = ImportStatus.DONE) -> Import:
    begun = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    return Import("a.csv", "uploads/a.csv", "id", status, started_at=begun, books=books)


def test_messages_that_are_worked_on_need_nothing() -> None:
    assert list(failure_findings(queues(queue=5), "")) == []


def test_a_queue_that_could_not_be_looked_at_says_nothing() -> None:
    assert list(failure_findings({}, "")) == []


@pytest.mark.parametrize(
    ("queue", "number", "told", "step"),
    [
        ("notifier_failure_queue", 1, "1 batch of the stream that Lambda gave up", "notifier"),
        ("notifier_failure_queue", 2, "2 batches of the stream that Lambda gave up", "notifier"),
        ("ingest_failure_queue", 2, "2 uploads that could not be read", "ingest"),
        ("dead_letter_queue", 1, "1 message with rows that could not be written", "writer"),
    ],
)
def test_each_failure_queue_has_its_words_and_its_command(
    queue: str, number: int, told: str, step: str
) -> None:
    [found] = failure_findings(queues(**{queue: number}), " --stack dev")
    assert (found.what, found.gravity, found.cause) == (told, Gravity.NEEDS_PERSON, Cause.GIVEN_UP)
    assert found.command == f"rowrelay redrive {step} --dry-run --stack dev"
    assert found.since is None


def test_since_when_the_oldest_waits() -> None:
    states = queues(dead_letter_queue=1)
    states["dead_letter_queue"].oldest = 60
    [found] = failure_findings(states, "")
    assert found.since == pytest.approx(datetime.now(UTC).timestamp() - 60, abs=5)


MISSING = Books(created=5, mailed=3)


@pytest.mark.parametrize(
    ("imported", "owing", "told"),
    [
        (one(MISSING), [], True),
        (one(MISSING), ["id"], False),
        (one(MISSING, hours=0), [], False),
        (one(MISSING, status=UploadStatus.FAILED), [], True),
        (one(Books(created=5, mailed=5)), [], False),
    ],
    ids=["missing", "owed", "young", "file given up", "all there"],
)
def test_records_without_a_mail_are_missing_after_an_hour(
    imported: Import, owing: list[str], told: bool
) -> None:
    found = list(missing_mails([imported], owing, ""))
    assert [(each.what, each.command) for each in found] == [
        ("2 records without a mail, and none waits (of uploads/a.csv)", "rowrelay reconcile")
    ] * told


def test_of_many_imports_without_mails_some_are_named() -> None:
    [found] = missing_mails([one(MISSING)] * 7, [], "")
    assert found.what.startswith("14 records")
    assert found.what.endswith("uploads/a.csv, …)")


@pytest.mark.parametrize(
    ("rows", "told"),
    [(1, "1 row of uploads/a.csv is neither"), (2, "2 rows of uploads/a.csv are neither")],
)
def test_rows_that_are_lost(rows: int, told: str) -> None:
    [found] = lost_rows([(one(Books()), rows)])
    assert found.what.startswith(told)
    assert (found.gravity, found.cause) == (Gravity.NEEDS_PERSON, Cause.LOST)
    assert "upload the file again" in found.mend
    assert found.since == pytest.approx((datetime.now(UTC) - timedelta(hours=2)).timestamp(), abs=5)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (ImportStatus.READING, "reading it was not finished"),
        (UploadStatus.WAITING, "it was never read"),
    ],
)
def test_uploads_that_are_lost(status: str, told: str) -> None:
    [found] = lost_uploads([one(Books(), status=status)])
    assert told in found.what
    assert found.cause == Cause.LOST


def stuck(name: str, since: str) -> Import:
    progress = Progress(since=since, stuck_since="2026-01-01T12:00:00Z")
    return replace(Import(name, f"uploads/{name}", f"id-{name}", "reading"), progress=progress)


def test_stuck_imports_are_one_finding_the_oldest_first() -> None:
    imports = [stuck("b", "2026-01-01T11:00:00Z"), stuck("a", "2026-01-01T10:00:00Z"), one(Books())]
    [found] = stuck_imports(imports, " --stack dev")
    assert (found.gravity, found.cause) == (Gravity.NEEDS_PERSON, Cause.STUCK)
    assert found.what == "2 imports are stuck, without progress (of uploads/a, uploads/b)"
    assert found.command == "rowrelay status --import id-a --stack dev"
    assert found.since == datetime(2026, 1, 1, 10, tzinfo=UTC).timestamp()
    [alone] = stuck_imports(imports[:1], "")
    assert alone.what == "1 import is stuck, without progress (of uploads/b)"
    assert list(stuck_imports([one(Books())], "")) == []
