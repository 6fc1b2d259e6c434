"""Files as people and machines make them: no crash, no good row lost, every bad row with its reason."""

import codecs
import gzip

import pytest

from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.options import ReadOptions

from ...helpers.csv_files import parse

HEAD = b"email,first_name,last_name\n"
ANN, BOB = b"ann@example.com,Ann,Lee\n", b"bob@example.com,Bob,Ray\n"
UNTERMINATED = "never closed"


def names(data: bytes, name: str = "people.csv") -> tuple[list[str], dict[int, str]]:
    """The first names that were accepted, and the rejects."""
    outcome = parse(data, name=name)
    return [values["first_name"] for values in outcome.values], outcome.reasons


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"nobody,X,Y", 'email: expected an e-mail address, got "nobody"'),
        (b",X,Y", "email: a value is required"),
        (b"x@example.com,,Y", "first_name: a value is required"),
        (b"x@example.com,X", "expected 3 fields as in the header, got 2"),
        (b"x@example.com,X,Y,Z", "expected 3 fields as in the header, got 4"),
        (b"x@example.com,X,Y,, Z", "expected 3 fields as in the header, got 5"),
        (b"x@example.com;X;Y", "expected 3 fields as in the header, got 1"),
        (b'x@example.com, "X, Y",Z,A', "expected 3 fields as in the header, got 4"),
        (b'x@example.com, "X" Y,Z', "in the middle of a field"),
        (b"x@example.com,X," + b"y" * 101, "last_name: expected at most 100 characters"),
        (b"x@example.com,X," + b"y" * 500_000, "last_name: expected at most 100 characters"),
        (b"x@example.com,Ren\xe9,Y", "bytes that are not UTF-8"),
        (b'x@example.com,"ACME "Best" Inc",Y', "in the middle of a field"),
        (b"x@example.com,X,\0", "last_name: U+0000 is a control character"),
        (b"x@example.com,X,\xed\xa0\x80", "bytes that are not UTF-8"),
        (b"x@example.com,X,\xc3", "bytes that are not UTF-8"),
        (b"x@example.com,X,\xc0\xaf", "bytes that are not UTF-8"),
        ("ä@example.com,X,Y".encode(), "email: expected an e-mail address"),
        (b'"x@example.com\n",X,"Y\n', UNTERMINATED),
    ],
)
def test_a_bad_row_is_rejected_alone_with_its_line_and_reason(row: bytes, reason: str) -> None:
    closing = b'"\n' if reason == UNTERMINATED else b"\n"
    accepted, rejected = names(HEAD + ANN + row + closing + BOB if closing == b"\n" else HEAD + ANN + row)
    assert accepted == (["Ann", "Bob"] if closing == b"\n" else ["Ann"])
    assert list(rejected) == [3]
    assert reason in rejected[3]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("-1+1", "-1+1"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{first_name}}", "{{first_name}}"),
        ('"a\nb\r\nc\rd"', "a\nb\r\nc\rd"),
        ('"He said ""hi"""', 'He said "hi"'),
        ('O"Neil', 'O"Neil'),
        ('""', None),
        ("a\ufeffb", "a\ufeffb"),
        ("a\u2028b\tc", "a\u2028b\tc"),
        ("a\u202egnirts", "a\u202egnirts"),
        (" \u200b a \u3000", "a"),
        (" \u200b", None),
        ("😀" * 100, "😀" * 100),
        ("שלום", "שלום"),
        ("\\N", "\\N"),
        ("\ufffe\uffff", "\ufffe\uffff"),
    ],
)
def test_odd_text_is_text(cell: str, value: str | None) -> None:
    outcome = parse(HEAD + f"x@example.com,X,{cell}\n".encode() + BOB)
    assert outcome.rejects == []
    assert [values["last_name"] for values in outcome.values] == [value, "Ray"]


def test_a_field_s_limit_is_far_above_csv_s_own() -> None:
    data = b"email,first_name,notes\nann@example.com,Ann," + b"x" * 500_000 + b"\nbob@example.com,Bob,\n"
    assert names(data) == (["Ann", "Bob"], {})


def test_an_unterminated_quote_rejects_from_the_line_where_it_opens() -> None:
    accepted, rejected = names(HEAD + ANN + b'x@example.com,"X,Y\n' + BOB * 1000)
    assert accepted == ["Ann"]
    assert list(rejected) == [3]
    assert UNTERMINATED in rejected[3]
    assert "lines 3 to 1003," in rejected[3]


def test_a_quote_that_the_next_one_closes_swallows_no_rows_in_silence() -> None:
    # To csv this is one row of three fields, which even fits the schema: Bob would be part of a name.
    accepted, rejected = names(HEAD + ANN + b'x@example.com,"X,Y\n' + BOB + b'y@example.com,"Y,Z\n' + ANN)
    assert accepted == ["Ann", "Ann"]
    assert list(rejected) == [3]
    assert "lines 3 to 5 were not read" in rejected[3]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_blank_lines_are_skipped_and_counted(end: bytes) -> None:
    blank = [b"", b" ,\t,", b'"" , "\xc2\xa0",']
    lines = [b"", b"  ", HEAD.strip(), *blank, ANN.strip(), b"\t", b"bad", b" ", BOB.strip(), b"", b",,"]
    accepted, rejected = names(end.join(lines))
    assert accepted == ["Ann", "Bob"]
    assert list(rejected) == [9]


