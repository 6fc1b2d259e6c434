import csv
import itertools
import time
import timeit
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.blocks import Block, UnreadableRow
from lambdas.csvfile.decode import PIECE_BYTES, SourceError, utf8_pieces
from lambdas.csvfile.options import MAX_ROW_BYTES, ReadOptions
from lambdas.csvfile.read import RowReader

from ...helpers.csv_files import awkward_texts, csv_text, cut, cuts, delimiters, limits, rows_by_csv

TOO_LONG = "longer than"


def read(
    data: bytes | Iterable[bytes], delimiter: str = ",", row: int = MAX_ROW_BYTES
) -> tuple[dict[int, list[str]], dict[int, str]]:
    """The rows and the problems, each by the line it begins on."""
    rows, unreadable = read_all(data, delimiter, row)
    return rows, {line: problem.reason for line, problem in unreadable.items()}


def read_all(
    data: bytes | Iterable[bytes], delimiter: str = ",", row: int = MAX_ROW_BYTES
) -> tuple[dict[int, list[str]], dict[int, UnreadableRow]]:
    """The rows, and those that cannot be read, each by the line it begins on."""
    rows: dict[int, list[str]] = {}
    problems: dict[int, UnreadableRow] = {}
    last = 0
    pieces = utf8_pieces([data] if isinstance(data, bytes) else data, gzipped=False)
    for block in RowReader(pieces, delimiter, options=ReadOptions(max_row_bytes=row)):
        if isinstance(block, UnreadableRow):
            assert block.line > last, "out of order, or a line that was given before"
            last = block.line
            problems[block.line] = block
            continue
        for line, cells in zip(block.lines, block.rows, strict=True):
            assert line > last, "out of order, or a line that was given before"
            last = line
            rows[line] = cells
    return rows, problems


def check(data: bytes, text: str, delimiter: str, at: Iterable[int] = ()) -> None:
    """The data is read as csv reads the text."""
    rows, unreadable = read_all(cut(data, at), delimiter)
    by_csv = rows_by_csv(text, delimiter)
    assert rows == {row.line: row.cells for row in by_csv if not row.problem and not row.blank}
    wrong = {row.line: row for row in by_csv if row.problem}
    assert list(unreadable) == list(wrong)
    for line, row in wrong.items():
        assert row.problem in unreadable[line].reason
        assert unreadable[line].text == row.text


@given(awkward_texts, delimiters, cuts, st.integers(2, 12))
def test_rows_and_their_lines_are_those_of_csv_wherever_pieces_end(
    text: str, delimiter: str, at: list[int], piece: int
) -> None:
    with limits(piece=piece):
        check(text.encode(), text, delimiter, at)


@given(st.binary(max_size=60), st.integers(2, 12))
def test_bytes_that_are_no_text_leave_rows_and_lines_alone(data: bytes, piece: int) -> None:
    data = b"." + data  # no byte order mark
    with limits(piece=piece):
        check(data, data.decode("utf-8", "surrogateescape"), ",")


sizes = st.one_of(st.integers(0, 4), st.integers(0, 60))
some_long_cells = st.builds(
    lambda parts, times: "".join(parts) * times,
    st.lists(st.sampled_from(["x", "\n", '"', "\r\n", ",", "\t", "é"]), max_size=4),
    sizes,
)


@given(
    st.lists(
        st.lists(st.lists(some_long_cells, max_size=2).map("".join), min_size=1, max_size=3), max_size=10
    ),
    delimiters,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", 'a"b', '"', '"x\ny\n', '""', '"' + "z\n" * 100]),
    st.integers(2, 12),
)
def test_a_row_that_is_too_long_is_a_problem_and_its_neighbours_are_read(
    table: list[list[str]], delimiter: str, end: str, last: str, piece: int
) -> None:
    limit = 40
    text = csv_text(table, delimiter, end) + last
    with limits(piece=piece):
        rows, problems = read(text.encode(), delimiter, limit)
    for row in rows_by_csv(text, delimiter):
        if row.problem:
            assert row.problem in problems.pop(row.line)
        elif row.size > limit:
            assert TOO_LONG in problems.pop(row.line)
        elif not row.blank:
            assert rows.pop(row.line) == row.cells
    assert rows == {}
    assert problems == {}


