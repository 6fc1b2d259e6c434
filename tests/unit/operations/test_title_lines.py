"""Lines above a header, told by the widths of the rows below them."""

from pathlib import Path

import pytest

from lambdas.csvfile.header import DELIMITERS
from operations.errors import OperationError
from operations.file_sample import read_sample
from operations.title_lines import line_of_wider_rows

CASES = Path(__file__).parents[2] / "cases"


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (["Report", "a|b", "1|2"], 2),
        (["", "Report", "", "a|b", "1|2"], 4),
        (["Report|||", "a|b|c|d", "1|2|3|4"], 2),
        (['"Report\nof today"', "a|b", "1|2"], 3),
        (["Report", "of today", "a|b", "1|2", "3|4"], 3),
        (["Report", *["x"] * 18, *["a|b"] * 20], 20),
        (["Report", *["x"] * 19, *["a|b"] * 30], None),
        (["a|b", "1|2"], None),
        (["a|b|", "1|2|3", "1|2|3"], None),
        (["|b", "1|2", "1|2"], None),
        (["a|b", "1|2", "1|2|3", "1|2"], None),
        (["a|b", "1|2|3", "1|2", "1|2"], None),
        (["a", "1", "2", "1|2"], None),
        (["a|b|c", "1", "2|3"], None),
        (["a"], None),
        ([], None),
    ],
)
def test_the_line_is_that_of_the_first_of_most_rows(
    rows: list[str], line: int | None, delimiter: str
) -> None:
    text = "\n".join(rows).replace("|", delimiter)
    assert line_of_wider_rows(text, DELIMITERS, skipped=0) == line


def test_a_title_may_have_another_delimiter_than_the_table() -> None:
    text = "Report, as of today\na;b;c\n1;2;3\n"
    assert line_of_wider_rows(text, DELIMITERS, skipped=0) == 2


def test_cells_that_hold_another_delimiter_make_no_title() -> None:
    assert line_of_wider_rows("id;city\n1;a, b, c\n2;a, b, c\n", DELIMITERS, skipped=0) is None


def test_a_title_is_refused_with_the_lines_to_delete(tmp_path: Path) -> None:
    for name, text, told in [
        ("one.csv", "Report\na,b\n1,2\n", "line 2 on: delete line 1 above"),
        ("sep.csv", "sep=^\nReport\na^b\n1^2\n", "line 3 on: delete line 2 above"),
    ]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(OperationError, match=f"the first row has fewer cells than the rows from {told}"):
            read_sample(tmp_path / name)
    with pytest.raises(OperationError, match="delete lines 1 to 2 above the header"):
        read_sample(CASES / "german-excel-windows-1252.csv")
