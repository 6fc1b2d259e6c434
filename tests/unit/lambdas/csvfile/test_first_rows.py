import pytest

from lambdas.csvfile.first_rows import rows_of
from lambdas.csvfile.header import DELIMITERS


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_rows_have_their_lines_and_no_blanks_by_quotes(delimiter: str) -> None:
    reader = rows_of(f'\r\na{delimiter} "b\nc" {delimiter}"d{delimiter} e" \rx', delimiter)
    rows = [(reader.line_num, row) for row in reader]
    assert rows == [(1, []), (3, ["a", "b\nc", f"d{delimiter} e"]), (4, ["x"])]


def test_a_text_that_ends_within_quotes_has_its_last_row() -> None:
    assert list(rows_of('a, "b\nc', ",")) == [["a", "b\nc"]]
    assert list(rows_of("", ",")) == []