@given(st.integers(0, 60), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.integers(2, 12))
def test_an_unterminated_quote_names_the_lines_that_were_not_read(
    more: int, end: str, ends: bool, piece: int
) -> None:
    lines = ["a,b", '1,"x', *["y" * 5] * more]
    text = end.join(lines) + end * ends
    with limits(piece=piece):
        rows, problems = read(text.encode(), row=100)
    assert rows == {1: ["a", "b"]}
    assert list(problems) == [2]
    assert f"lines 2 to {len(lines)}," in problems[2]


@given(st.integers(20, 60), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(2, 12))
def test_a_too_long_row_names_the_line_it_ends_on_and_the_next_follows(
    more: int, end: str, piece: int
) -> None:
    text = end.join(['1,"x', *["y" * 12] * more, 'z"', "2,b"])
    with limits(piece=piece):
        rows, problems = read(text.encode(), row=40)
    assert rows == {more + 3: ["2", "b"]}
    assert list(problems) == [1]
    assert f"ends on line {more + 2}," in problems[1]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a"b,c', ['a"b', "c"]),
        ('"a""b",c', ['a"b', "c"]),
        ('a, "b" ,c', ["a", "b", "c"]),
        ('\ta , "b\n , "" "\t', ["\ta ", 'b\n , " ']),
        ('"a" , b"c" ,"d"', ["a", ' b"c" ', "d"]),
        ('"a\n\nb",c', ["a\n\nb", "c"]),
        ('"a\r\nb",c', ["a\r\nb", "c"]),
        ('"","",a', ["", "", "a"]),
        ('"a","b,c"', ["a", "b,c"]),
        ("=1+1,@x", ["=1+1", "@x"]),
        ("a\0b,c", ["a\0b", "c"]),
        ("\ufeffa,b", ["\ufeffa", "b"]),
        ("\x85a\u2028b,\x0bc\x0c", ["\x85a\u2028b", "\x0bc\x0c"]),
    ],
)
def test_quotes_and_other_oddities(text: str, row: list[str]) -> None:
    rows, problems = read(f"first,row\n{text}\nlast,row\n".encode())
    assert list(rows.values()) == [["first", "row"], row, ["last", "row"]]
    assert problems == {}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ('"a"b,c', 2),
        ('"a" b,c', 2),
        ('c, "a" "b" ,d', 2),
        ('c,"ACME "Best" Inc"', 2),
        ('"a"b,"c', 2),
        ('1,"a\nlost,row\n2,"b"', 4),
        ('1,"a\nlost,row\n2,"b', 4),
    ],
)
def test_what_csv_would_mangle_in_silence_is_a_problem(text: str, ends: int) -> None:
    rows, problems = read(f"first,row\n{text}\nlast,row\n".encode())
    assert rows == {1: ["first", "row"], ends + 1: ["last", "row"]}
    assert list(problems) == [2]
    assert f"closed on line {ends} in the middle of a field" in problems[2]
    assert f"lines 2 to {ends} were not read" in problems[2]


def test_blank_lines_count_and_are_no_rows() -> None:
    rows, problems = read(b'\n\r\n  \n\ta\n\n"x\n\ny",b\n\r\r""\n \n,\n"" , "\n"\n,b\n')
    assert rows == {4: ["\ta"], 6: ["x\n\ny", "b"], 16: ["", "b"]}
    assert problems == {}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_last_line_need_not_have_an_end(end: str) -> None:
    assert read(f"a,b{end}1,2".encode()) == ({1: ["a", "b"], 2: ["1", "2"]}, {})


