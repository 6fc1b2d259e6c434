"""Columns of plain lines, against the csv module."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.plain_columns import plain_columns
from lambdas.csvfile.text import is_blank

_PARTS = ("a", "b c", " ", "\t", "é", ",", ",", ";", "\n", "\n", "\r\n", "\r", '"', "'")
_texts = st.lists(st.sampled_from(_PARTS), min_size=1, max_size=30).map("".join)


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@given(_texts, st.sampled_from([",", ";", "\t", " ", "a"]))
def test_columns_are_those_of_the_rows_that_csv_makes(text: str, delimiter: str) -> None:
    columns = plain_columns(text, delimiter)
    if columns is not None:
        rows = list(map(list, zip(*columns, strict=True)))
        assert rows == rows_of(text, delimiter)
        assert not any(map(is_blank, rows))


_cells = st.text("ab é'\t", max_size=4)
_tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.tuples(st.sampled_from("xy"), *[_cells] * (width - 1)), min_size=1, max_size=8)
)


@given(_tables, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_table_without_quotes_is_always_read(table: list[tuple[str, ...]], end: str, ended: bool) -> None:
    text = end.join(map(",".join, table)) + end * ended
    assert plain_columns(text, ",") == list(map(list, zip(*table, strict=True)))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nc\n",
        "a\nb,c\n",
        "a\nb,c,d\n",
        "a,b,c\nd\n",
        "a,b\n\nc,d\n",
        "a,b\n,\n",
        "a,b\n ,c\n",
        '"a",b\n',
        "a\rb\n",
        "\n",
    ],
)
def test_what_is_uncertain_is_left_to_csv(text: str) -> None:
    assert plain_columns(text, ",") is None
