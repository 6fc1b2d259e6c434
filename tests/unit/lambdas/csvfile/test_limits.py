"""The most that is read of a file, in bytes and rows: exact, told, and nothing else lost."""

import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.blocks import Block, UnreadableRow, misquoted, rest_unread
from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.options import ReadOptions
from lambdas.csvfile.row_limit import RowLimit

from ...helpers.csv_files import TEXTS, cut, limits, parse

UNREAD = "nothing from this line on was read"
HEAD = b"id,a,b\n"


def table(rows: int) -> bytes:
    return HEAD + b"".join(b"%d,x,y\n" % n for n in range(rows))


@given(st.integers(0, 30), st.integers(0, 30), st.integers(4, 200), st.booleans())
def test_as_many_rows_are_read_as_a_file_may_have(rows: int, most: int, piece: int, quoted: bool) -> None:
    data = table(rows).replace(b"x", b'"x\n"') if quoted else table(rows)
    with limits(piece=piece):
        outcome = parse(data, TEXTS, options=ReadOptions(max_rows=most))
    assert len(outcome.accepted) == min(rows, most)
    if rows <= most:
        assert outcome.rejects == []
    else:
        line = (2 if quoted else 1) * most + 2
        assert outcome.reasons == {
            line: f"the file has more rows than max_rows ({most}; setting maxRows): split it, or raise that;"
            f" {UNREAD}"
        }


@pytest.mark.parametrize("most", [499, 500, 501, 1_000])
def test_the_most_rows_are_exact_where_blocks_end(most: int) -> None:
    outcome = parse(table(most + 1), TEXTS, options=ReadOptions(max_rows=most))
    assert len(outcome.accepted) == most
    assert list(outcome.reasons) == [most + 2]
    assert parse(table(most), TEXTS, options=ReadOptions(max_rows=most)).rejects == []


def test_blank_rows_are_none_of_the_most_and_unreadable_ones_are() -> None:
    data = HEAD + b'1,x,y\n,,\n\n"a"b,x,y\n2,x,y\n3,x,y\n'
    outcome = parse(data, TEXTS, options=ReadOptions(max_rows=3))
    assert [line for line, _ in outcome.accepted] == [2, 6]
    assert list(outcome.reasons) == [5, 7]
    assert UNREAD in outcome.reasons[7]


def blocks() -> Iterator[Block | UnreadableRow]:
    yield Block([2, 3], [["a"], ["b"]])
    yield misquoted(4, 4, "")
    yield rest_unread(5, "damaged")


@pytest.mark.parametrize(("before", "reached"), [(0, False), (1, True)])
def test_damage_behind_the_last_row_is_told_as_damage(before: int, reached: bool) -> None:
    limit = RowLimit(blocks(), 3, before=before)
    *_, last = limit
    assert isinstance(last, UnreadableRow)
    assert limit.reached == reached
    assert ("max_rows" in last.reason) == reached
    assert last.line == (4 if reached else 5)


def test_a_limit_met_ends_the_reading_of_the_source() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for piece in [HEAD, *[b"1,x,y\n" * 10_000] * 100]:
            taken += 1
            yield piece

    parse(pieces(), TEXTS, options=ReadOptions(max_rows=10))
    assert taken < 5


@given(st.integers(1, 80), st.integers(4, 40), st.booleans())
def test_rows_within_the_most_bytes_are_read_and_the_next_line_named(
    size: int, piece: int, gzipped: bool
) -> None:
    data = table(10)
    size += len(HEAD)
    packed, name = (gzip.compress(data), "t.csv.gz") if gzipped else (data, "t.csv")
    with limits(piece=piece):
        outcome = parse(cut(packed, [9]), TEXTS, name, options=ReadOptions(max_bytes=size))
    whole = data[:size].count(b"\n") - 1
    assert len(outcome.accepted) == whole
    if size < len(data):
        assert list(outcome.reasons) == [whole + 2]
        assert f"larger than max_bytes ({size:,}; setting maxBytes)" in outcome.reasons[whole + 2]
        assert UNREAD in outcome.reasons[whole + 2]
    else:
        assert outcome.rejects == []


def test_bytes_are_counted_before_they_are_transcoded() -> None:
    data = table(10).decode().encode("utf-16")
    assert parse(data, TEXTS, options=ReadOptions(max_bytes=len(data))).rejects == []
    assert parse(data, TEXTS, options=ReadOptions(max_bytes=len(data) - 1)).rejects


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_an_object_larger_than_the_most_bytes_is_rejected_at_once(name: str) -> None:
    data = gzip.compress(table(1_000)) if name.endswith("gz") else table(1_000)
    options = ReadOptions(max_bytes=1_000)
    with pytest.raises(ImportRejectedError, match=r"larger than max_bytes \(1,000; setting maxBytes\)"):
        parse(data, TEXTS, name, options=options, size=1_001)
    assert parse(data, TEXTS, name, options=options, size=1_000).accepted
    assert parse(data, TEXTS, name, options=options).accepted


def test_a_row_s_limit_is_the_option_s() -> None:
    outcome = parse(HEAD + b"1,x,y\n2,xxx,y\n3,x,y\n", TEXTS, options=ReadOptions(max_row_bytes=6))
    assert [line for line, _ in outcome.accepted] == [2, 4]
    assert "longer than max_row_bytes (6; setting maxRowBytes)" in outcome.reasons[3]


def test_a_header_longer_than_a_row_may_be_is_refused() -> None:
    with pytest.raises(
        ImportRejectedError, match=r"line 1: the row, .* longer than max_row_bytes \(5; setting maxRowBytes\)"
    ):
        parse(HEAD, TEXTS, options=ReadOptions(max_row_bytes=5))


def test_a_row_that_could_not_be_split_is_in_its_reject() -> None:
    outcome = parse(HEAD + b'1, "x" y,\xff\n2,x,y\n', TEXTS)
    assert [(reject.text, list(reject.cells)) for reject in outcome.rejects] == [('1, "x" y,\udcff', [])]
    assert list(outcome.rejects[0].kinds) == ["a quote is closed in the middle of a field"]
