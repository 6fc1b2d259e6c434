import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.row_end import RowEnd, line_ends


def end_of(pieces: list[bytes], *, in_quotes: bool) -> int | None:
    """The bytes up to the row's end, if that is among the pieces."""
    row, count = RowEnd(",", in_quotes=in_quotes), 0
    for piece in pieces:
        count += row.find(piece)
        if row.found:
            return count
    return None


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
    ],
)
def test_a_row_ends_with_its_line_outside_of_quotes(data: bytes, in_quotes: bool, row: bytes | None) -> None:
    assert end_of([data], in_quotes=in_quotes) == (None if row is None else len(row))


@given(st.text('a,"\n', max_size=20).map(str.encode), st.booleans())
def test_a_row_ends_at_the_same_byte_however_it_is_cut(data: bytes, in_quotes: bool) -> None:
    bytewise = [data[n : n + 1] for n in range(len(data))]
    assert end_of(bytewise, in_quotes=in_quotes) == end_of([data], in_quotes=in_quotes)


@pytest.mark.parametrize(
    ("data", "count"), [(b"", 0), (b"a", 0), (b"a\nb\r\nc\rd", 3), (b"\n\r", 2), (b"\r\n", 1)]
)
def test_line_ends_of_every_kind_are_counted(data: bytes, count: int) -> None:
    assert line_ends(data) == count
