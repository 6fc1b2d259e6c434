from datetime import UTC, datetime, timedelta

import pytest

from lambdas.core.import_entries import ImportStatus
from operations.books import Books
from operations.imports import Import, UploadStatus
from operations.queues import QueueState
from operations.status import needed

NAMES = ("queue", "retry_queue", "dead_letter_queue", "ingest_failure_queue", "notifier_failure_queue")


def queues(**messages: int) -> dict[str, QueueState]:
    return {name: QueueState(name, messages.get(name, 0)) for name in NAMES}


def one(books: Books, hours: int = 2, status: str = ImportStatus.DONE) -> Import:
    begun = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    return Import("a.csv", "uploads/a.csv", "id", status, started_at=begun, books=books)


def test_messages_in_working_queues_need_nothing() -> None:
    assert needed([], queues(queue=5, retry_queue=7), "") == []


@pytest.mark.parametrize(
    ("queue", "command"),
    [
        ("ingest_failure_queue", "rowrelay redrive ingest --dry-run --stack dev"),
        ("dead_letter_queue", "rowrelay redrive writer --dry-run --stack dev"),
        ("notifier_failure_queue", "rowrelay redrive notifier --dry-run --stack dev"),
    ],
)
def test_each_failure_queue_has_its_command(queue: str, command: str) -> None:
    [attention] = needed([], queues(**{queue: 3}), " --stack dev")
    assert (attention.what[:2], attention.command) == ("3 ", command)


def test_held_mails_are_for_an_operator_to_decide() -> None:
    [attention] = needed([one(Books(held=2)), one(Books(held=1))], queues(), "")
    assert attention.what.startswith("3 mails held")
    assert attention.command == "rowrelay held list"


MISSING = Books(created=5, mailed=3)


@pytest.mark.parametrize(
    ("imported", "waiting", "told"),
    [
        (one(MISSING), 0, True),
        (one(MISSING), 1, False),
        (one(MISSING, hours=0), 0, False),
        (one(MISSING, status=UploadStatus.FAILED), 0, True),
        (one(Books(created=5, mailed=5)), 0, False),
    ],
    ids=["missing", "queued", "young", "file given up", "all there"],
)
def test_records_without_a_mail_are_missing_once_nothing_moves(
    imported: Import, waiting: int, told: bool
) -> None:
    found = needed([imported], queues(retry_queue=waiting), "")
    assert [each.command for each in found] == (["rowrelay reconcile"] if told else [])
