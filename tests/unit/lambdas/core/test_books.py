"""The books of an import."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.books import Books, books_of


def entry(**counts: int) -> dict[str, Any]:
    return {"part": {"S": "import"}, **{name: {"N": str(n)} for name, n in counts.items()}}


def chunk(number: int, **lines: list[int]) -> dict[str, Any]:
    sets = {name: {"NS": [str(line) for line in of]} for name, of in lines.items()}
    return {"part": {"S": f"chunk#{number:08d}"}, **sets}


def mails(shard: int, **counts: int) -> dict[str, Any]:
    return {"part": {"S": f"mail#{shard}"}, **{name: {"N": str(n)} for name, n in counts.items()}}


def test_every_kind_of_entry_adds_to_its_own_counts() -> None:
    books = books_of(
        [
            entry(read=13, accepted=11, rejected=2),
            chunk(1, created=[2, 3, 12, 13, 14, 15], duplicates=[4]),
            chunk(2, created=[6], failed=[7, 8, 9]),
            mails(0, mailed=1, held=1),
            mails(7, undeliverable=1, cancelled=4),
        ]
    )
    assert books == Books(
        read=13,
        accepted=11,
        rejected=2,
        created=7,
        duplicates=1,
        failed=3,
        mailed=1,
        undeliverable=1,
        held=1,
        cancelled=4,
    )
    assert books.balanced
    assert books.owed == 0


def test_rows_of_a_chunk_that_sqs_dead_lettered_have_failed() -> None:
    items = [entry(read=3, accepted=3, rejected=0), chunk(1, created=[2])]
    assert not books_of(items).balanced
    assert books_of(items, {3, 4}).failed == 2


def test_a_dead_letter_of_a_row_written_after_all_counts_as_created() -> None:
    assert books_of([chunk(1, created=[2], duplicates=[3])], {2, 3, 4}) == Books(
        created=1, duplicates=1, failed=1
    )


def test_a_dead_letter_that_the_ledger_knows_counts_once() -> None:
    assert books_of([chunk(1, failed=[2, 3])], {2, 3}).failed == 2


def test_an_import_without_entries_has_empty_books() -> None:
    assert books_of([]) == Books()


@pytest.mark.parametrize(
    "books",
    [
        Books(read=3, accepted=1, rejected=1, created=1, mailed=1),
        Books(read=2, accepted=2, created=1, mailed=1),
        Books(read=2, accepted=2, created=2, mailed=1),
        Books(read=1, accepted=1, created=1, mailed=2),
    ],
    ids=["not read", "not written", "not mailed", "mailed twice"],
)
def test_a_row_that_is_missing_or_twice_unbalances_the_books(books: Books) -> None:
    assert not books.balanced


ENDS = ("rejected", "duplicates", "failed", "mailed", "undeliverable", "held", "cancelled", "owed")


@given(st.lists(st.sampled_from(ENDS)))
def test_books_balance_whatever_end_each_row_takes(ends: list[str]) -> None:
    count = {end: ends.count(end) for end in ENDS}
    owed = count.pop("owed")
    created = owed + sum(count[end] for end in ("mailed", "undeliverable", "held", "cancelled"))
    accepted = len(ends) - count["rejected"]
    books = Books(read=len(ends), accepted=accepted, created=created, **count)
    assert books.owed == owed
    assert books.balanced == (not owed)


def test_mails_that_are_counted_before_their_rows_are_not_owed() -> None:
    assert Books(created=1, mailed=3).owed == 0


def test_books_may_be_given_the_mails_of_others() -> None:
    rows = Books(read=5, accepted=4, rejected=1, created=4, mailed=1)
    assert rows.with_mails_of(Books(read=9, mailed=2, undeliverable=1, held=1)) == Books(
        read=5, accepted=4, rejected=1, created=4, mailed=2, undeliverable=1, held=1
    )


def test_books_of_several_imports_add_up() -> None:
    assert Books(read=1, cancelled=2) + Books(read=3, mailed=4) == Books(read=4, mailed=4, cancelled=2)
