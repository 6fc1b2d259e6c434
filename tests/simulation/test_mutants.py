"""The simulation can fail: with any guard taken out, some seed catches it."""

from collections.abc import Callable

import pytest

from . import book_mutants, mutants
from .mutants import MUTANTS
from .run import run
from .substitutes import substituted

_SEEDS = 6000
# What but few seeds catch, as two must meet over one mail: where to begin, so as not to wait for minutes.
_FIRST: dict[Callable[[pytest.MonkeyPatch], None], int] = {
    mutants.a_repetition_rejects_what_was_begun: 33,
    mutants.all_paused_and_sent_all_the_same: 23,
    mutants.an_owed_mail_claimed_whatever_stands_there: 118,
    mutants.a_mail_taken_over_whose_claim_stays_open: 1322,
    mutants.a_receipt_overlooked: 20181,
    mutants.a_receipt_for_a_claim_that_was_closed: 725,
    mutants.a_cancellation_whatever_stands_there: 222,
    mutants.an_import_left_out_of_the_list_once_the_index_has_none: 368,
    mutants.rows_given_up_though_they_were_written: 1092,
    book_mutants.books_settled_as_they_were_a_moment_ago: 42,
    book_mutants.rows_written_after_all_that_open_no_books: 1291,
    book_mutants.rows_written_after_all_that_leave_the_sums: 1291,
    book_mutants.a_summary_written_over_the_final_one: 763461,
}


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_seed_catches_it(mutate: Callable[[pytest.MonkeyPatch], None]) -> None:
    first = _FIRST.get(mutate, 0)
    with substituted(), pytest.MonkeyPatch.context() as patch:
        mutate(patch)
        assert any(run(seed).wrong for seed in range(first, first + _SEEDS))
