"""What was found in a file, in words."""

import pytest

from cli.findings import reason_lines, remarks
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys

WHY = "first_name: a value is required"


@pytest.mark.parametrize(
    ("rows", "lines", "told"),
    [
        (312, [4, 9, 1017], "312 rows, lines 4, 9, 1017, …"),
        (2, [4, 9], "2 rows, lines 4, 9"),
        (1, [4], "1 row, line 4"),
    ],
)
def test_a_reason_is_told_with_its_rows_and_their_lines(rows: int, lines: list[int], told: str) -> None:
    assert list(reason_lines(Findings([ReasonCount(WHY, rows, lines)]))) == [f"{WHY} · {told}"]


def test_of_many_reasons_the_most_frequent_are_told() -> None:
    reasons = [ReasonCount("a", 1, [2]), ReasonCount("b", 9, [3, 4]), ReasonCount("c", 2, [5, 6])]
    assert list(reason_lines(Findings(reasons), 1)) == [
        "b · 9 rows, lines 3, 4, …",
        "other reasons · 3 rows, lines 2, 5, 6",
    ]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (RepeatedKeys(1, [[4, 2]], 9), "1 row with the key of a row before: line 4 (as line 2)"),
        (
            RepeatedKeys(6, [[n, 2] for n in range(3, 9)], 8),
            "6 rows with the key of a row before, among the first 8 accepted rows: line 3 (as line 2),"
            " line 4 (as line 2), line 5 (as line 2), line 6 (as line 2), line 7 (as line 2), …",
        ),
    ],
)
def test_rows_with_the_same_key_are_named(keys: RepeatedKeys, told: str) -> None:
    assert list(remarks(Findings([], keys, ""), 9)) == [told]


def test_where_nothing_was_found_nothing_is_told() -> None:
    assert list(remarks(Findings([], RepeatedKeys(0, [], 5), ""), 9)) == []
