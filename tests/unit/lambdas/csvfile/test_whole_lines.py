"""Pieces of text to whole lines, and where in the text they end."""

import pytest

from lambdas.csvfile.blocks import Place
from lambdas.csvfile.row_end import RowEnd
from lambdas.csvfile.whole_lines import RowTooLongError, WholeLines

START = Place()


def lines_of(*pieces: bytes, place: Place = START, row: int = 1_000) -> WholeLines:
    return WholeLines(iter(pieces), place, row)


def next_lines(lines: WholeLines, open_bytes: int = 0) -> bytes:
    return lines.next_lines(open_bytes, in_quotes=False)


def test_lines_are_whole_wherever_the_pieces_end() -> None:
    lines = lines_of(b"a,b\n1,", b"2", b"\n3,4\r5")
    assert [next_lines(lines) for _ in range(4)] == [b"a,b\n", b"1,2\n3,4\r", b"5", b""]


def test_a_line_or_an_open_row_may_not_outgrow_the_limit() -> None:
    with pytest.raises(RowTooLongError):
        next_lines(lines_of(b"x" * 11, b"\n", row=10))
    with pytest.raises(RowTooLongError):
        next_lines(lines_of(b"x\n", row=10), open_bytes=11)
    assert next_lines(lines_of(b"x" * 10, b"\n", row=10), open_bytes=10) == b"x" * 10 + b"\n"


@pytest.mark.parametrize(("text", "dropped"), [([b'"a\n', b'b"\nnext\n'], 2), ([b'"a\n', b"b"], 2)])
def test_a_row_is_dropped_to_its_end_and_its_lines_are_counted(text: list[bytes], dropped: int) -> None:
    lines = lines_of(*text)
    assert lines.drop(RowEnd(",", in_quotes=False)) == dropped
    assert next_lines(lines) == (b"next\n" if len(text[1]) > 1 else b"")


def test_a_place_is_where_the_same_pieces_can_be_cut_again() -> None:
    pieces = [b"a,b\n1,", b"2\n3,4\n"]
    lines = lines_of(*pieces)
    assert lines.place(0, 1) is None
    next_lines(lines)
    assert lines.place(0, 2) == Place(0, 4, 2)
    next_lines(lines)
    assert lines.place(0, 4) == Place(12, 0, 4)
    assert lines.place(4, 3) == Place(6, 2, 3)
    assert lines.place(9, 2) is None
    again = lines_of(*pieces[1:], place=Place(6, 2, 3))
    assert next_lines(again) == b"3,4\n"