def test_a_row_of_half_a_megabyte_is_read() -> None:
    long = "x" * 500_000
    assert read(f"a,{long}\nb,c\n".encode()) == ({1: ["a", long], 2: ["b", "c"]}, {})


def test_a_field_of_half_a_megabyte_with_line_ends_in_quotes_is_read() -> None:
    long = "some words\n" * 45_000
    assert read(f'a,"{long}"\nb,c\n'.encode()) == ({1: ["a", long], 45_002: ["b", "c"]}, {})


def rows_of_lines(count: int) -> Iterator[bytes]:
    for n in range(count):
        yield b'%d,"Street %d\nTown\nCountry"\n' % (n, n)


def test_rows_of_several_lines_are_not_taken_for_one_long_row() -> None:
    count = 4 * MAX_ROW_BYTES // 30
    rows, problems = read(rows_of_lines(count))
    assert problems == {}
    assert len(rows) == count
    assert list(itertools.islice(rows, 3)) == [1, 4, 7]


def test_a_long_row_does_not_count_against_the_next() -> None:
    # The first fills a piece almost to the limit of a row; the second begins in that piece.
    first = b"x" * (MAX_ROW_BYTES - 20) + b",\n"
    second = b'a,"' + b"y\n" * (PIECE_BYTES // 4) + b'"\n'
    rows, problems = read(first + second + b"b,c\n")
    assert problems == {}
    assert [row[0][:1] for row in rows.values()] == ["x", "a", "b"]


@pytest.mark.parametrize("line", [b"x" * 63 + b"\n", b"y" * 100 + b"\r\n", b"z" * 63 + b"\r"])
def test_a_quote_that_is_closed_after_megabytes_spares_what_follows(line: bytes) -> None:
    # Of the first kind of line a whole number fits a piece, so that one ends where a line does.
    head = b'"' + line[1:]
    count = 3 * MAX_ROW_BYTES // len(line)
    rows, problems = read(head + line * count + b'","b"\nb,c\n')
    assert rows == {count + 3: ["b", "c"]}
    assert list(problems) == [1]
    assert TOO_LONG in problems[1]


def test_a_huge_line_inside_of_quotes_does_not_end_the_row() -> None:
    rows, problems = read(b'a,"x\n' + b"y" * (2 * MAX_ROW_BYTES) + b'\n",b\nc,d\n')
    assert rows == {4: ["c", "d"]}
    assert list(problems) == [1]
    assert "ends on line 3," in problems[1]


def test_an_unclosed_quote_in_a_huge_file_is_reported_where_it_opens() -> None:
    line = b"x" * 63 + b"\n"
    count = 5 * MAX_ROW_BYTES // len(line)
    rows, problems = read(b'a,b\n1,"\n' + line * count)
    assert rows == {1: ["a", "b"]}
    assert list(problems) == [2]
    assert f"lines 2 to {count + 2}," in problems[2]


def test_one_line_of_many_megabytes_is_skipped_quickly() -> None:
    rows, problems = read(b"a,b\n" + (b"x" * 90 + b',"y"z') * 200_000 + b"\nb,c\n")
    assert rows == {1: ["a", "b"], 3: ["b", "c"]}
    assert list(problems) == [2]


def failing(*pieces: bytes) -> Iterator[bytes]:
    yield from pieces
    raise SourceError("the source broke off")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a,b\n1,2\n", 3),
        (b"a,b\n1,2", 2),
        (b"a,b\r1,2\r", 3),
        (b'a,b\n1,"x\ny\n', 2),
        (b"a,b\n" + b"x" * (2 * MAX_ROW_BYTES), 2),
        (b'a,b\n"' + b"x\n" * MAX_ROW_BYTES, 2),
    ],
)
def test_what_was_read_before_the_source_broke_off_is_kept(data: bytes, line: int) -> None:
    rows, problems = read(failing(data))
    assert problems == {line: "the source broke off; nothing from this line on was read"}
    assert len(rows) == line - 1


