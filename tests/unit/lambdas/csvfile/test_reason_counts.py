"""Rejects, grouped by what is wrong with them and counted, in bounded memory."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.reason_counts import KINDS, OTHER_REASONS, ReasonCount, ReasonCounts, most_common
from lambdas.csvfile.validate import Reject

from ...helpers.csv_files import TEXTS, parse


def rejects(*kinds: tuple[str, ...]) -> list[Reject]:
    """Rejects of these kinds, on lines from 2 on."""
    return [Reject(line, [], f"reason {line}", each) for line, each in enumerate(kinds, 2)]


def counted(*kinds: tuple[str, ...]) -> ReasonCounts:
    counts = ReasonCounts()
    counts.add(rejects(*kinds))
    return counts


def test_kinds_are_counted_with_their_first_lines_most_frequent_first() -> None:
    counts = counted(("a",), ("b",), ("b", "a"), *[("b",)] * 5)
    assert most_common(counts.counts, 10) == [
        ReasonCount("b", 7, [3, 4, 5, 6, 7]),
        ReasonCount("a", 2, [2, 4]),
    ]


def test_a_row_counts_once_for_each_of_its_kinds() -> None:
    assert counted(("a", "a", "b")).counts == [ReasonCount("a", 1, [2]), ReasonCount("b", 1, [2])]


def test_a_reject_without_a_kind_is_counted_under_its_reason() -> None:
    assert counted(()).counts == [ReasonCount("reason 2", 1, [2])]


def test_what_is_beyond_the_bound_is_one_entry_and_the_last() -> None:
    counts = counted(*[(f"kind {n}",) for n in range(KINDS + 7)])
    assert len(counts.counts) == KINDS + 1
    last = most_common(counts.counts, KINDS)[-1]
    assert (last.reason, last.rows, last.lines) == (OTHER_REASONS, 7, [102, 103, 104, 105, 106])
    folded = most_common(counts.counts, 20)
    assert [each.reason for each in folded] == [*(f"kind {n}" for n in range(20)), OTHER_REASONS]
    assert astuple(folded[-1]) == (OTHER_REASONS, KINDS + 7 - 20, [22, 23, 24, 25, 26])
    assert most_common(folded, 20) == folded


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3).map(tuple), max_size=30), st.integers(0, 30))
def test_counting_goes_on_exactly_from_what_was_counted(kinds: list[tuple[str, ...]], at: int) -> None:
    some = rejects(*kinds)
    whole, first = ReasonCounts(), ReasonCounts()
    whole.add(some)
    first.add(some[:at])
    before = first.counts
    rest = ReasonCounts(before)
    rest.add(some[at:])
    assert rest.counts == whole.counts
    assert before == first.counts


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (b"1,SECRET\n", "expected 3 fields as in the header"),
        (b'1,"SECRET"x,\n1,SECRET,y\n', "a quote is closed in the middle of a field"),
        (b'1,"SECRET\n', "a quote is never closed"),
        (b"1,%s,\n" % (b"SECRET" * 70_000), "expected a record of at most 409,600 bytes"),
        (
            b'1,"%s",\n' % (b"SECRET" * 400_000),
            "the row is longer than max_row_bytes (1,048,576; setting maxRowBytes)",
        ),
        (b",SECRET,\n", "id: a value is required"),
        (b"%s,,\n" % (b"SECRET" * 400), "id: expected a key of at most 2,048 bytes"),
    ],
)
def test_kinds_of_the_same_fault_are_the_same_and_without_values(rows: bytes, kind: str) -> None:
    for lines in (0, 3):
        [reject] = parse(b"id,a,b\n" + b"good,,\n" * lines + rows, TEXTS).rejects
        [count] = most_common(_counts(reject), 10)
        assert count.reason == kind


def _counts(*rejected: Reject) -> list[ReasonCount]:
    counts = ReasonCounts()
    counts.add(rejected)
    return counts.counts


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ("SECRET is dropped", "dropped by transform_row"),
        ("", "dropped by transform_row"),
        ({"SECRET": 1}, "transform_row returned columns that the schema does not have"),
        (7, "transform_row returned int: expected a row, or a text that says why there is none"),
    ],
)
def test_what_a_module_says_of_a_row_is_in_no_kind(result: str, kind: str) -> None:
    [reject] = parse(b"id,a,b\n1,x,y\n", TEXTS, transform_row=lambda _: result).rejects
    assert _counts(reject) == [ReasonCount(kind, 1, [2])]
