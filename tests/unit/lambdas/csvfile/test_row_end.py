import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.row_end import RowEnd, line_ends, size_of_lines

from ...helpers.csv_files import MISQUOTED, rows_by_csv


def end_of(pieces: list[bytes], *, in_quotes: bool) -> int | None:
    """The bytes up to the row's end, if that is among the pieces."""
    row, count = RowEnd(",", in_quotes=in_quotes), 0
    for piece in pieces:
        count += row.find(piece)
        if row.found:
            return count
    return None


def bytewise(data: bytes) -> list[bytes]:
    """The data byte by byte; no piece ends between the two of a line end."""
    return re.findall(rb"\r\n|.", data, re.DOTALL)


@pytest.mark.parametrize(
    ("data", "in_quotes", "row"),
    [
        (b"a,b\nc", False, b"a,b\n"),
        (b"a,b\r\nc", False, b"a,b\r\n"),
        (b'a,"b\nc"\nd', False, b'a,"b\nc"\n'),
        (b'a"b\nc"\nd', False, b'a"b\n'),
        (b'a\nb"\nc', True, b'a\nb"\n'),
        (b'a""b\nc"\nd', True, b'a""b\nc"\n'),
        (b"a,b", False, None),
        (b"a\nb\n", True, None),
        (b'a, "b\nc"\nd', False, b'a, "b\nc"\n'),
        (b'\t\xc2\xa0"b\nc"\nd', False, b'\t\xc2\xa0"b\nc"\n'),
        (b'a \xe2\x80\x8b"b\nc"\nd', False, b'a \xe2\x80\x8b"b\n'),
        (b'a,\x0b"b\nc"\nd', False, b'a,\x0b"b\n'),
        (b'a,\xe2\x80"b\nc"\nd', False, b'a,\xe2\x80"b\n'),
        (b'a,\xe2\x80,"b\nc"\nd', False, b'a,\xe2\x80,"b\nc"\n'),
        (b'"a" "b\nc"\nd', False, b'"a" "b\n'),
        (b'"a" , "b\nc"\nd', False, b'"a" , "b\nc"\n'),
    ],
)
def test_a_row_ends_with_its_line_outside_of_quotes(data: bytes, in_quotes: bool, row: bytes | None) -> None:
    size = None if row is None else len(row)
    assert end_of([data], in_quotes=in_quotes) == size
    assert end_of(bytewise(data), in_quotes=in_quotes) == size


@given(st.text('a,"\n \xa0\u200b', max_size=20).map(str.encode), st.booleans())
def test_a_row_ends_at_the_same_byte_however_it_is_cut(data: bytes, in_quotes: bool) -> None:
    assert end_of(bytewise(data), in_quotes=in_quotes) == end_of([data], in_quotes=in_quotes)


@given(st.text('a,"\n \xa0\u200bé\x0b', max_size=30), st.booleans())
def test_a_row_ends_where_csv_sees_its_end(text: str, in_quotes: bool) -> None:
    row = rows_by_csv(f'"{text}' if in_quotes else text, ",")
    if row and row[0].problem != MISQUOTED:
        end = end_of([text.encode()], in_quotes=in_quotes)
        whole = text.encode()
        given = whole[:end].decode().removesuffix("\n")
        assert given == row[0].text.removeprefix('"' * in_quotes) or (end is None and row[0].problem)


@pytest.mark.parametrize("part", [b'"', b' "', b'x"', b', "', b'" ', b" "])
def test_no_row_takes_long(part: bytes) -> None:
    started = time.process_time()
    end_of([part * (60_000 // len(part))] * 10, in_quotes=False)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("data", "count"), [(b"", 0), (b"a", 0), (b"a\nb\r\nc\rd", 3), (b"\n\r", 2), (b"\r\n", 1)]
)
def test_line_ends_of_every_kind_are_counted(data: bytes, count: int) -> None:
    assert line_ends(data) == count


def test_the_first_lines_of_some_data_are_measured_with_their_ends() -> None:
    assert [size_of_lines(b"a\nb\r\n\rd\r", count) for count in (1, 2, 3, 4)] == [2, 5, 6, 8]
