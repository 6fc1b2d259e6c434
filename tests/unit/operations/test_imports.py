"""What an import comes to, and what several do."""

from dataclasses import replace

import pytest

from lambdas.core.books import Books
from operations.import_progress import Progress
from operations.imports import Import, succeeded, total


def done(**counts: int) -> Import:
    return Import("a.csv", "uploads/1/a.csv", "id", status="done", books=Books(**counts))


def test_totals_add_up() -> None:
    assert total([done(read=2, rejected=2), done(read=3, rejected=3)]) == Books(read=5, rejected=5)


@pytest.mark.parametrize(
    ("one", "fine"),
    [
        (done(read=1, rejected=1), True),
        (done(read=1, accepted=1, created=1, undeliverable=1), True),
        (done(read=1, accepted=1, failed=1), False),
        (done(read=1, accepted=1, created=1, held=1), False),
        (done(read=1, accepted=1), False),
        (Import("a", "k", status="rejected", reason="no header"), False),
        (Import("a", "k", status="failed"), False),
        (Import("a", "k", status="reading"), False),
        (Import("a", "k"), False),
    ],
)
def test_refused_files_and_failed_held_or_missing_rows_are_a_failure(one: Import, fine: bool) -> None:
    assert succeeded([done(), one]) is fine


SETTLED = Progress(settled_at="2026-01-01T00:00:00.000Z", revision=1)


def test_what_is_settled_is_balanced_even_where_nothing_is_mailed() -> None:
    unmailed = done(read=1, accepted=1, created=1)
    assert (unmailed.balanced, unmailed.waits_for) == (False, "mails to leave: 1")
    settled = replace(unmailed, progress=SETTLED)
    assert (settled.balanced, settled.settled, settled.waits_for) == (True, True, "")


@pytest.mark.parametrize(
    ("one", "waits_for"),
    [
        (done(), ""),
        (Import("a", "k"), "its file to be read to the end"),
        (Import("a", "k", status="reading"), "its file to be read to the end"),
        (Import("a", "k", status="failed"), ""),
        (done(read=9, accepted=9, created=3, failed=1), "rows to be written: 5"),
        (done(read=9, accepted=9, created=9, held=2), "mails to leave: 7"),
        (
            replace(done(read=9, accepted=9, created=9), progress=Progress(quota=True)),
            "mails to leave: 9, by SES's daily quota",
        ),
    ],
)
def test_what_an_import_waits_for(one: Import, waits_for: str) -> None:
    assert one.waits_for == waits_for
    assert one.as_json()["waits_for"] == (waits_for or None)


def test_what_changes_while_nothing_moves_is_no_other_import() -> None:
    assert replace(done(), progress=Progress(since="2026-01-01")) == done()
