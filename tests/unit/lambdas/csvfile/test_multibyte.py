"""Encodings whose characters take several bytes: which of them and UTF-8 a line is, and how it is split."""

import codecs
import gzip
import re
from _multibytecodec import MultibyteIncrementalDecoder

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.encodings import encoding_problem
from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.multibyte import LineDecoder, Order, has_several_bytes
from lambdas.csvfile.options import ReadOptions

from ...helpers.csv_files import TEXTS, limits, parse, schema_of
from ...helpers.python_encodings import ALL

KNOWN = [name for name in ALL if encoding_problem(name) is None]
SEVERAL = [name for name in KNOWN if has_several_bytes(name)]
TEXT = schema_of()
REQUIRED = {"constraints": {"required": True}}
HEAD = b"id,a,b\n"
# In gbk they are UTF-8, too: ΰ and Ф.
WEI, XIAO = "伟", "肖"
BOTH = "the row holds bytes that are text in UTF-8, and other text in gbk: save the file as UTF-8 with a byte"
NEITHER = "the row holds bytes that are neither UTF-8 nor gbk"


def values(data: bytes, encoding: str = "gbk", name: str = "t.csv") -> tuple[list[list[str]], dict[int, str]]:
    """The accepted rows' values, and why the others are rejected."""
    outcome = parse(data, TEXTS, name, options=ReadOptions(encoding=encoding))
    return [list(row.values()) for row in outcome.values], outcome.reasons


def order_of(beginning: bytes, encoding: str = "gbk", *, marked: bool = False) -> Order:
    return LineDecoder.of(beginning, encoding, marked=marked).order


@pytest.mark.parametrize("name", KNOWN)
def test_encodings_of_several_bytes_are_told_from_the_others(name: str) -> None:
    multibyte = isinstance(codecs.getincrementaldecoder(name)(), MultibyteIncrementalDecoder)
    assert has_several_bytes(name) == multibyte


@pytest.mark.parametrize("name", SEVERAL)
def test_no_character_has_the_byte_of_a_line_end_a_quote_or_a_comma(name: str) -> None:
    for last in b'\n\r",\t ':
        for first in range(0x80, 0x100):
            text = bytes([first, last]).decode(name, "surrogateescape")
            assert text[-1] == chr(last)


@pytest.mark.parametrize("name", SEVERAL)
@given(st.data())
def test_lines_stay_as_many_whatever_is_in_them(name: str, data: st.DataObject) -> None:
    raw = data.draw(st.binary(max_size=60))
    decode = LineDecoder(name, data.draw(st.sampled_from(Order)))
    text = decode(raw)
    assert re.findall('[\r\n"]', text) == re.findall('[\r\n"]', raw.decode("ascii", "surrogateescape"))


@pytest.mark.parametrize("encoding", [None, "windows-1252"])
@given(st.binary(max_size=40), st.booleans())
def test_other_encodings_are_left_to_the_rows(encoding: str | None, data: bytes, marked: bool) -> None:
    decode = LineDecoder.of(data, encoding, marked=marked)
    assert decode.order == Order.UTF8
    assert decode(data) == data.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("beginning", "order"),
    [
        (b"", Order.UNKNOWN),
        (b"id,a\n", Order.UNKNOWN),
        ("id,陈\n".encode("gbk"), Order.ENCODING),
        ("id,陈\n".encode(), Order.UTF8),
        ("id,é\n".encode(), Order.UNKNOWN),  # or 茅
        (f"id,{XIAO}{WEI}\n".encode("gbk"), Order.UNKNOWN),
        ("王伟,王伟\n".encode(), Order.UTF8),  # in gbk it is text as well
        ("陈\n".encode("gbk") + "陈\n".encode(), Order.UNKNOWN),
        ("陈\n".encode("gbk") * 9 + "陈\n".encode(), Order.ENCODING),
        ("陈\n".encode("gbk") + "陈\n".encode() * 9, Order.UTF8),
        (b"\xff\n", Order.UNKNOWN),
        ("陈\n".encode("gbk") + b"\xff\n" * 99, Order.ENCODING),
        ("陈\n陈".encode()[:-1], Order.UTF8),  # where it is cut off
        ("陈\n陈".encode("gbk")[:-1], Order.ENCODING),
    ],
)
def test_the_beginning_tells_what_a_file_is(beginning: bytes, order: Order) -> None:
    assert order_of(beginning) == order
    assert order_of(beginning, marked=True) == Order.UTF8


def test_a_character_that_is_utf8_too_is_read_as_the_file_is() -> None:
    rows = f"1,陈,{WEI}\n2,{XIAO},{WEI}\n"
    expected = [["1", "陈", WEI], ["2", XIAO, WEI]]
    assert values(HEAD + rows.encode("gbk")) == (expected, {})
    assert values(gzip.compress(HEAD + rows.encode("gbk")), name="t.csv.gz") == (expected, {})
    assert values(HEAD + rows.encode()) == (expected, {})