def test_a_blank_before_a_quote_opens_it_in_a_row_too_long_to_hold() -> None:
    long = b"x" * (2 * MAX_ROW_BYTES)
    for blank in (b" ", b"\t\xc2\xa0", b"\xe2\x80\x8b"):
        rows, problems = read(b"a," + long + b"," + blank + b'"b\nc" ,d\ne,f\n')
        assert rows == {3: ["e", "f"]}
        assert "ends on line 2," in problems[1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("limit", [12, 1_000])
def test_the_most_bytes_of_a_row_are_exact_and_count_no_line_end(end: str, limit: int) -> None:
    kinds = ["{}", 'é,"{}"', '"\n","{}"', '{},"\n"']  # rows of a line, and of two
    for kind in kinds:
        fits = kind.format("x" * (limit - len(kind.format("").encode())))
        too_long = fits.replace("x", "xx", 1)
        rows, problems = read(end.join([fits, too_long, "", fits]).encode(), row=limit)
        assert len(rows) == 2
        assert len(problems) == 1
        assert all(
            f"longer than max_row_bytes ({limit:,}; setting maxRowBytes)" in reason
            for reason in problems.values()
        )


def test_a_row_that_cannot_be_split_is_given_as_it_is_in_the_file() -> None:
    misquoted = b'\xff, "a\r\n\nb" c ,"d'
    _, unreadable = read_all(b"a,b\n" + misquoted + b'\r\nc,d\n e, "open\n\xe9\n,"" x')
    assert [problem.text for problem in unreadable.values()] == [
        misquoted.decode("utf-8", "surrogateescape"),
        ' e, "open\n\udce9\n,"" x',
    ]


def test_of_an_open_quote_no_more_is_given_than_a_row_may_have() -> None:
    line = "é" * 40 + "\n"
    _, unreadable = read_all(f'a,"{line * 1_000_000}'.encode(), row=5_000)
    text = unreadable[1].text
    assert len(text.encode("utf-8", "surrogateescape")) == 5_000
    assert f'a,"{line * 100}'.startswith(text[:-1])


@pytest.mark.parametrize(
    "data", [b"x" * 2_000, b"x" * 200_000, b'"' + b"x\n" * 2_000 + b'"', b'"' + b"x\n" * 2_000 + b'"y']
)
def test_a_row_too_long_to_hold_has_no_text_and_one_kind(data: bytes) -> None:
    _, unreadable = read_all(data + b"\n", row=500)
    assert {problem.text for problem in unreadable.values()} == {""}
    assert {problem.kind for problem in unreadable.values()} == {
        "the row is longer than max_row_bytes (500; setting maxRowBytes)"
    }


def test_rows_that_fail_alike_are_of_one_kind_whatever_they_hold() -> None:
    _, unreadable = read_all(b'a\n"x"y\nb\n"1\n2"3,4\n')
    assert {problem.kind for problem in unreadable.values()} == {"a quote is closed in the middle of a field"}


@pytest.mark.slow
def test_blanks_by_quotes_and_in_them_cost_no_more_than_rows_do() -> None:
    """In proportion to the bytes: to look at blanks again and again would take minutes."""

    def seconds(data: bytes) -> float:
        return min(timeit.repeat(lambda: read(data), time.process_time, number=1, repeat=3))

    blanks = b'"a" , "b , "" " ,c\n' * 100_000 + b'" , ' * 100_000 + b"\n" + b' " ' * 100_000
    rows = b'"a","b",c\n' * (len(blanks) // 10)
    assert seconds(blanks) < 3 * seconds(rows)


def test_blocks_are_bounded_in_rows() -> None:
    blocks = list(RowReader(utf8_pieces([b"a\n" * 1201], gzipped=False), ","))
    sizes = [len(block.rows) for block in blocks if isinstance(block, Block)]
    assert sum(sizes) == 1201
    assert max(sizes) <= 500


def test_csv_s_own_limit_never_comes_first() -> None:
    assert csv.field_size_limit() >= 3 * MAX_ROW_BYTES + 2 * PIECE_BYTES
