"""Blanks by quotes: what is dropped, what never is, and how long that takes."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.blanks_by_quotes import without_blanks_by_quotes
from lambdas.csvfile.header import DELIMITERS

from ...helpers.csv_files import awkward_texts, csv_text, delimiters, without_field_blanks

BLANKS = " \t\xa0\u200b\ufeff\u3000\xad\u2028"
blanks = st.text(st.sampled_from(BLANKS), max_size=3)
cells = st.text(st.sampled_from('ab,;|\t"\r\n \xa0\u200bé'), max_size=8)
texts = st.text(st.sampled_from('a, ;\t|"""\r\n\n\xa0\u200b\x0b\x1c\x85^]\\-'), max_size=80)


def tidied(text: str, delimiter: str = ",", *, in_quotes: bool = False) -> str:
    return without_blanks_by_quotes(text, delimiter, in_quotes=in_quotes)


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@given(texts, st.sampled_from((*DELIMITERS, " ", "^", "]", "\\", "-")), st.booleans())
def test_the_blanks_dropped_are_those_that_are_found_one_by_one(
    text: str, delimiter: str, in_quotes: bool
) -> None:
    expected = without_field_blanks(text, delimiter, in_quotes=in_quotes)
    assert tidied(text, delimiter, in_quotes=in_quotes) == expected


@given(
    st.lists(st.lists(st.tuples(blanks, cells, blanks), min_size=1, max_size=3), max_size=6),
    delimiters,
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cells_between_blanks_come_back_as_they_were_written(
    table: list[list[tuple[str, str, str]]], delimiter: str, end: str
) -> None:
    def field(before: str, cell: str, after: str) -> str:
        quoted = '"' + cell.replace('"', '""') + '"'
        return before.replace(delimiter, "") + quoted + after.replace(delimiter, "")

    text = "".join(delimiter.join(field(*each) for each in row) + end for row in table)
    assert rows_of(tidied(text, delimiter), delimiter) == [[cell for _, cell, _ in row] for row in table]


@given(st.lists(st.lists(cells, min_size=1, max_size=3), max_size=8), delimiters)
def test_what_csv_writes_has_no_such_blanks_and_stays(table: list[list[str]], delimiter: str) -> None:
    text = csv_text(table, delimiter)
    assert tidied(text, delimiter) == text


@given(awkward_texts, delimiters, st.booleans())
def test_every_line_stays_a_line_and_every_quote_a_quote(text: str, delimiter: str, in_quotes: bool) -> None:
    made = tidied(text, delimiter, in_quotes=in_quotes)
    for kept in '\r\n"ab' + delimiter:
        assert made.count(kept) == text.count(kept)
    assert len(io.StringIO(made, newline="").readlines()) == len(io.StringIO(text, newline="").readlines())


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('a, "b" ,c', 'a,"b",c'),
        (' "a" \n "b"\t\r\n', '"a"\n"b"\r\n'),
        ('\ufeff"a",\xa0"b"\u200b', '"a","b"'),
        ('a, "b ""c"" , d" ,e', 'a,"b ""c"" , d",e'),
        ('a , b ,"c"', 'a , b ,"c"'),
        ('a, b"c" ,d', 'a, b"c" ,d'),
        ('"a" b, "c" ,d\n "e"', '"a" b, "c" ,d\n"e"'),
        ('a, "b\n , "" ,\n" ,c', 'a,"b\n , "" ,\n",c'),
        ('a, "b , c \n', 'a,"b , c \n'),
        ('a,\x0b"b"', 'a,\x0b"b"'),
    ],
)
def test_blanks_by_quotes_alone_are_dropped(text: str, made: str) -> None:
    assert tidied(text) == made


def test_a_text_that_begins_in_quotes_goes_on_in_them() -> None:
    assert tidied(' , "a" , "b" \n', in_quotes=True) == ' , "a" , "b" \n'
    assert tidied(' , " , "b" \n', in_quotes=True) == ' , ","b"\n'


def test_a_tab_that_is_the_delimiter_is_no_blank() -> None:
    assert tidied('a\t"b"\t \t "c" \n', "\t") == 'a\t"b"\t \t"c"\n'


@pytest.mark.parametrize(
    "part",
    ['"', ' "', '" ', ' " ', '"" ', ' ""', ", ", ' ,"', '" "', '," ', ',"" x ', '"a" b', ' "a" ', "\n "],
)
@pytest.mark.parametrize("end", ["", '"', ' "x', ', "'])
def test_no_text_takes_long(part: str, end: str) -> None:
    text = part * (200_000 // len(part)) + end + " " * 100_000 + '"'
    started = time.process_time()
    for in_quotes in (False, True):
        tidied(text, in_quotes=in_quotes)
    assert time.process_time() - started < 0.5