def test_rows_that_are_only_the_other_are_read_as_that() -> None:
    gbk, utf8 = "1,陈,x\n".encode("gbk"), "2,陈,é\n".encode()
    assert values(HEAD + 20 * gbk + utf8)[0][-1] == ["2", "陈", "é"]
    assert values(HEAD + 20 * utf8 + gbk)[0][-1] == ["1", "陈", "x"]


def test_where_nothing_tells_a_row_that_is_both_is_rejected() -> None:
    data = HEAD + f"1,x,y\n2,{WEI},y\n".encode("gbk")
    read, reasons = values(data)
    assert read == [["1", "x", "y"]]
    assert list(reasons) == [3]
    assert reasons[3].startswith(BOTH)
    with pytest.raises(ImportRejectedError, match="the header holds bytes that are text in UTF-8, and other"):
        parse(f"id,a,b,{WEI}\n".encode("gbk"), TEXTS, options=ReadOptions(encoding="gbk"))


def test_behind_a_beginning_that_tells_nothing_rows_are_not_guessed_at() -> None:
    with limits(piece=20):
        read, reasons = values(
            HEAD + b"1,x,y\n" * 4 + "2,陈,x\n3,伟,y\n4,张,x\n".encode("gbk") + "5,陈,x\n".encode()
        )
    assert read[4:] == [["2", "陈", "x"], ["4", "张", "x"], ["5", "陈", "x"]]
    assert list(reasons) == [7]
    assert reasons[7].startswith(BOTH)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_a_byte_order_mark_tells_it(mark: bytes) -> None:
    encoding = "utf-8" if mark == codecs.BOM_UTF8 else "utf-16-le"
    assert values(mark + "id,a,b\n1,é,ß\n".encode(encoding)) == ([["1", "é", "ß"]], {})


def test_a_row_that_is_neither_is_rejected_and_its_neighbours_are_not() -> None:
    read, reasons = values(HEAD + "1,陈,x\n".encode("gbk") + b"2,\xff,x\n" + "3,肖,x\n".encode("gbk"))
    assert read == [["1", "陈", "x"], ["3", "肖", "x"]]
    assert list(reasons) == [3]
    assert reasons[3].startswith(NEITHER)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", SEVERAL)
def test_lines_are_decoded_before_they_are_split(encoding: str, delimiter: str) -> None:
    # Characters of the encoding that end with the delimiter's byte, where it has such, and others.
    pairs = (bytes([lead, ord(delimiter)]).decode(encoding, "ignore") for lead in range(0x80, 0x100))
    odd = "".join(text for text in pairs if len(text) == 1 and text != delimiter)
    text = "".join(each for each in odd if each.isprintable())[:50] + "ア"
    data = f"id,a,b\n1,{text},x\n2,y,{text}\n".replace(",", delimiter).encode(encoding)
    assert values(data, encoding) == ([["1", text, "x"], ["2", "y", text]], {})


def test_a_row_of_several_lines_is_read() -> None:
    data = HEAD + f'1,"陈\n{WEI}\r\n{XIAO}",x\n'.encode("gbk")
    assert values(data) == ([["1", f"陈\n{WEI}\r\n{XIAO}", "x"]], {})


def test_what_looks_like_a_blank_in_utf8_is_none() -> None:
    # 聽 is U+00A0 in UTF-8, which is left out by a quote, and a row of which is none.
    read, reasons = values(HEAD + '1,陈,x\n2, 聽"x",聽\n'.encode("gbk"))
    assert (read, reasons) == ([["1", "陈", "x"], ["2", '聽"x"', "聽"]], {})
    one = parse("id\n陈\n聽\n".encode("gbk"), TEXT, options=ReadOptions(encoding="gbk"))
    assert [row["id"] for row in one.values] == ["陈", "聽"]


def test_a_character_that_breaks_off_at_the_end_is_no_text() -> None:
    read, reasons = values(HEAD + "1,陈,x\n2,y,陈".encode("gbk")[:-1])
    assert read == [["1", "陈", "x"]]
    assert reasons[3].startswith(NEITHER)


def test_columns_below_the_first_line_are_found() -> None:
    data = "Report\nid,名\n1,陈\n".encode("gbk")
    with pytest.raises(ImportRejectedError, match="The columns stand in line 2: delete line 1 above it"):
        parse(data, schema_of({"name": "名", **REQUIRED}), options=ReadOptions(encoding="gbk"))


def test_a_row_that_cannot_be_split_is_reported_as_text() -> None:
    outcome = parse(HEAD + '1,陈,"伟"x\n'.encode("gbk"), TEXTS, options=ReadOptions(encoding="gbk"))
    assert [reject.text for reject in outcome.rejects] == ['1,陈,"伟"x']
