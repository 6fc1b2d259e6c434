"""Rows of nothing but delimiters and blanks are no rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.blanks import BLANKS
from lambdas.csvfile.blank_rows import without_blank_rows
from lambdas.csvfile.text import control_problem

from ...helpers.csv_files import TEXTS, delimiters, parse

some_cells = st.text(st.sampled_from([*BLANKS, "a", "\x1c", "é", "0"]), max_size=3)


@given(st.lists(st.lists(some_cells, max_size=5), min_size=1, max_size=8))
def test_rows_with_anything_but_blanks_stay_with_their_lines(rows: list[list[str]]) -> None:
    lines = [2 * n + 3 for n in range(len(rows))]
    kept = [
        n
        for n, row in enumerate(rows)
        if any(set(cell) - set(BLANKS) or control_problem(cell) for cell in row)
    ]
    block = without_blank_rows(lines, rows)
    assert block.lines == [lines[n] for n in kept]
    assert block.rows == [rows[n] for n in kept]


@pytest.mark.parametrize(
    "blank", ["::", ":::::::", ":", " :\t:", "\xa0:\u200b:", '"":" ":', ' " " :: ""', "\u2800::\u3164"]
)
@given(delimiters)
def test_blank_rows_count_as_lines_wherever_they_are(blank: str, delimiter: str) -> None:
    text = f"{blank}\n{blank}\nid:a:b\n{blank}\n1:x:y\n{blank}\n2::\n:x:\n{blank}"
    outcome = parse(text.replace(":", delimiter).encode(), TEXTS)
    assert [line for line, _ in outcome.accepted] == [5, 7]
    assert outcome.reasons == {8: "id: a value is required, got none"}


def test_a_file_of_blank_rows_alone_is_empty_after_its_header() -> None:
    assert parse(b"id,a,b\n" + b",,\n" * 2_000, TEXTS).lines == []


def test_a_row_of_control_characters_alone_is_no_blank_row() -> None:
    outcome = parse(b"id,a,b\n\x0c\n\x1c,\x1d\n\xc2\x85,,\n", TEXTS)
    assert [reason[:10] for reason in outcome.reasons.values()] == ["id: U+000C", "id: U+001C", "id: U+0085"]