@pytest.mark.parametrize("data", [HEAD, HEAD.strip(), b"\n\n" + HEAD + b"\n \n"])
def test_a_header_alone_is_an_import_of_nothing(data: bytes) -> None:
    assert parse(data).lines == []
    assert parse(gzip.compress(data), name="people.csv.gz").lines == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (codecs.BOM_UTF8, "the file is empty"),
        (codecs.BOM_UTF16_LE, "the file is empty"),
        (b"\n \r\n\t\n", "the file is empty"),
        (b",,,\n \n\t,\n\n", "the file is empty"),
        (b"," * 1_000_000, "more columns than max_columns (1,000; setting maxColumns)"),
        (
            ANN,
            "cell 1 of 3 is an e-mail address. The file seems to have no header: write one above its first",
        ),
        (b"first_name,last_name\n", "lacks the column email:"),
        (b"email,E-Mail,first_name\n", "names a column twice: email and E-Mail (email)"),
        (b"email,first\x1b_name\n", "column 2 of the header: U+001B is a control"),
        (b"sep=;\nlast_name\n", "lacks the columns email, first_name"),
        (b"Report\nemail,first_name\n", "found Report. The columns stand in line 2"),
        (b'email,"first_name\n' + ANN, "no header could be read: line 1: a quote"),
        (b"x" * 3_000_000, "no header could be read: line 1: the row"),
        (HEAD.decode().encode("utf-16-le"), "no CSV"),
        (HEAD.decode().encode("utf-16-be"), "no CSV"),
        (codecs.BOM_UTF32_LE + HEAD.decode().encode("utf-32-le"), "no CSV"),
        ("email,prénom\n".encode("latin-1"), "the header holds bytes that are not UTF-8"),
        (gzip.compress(HEAD, mtime=0), "a gzip file, no CSV: rename it"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF, no CSV"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(data: bytes, reason: str) -> None:
    with pytest.raises(ImportRejectedError) as rejected:
        parse(data)
    assert reason in str(rejected.value)


def test_columns_that_stand_below_are_better_advice_than_another_header() -> None:
    with pytest.raises(ImportRejectedError) as rejected:
        parse(b"Report,2026-11-01\n" + HEAD)
    assert str(rejected.value).endswith(
        ", found what looks like data: cell 2 of 2 is a date."
        " The columns stand in line 2: delete line 1 above it"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (HEAD, "the data is not"),
        (b"\x1f\x8b", "breaks off"),
        (gzip.compress(HEAD * 10, mtime=0)[:12], "breaks off"),
        (b"\x1f\x8b\x09" + gzip.compress(HEAD, mtime=0)[3:], "damaged"),
    ],
)
def test_what_is_no_gzip_is_refused_as_a_whole(data: bytes, reason: str) -> None:
    with pytest.raises(ImportRejectedError) as rejected:
        parse(data, name="people.csv.gz")
    assert reason in str(rejected.value)


@pytest.mark.parametrize(
    "name", ["people.txt", "people", "people.csv.zip", "people.gz", "csv", "people.csv "]
)
def test_a_file_of_another_name_is_refused(name: str) -> None:
    with pytest.raises(ImportRejectedError, match=r"expected a name that ends in \.csv or \.csv\.gz"):
        parse(HEAD, name=name)


@pytest.mark.parametrize("name", ["a b+c%.csv", "люди.CSV", ".csv", "a.b.Csv"])
def test_a_csv_may_be_named_anything(name: str) -> None:
    assert parse(HEAD + ANN, name=name).lines == [2]
    assert parse(gzip.compress(HEAD + ANN), name=f"{name}.gZ").lines == [2]


@pytest.mark.parametrize("padding", [b"\0", b"\0" * 10_000])
def test_gzip_padded_with_zeros_is_read(padding: bytes) -> None:
    packed = gzip.compress(HEAD + ANN) + gzip.compress(BOB) + padding
    assert names(packed, "people.csv.gz") == (["Ann", "Bob"], {})


def test_garbage_after_gzip_is_reported_and_loses_nothing() -> None:
    accepted, rejected = names(gzip.compress(HEAD + ANN + BOB) + b"garbage", "people.csv.gz")
    assert accepted == ["Ann", "Bob"]
    assert list(rejected) == [4]
    assert "damaged" in rejected[4]


def test_an_odd_byte_at_the_end_of_utf16_rejects_the_row_it_ends_up_in() -> None:
    data = codecs.BOM_UTF16_LE + (HEAD + ANN + BOB.strip()).decode().encode("utf-16-le")
    accepted, rejected = names(data + b"\x41")
    assert accepted == ["Ann"]
    assert "bytes that are not UTF-8" in rejected[3]


@pytest.mark.parametrize("data", [b"\x00\xd8", b"\x00\xdc", b"\x41"])
def test_half_a_character_of_utf16_is_no_text_in_any_encoding(data: bytes) -> None:
    text = (HEAD + ANN + BOB.strip()).decode().encode("utf-16-le")
    outcome = parse(codecs.BOM_UTF16_LE + text + data, options=ReadOptions(encoding="latin-1"))
    assert outcome.reasons == {3: "last_name: U+0000 is a control character, which is no text"}


def test_the_same_key_twice_is_no_matter_of_the_file() -> None:
    # Whether it is a duplicate shows when it is written (see insert_records).
    assert names(HEAD + ANN + ANN) == (["Ann", "Ann"], {})
