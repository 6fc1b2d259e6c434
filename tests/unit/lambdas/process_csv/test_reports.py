import csv
import io
import itertools
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.blanks import BLANKS
from lambdas.core.schema import Schema
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import DELIMITERS, read_header
from lambdas.csvfile.options import ReadOptions
from lambdas.csvfile.text import printable
from lambdas.csvfile.validate import Reject
from lambdas.process_csv.reports import RejectsWriter, put_summary, report_key

from ...helpers.csv_files import TEXTS, USERS, cells, csv_text, delimiters, parse, schema_of
from ...helpers.examples import examples
from ...helpers.fakes_s3 import FakeS3


def report(
    header: list[str], *rejects: Reject, schema: Schema = TEXTS, delimiter: str = ","
) -> list[list[str]]:
    """The report's rows, as csv reads them."""
    writer = RejectsWriter(read_header(header, schema), delimiter)
    writer.add(rejects)
    data = writer.take().decode()
    assert data.startswith("\ufeff")
    return list(csv.reader(io.StringIO(data[1:], newline=""), delimiter=delimiter, strict=True))


def rejects_csv(data: bytes, schema: Schema, name: str = "people.csv") -> bytes:
    """The rejects report of a file, as it would stand in S3."""
    file = open_csv(name, [data], schema)
    writer = RejectsWriter(file.header, file.delimiter)
    for parsed in file:
        writer.add(parsed.rejects)
    return writer.take()


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_report_has_the_original_columns_and_then_its_own(delimiter: str) -> None:
    reject = Reject(7, ["1", f'x{delimiter}"y"', "a\r\nb\nc\rd", "=1+1"], "why, so")
    assert report(["B", "note", "id", "a"], reject, delimiter=delimiter) == [
        ["B", "note", "id", "a", "_line", "_reason", "_row"],
        ["1", f'x{delimiter}"y"', "a\r\nb\nc\rd", "=1+1", "7", "why, so", ""],
    ]


def test_the_mark_and_the_header_are_written_once() -> None:
    writer = RejectsWriter(read_header(["id"], TEXTS), ",")
    first = writer.take()
    writer.add([Reject(2, ["x"], "why")])
    assert first == b"\xef\xbb\xbfid,_line,_reason,_row\r\n"
    assert writer.take() == b"x,2,why,\r\n"
    assert writer.take() == b""


@pytest.mark.parametrize(
    ("row", "own", "after"),
    [
        (["1", "2", "3", "4", ""], ["1", "2", "3"], ["", "4", ""]),
        (["1"], ["1", "", ""], ["1"]),
        (["1", 'a "b",\n'], ["1", 'a "b",\n', ""], ['1,"a ""b"",\n"']),
        (["caf\udce9", "a\0b", ""], ["caf\ufffd", "a\0b", ""], [""]),
    ],
)
def test_what_is_too_much_or_too_little_stands_after_the_reason(
    row: list[str], own: list[str], after: list[str]
) -> None:
    assert report(["id", "a", "b"], Reject(2, row, "why"))[1] == [*own, "2", "why", *after]


@pytest.mark.parametrize("text", ['1,"2 "x, 3', "caf\udce9\0", ""])
def test_a_row_that_could_not_be_split_stands_there_whole(text: str) -> None:
    shown = text.replace("\udce9", "\ufffd")
    reject = Reject(2, [], "why", text=text)
    assert report(["id", "a", "b"], reject)[1] == ["", "", "", "2", "why", shown]


@pytest.mark.parametrize(
    "header", [["id", "a", "_line", "_reason", "_row"], ["_row", "_line", "id", "_REASON ", "a"]]
)
def test_a_report_s_own_columns_are_replaced_and_hide_nothing(header: list[str]) -> None:
    cells = {"id": "1", "a": "2", "_line": "9", "_reason": "old", "_row": "as it was"}
    row = [cells[name.strip().lower()] for name in header]
    rows = report(header, Reject(2, [*row, "more"], "why"))
    assert rows == [
        ["id", "a", "_line", "_reason", "_row"],
        ["1", "2", "2", "why", "as it was", "more"],
    ]


def test_rejects_that_are_corrected_and_uploaded_again_are_accepted() -> None:
    original = (
        "Email;Shoe size;first_name;last_name\r\n"
        "ann@example.com;38;Ann;Lee\r\n"
        'nobody;=39;"Bob; ""the""\nBuilder";Ray\r\n'
        "cy@example.com;40;;Fox\r\n"
    ).encode("utf-16")
    report_1 = rejects_csv(original, USERS)
    corrected = report_1.decode().replace("nobody", "bob@example.com").replace("40;;", "40;Cy;").encode()
    outcome = parse(corrected)
    assert outcome.rejects == []
    assert [(values["email"], values["first_name"]) for values in outcome.values] == [
        ("bob@example.com", 'Bob; "the"\nBuilder'),
        ("cy@example.com", "Cy"),
    ]
    # Uploaded uncorrected, it comes to the same report, but for the lines.
    again = rejects_csv(report_1, USERS).decode()
    assert again.splitlines()[0] == report_1.decode().splitlines()[0]
    assert [line.split(";")[0] for line in again.splitlines()] == [
        line.split(";")[0] for line in report_1.decode().splitlines()
    ]


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), delimiters)
def test_every_rejected_cell_comes_back_as_it_was(table: list[tuple[str, ...]], delimiter: str) -> None:
    keyless = [("", *row) for row in table if "".join(row).strip(BLANKS)]
    data = csv_text([("id", "a", "b"), *keyless], delimiter).encode()
    again = rejects_csv(data, TEXTS)
    outcome = parse(again, TEXTS)
    assert [tuple(reject.cells[:3]) for reject in outcome.rejects] == keyless
    assert len(parse(rejects_csv(again, TEXTS), TEXTS).rejects) == len(keyless)


AMOUNTS = schema_of({"name": "a"}, {"name": "n", "type": "integer"})
# What tells cells apart, spaces of several kinds, a control character, and what is no text.
odd_cells = st.text('x1 ,;\t|"\n\r\u00a0\u200b\ufffd\x1b\0\udce9', max_size=6)
OWN_COLUMNS = ["id", "a", "n", "note", "Line", ""]


@st.composite
def odd_files(draw: st.DrawFn) -> bytes:
    """A file whose rows are too wide, too short, misquoted or no text; or it is a report itself."""
    header = draw(st.permutations(OWN_COLUMNS))
    for name in draw(st.lists(st.sampled_from(["_line", "_reason", "_row"]), unique=True)):
        header.insert(draw(st.integers(0, len(header))), name)
    delimiter = draw(delimiters)
    good = ["" if name in ("n", "_row") else "x" for name in header]
    rows = draw(st.lists(st.lists(odd_cells, min_size=1, max_size=len(header) + 2), max_size=3))
    for at in draw(st.lists(st.integers(0, len(header) - 1), max_size=4)):
        rows.append([*good[:at], draw(odd_cells), *good[at + 1 :]])
    text = csv_text([header, *rows], delimiter) + draw(odd_cells)
    return text.encode("utf-8", "surrogateescape")


def without_line_and_reason(data: bytes, delimiter: str) -> list[list[str]]:
    """A report's cells, but for what is another's in each upload."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    at = rows[0].index("_line")
    return [[*row[:at], *row[at + 2 :]] for row in rows]


@examples(400)
@given(odd_files())
def test_a_report_uploaded_again_is_rejected_again_or_the_same_rows(data: bytes) -> None:
    file = open_csv("people.csv", [data], AMOUNTS)
    rejects = [reject for parsed in file for reject in parsed.rejects]
    first = rejects_csv(data, AMOUNTS)
    again = parse(first, AMOUNTS)
    assert len(again.lines) == len(rejects)
    kept = [True]
    for line, reject in zip(again.lines, rejects, strict=True):
        kept.append(line in again.reasons)
        if not kept[-1]:  # what was wrong with it stood in the columns of a report before
            own = [[row[n] for n in file.header.original] for row in (file.header.cells, reject.cells)]
            assert [dict(again.accepted)[line]] == parse(
                printable(csv_text(own, file.delimiter)).encode(), AMOUNTS
            ).values
    one, two = (
        without_line_and_reason(each, file.delimiter) for each in (first, rejects_csv(first, AMOUNTS))
    )
    assert two == list(itertools.compress(one, kept))


def test_what_was_no_text_does_not_come_in_as_something_else() -> None:
    first = rejects_csv(b"id,a,n\n1,caf\xe9,\n2,\xef\xbf\xbd,\n", AMOUNTS)
    assert parse(first, AMOUNTS).reasons == {2: "a: U+FFFD stands for bytes that were no text: replace it"}
    mended = first.replace("\ufffd".encode(), "é".encode())
    assert parse(mended, AMOUNTS).values == [{"id": "1", "a": "café", "n": None}]


@examples(400)
@given(odd_files())
def test_a_report_has_the_cells_of_every_row_that_was_split(data: bytes) -> None:
    file = open_csv("people.csv", [data], AMOUNTS)
    rejects = [reject for parsed in file for reject in parsed.rejects]
    first = rejects_csv(data, AMOUNTS).decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(first, newline=""), delimiter=file.delimiter)
    assert len(rows) == len(rejects)
    width = len(file.header.original)
    for reject, row in zip(rejects, rows, strict=True):
        cells = [cell.replace("\udce9", "\ufffd") for cell in reject.cells]
        own = [cells[n] for n in file.header.original if n < len(cells)]
        assert row[: len(own)] == own
        assert row[width + 3 :] == cells[len(file.header.cells) :]
        assert int(row[width]) == reject.line


def test_a_wide_file_s_rejects_are_written_quickly() -> None:
    header = ["id", *(f"column{n}" for n in range(900))]
    writer = RejectsWriter(read_header(header, TEXTS), ",")
    started = time.process_time()
    writer.add([Reject(n, ["x"] * 901, "why") for n in range(600)])
    assert time.process_time() - started < 5
    assert writer.take().count(b"\r\n") == 601


@pytest.mark.parametrize(
    "key", ["uploads/a.csv", "uploads/a b+c%.csv", "x" * 1024, "é" * 512, "文" * 341, "/"]
)
def test_a_report_s_key_is_the_upload_s_and_fits_s3(key: str) -> None:
    for name in ("summary.json", "rejects.csv"):
        made = report_key(key, "0" * 20, name)
        assert made.startswith("reports/")
        assert made.endswith(f"/{'0' * 20}/{name}")
        assert len(made.encode()) <= 1024
        kept = made.removeprefix("reports/").removesuffix(f"/{'0' * 20}/{name}")
        assert key.startswith(kept)
        assert len(kept.encode()) > min(len(key.encode()), 1024 - 80) - 4


def test_a_summary_is_json_that_people_can_read() -> None:
    s3 = FakeS3()
    client: Any = s3
    put_summary(client, "bucket", "reports/a/summary.json", {"key": "uploads/люди.csv", "reason": None})
    assert json.loads(s3.objects["reports/a/summary.json"]) == {"key": "uploads/люди.csv", "reason": None}
    assert "люди".encode() in s3.objects["reports/a/summary.json"]
    assert s3.types["reports/a/summary.json"] == "application/json"


def test_a_report_has_a_delimiter_that_is_found_again() -> None:
    first = rejects_csv(b"sep=^\nid^a^b\n^x,y^z\n1^2\n", TEXTS)
    assert first.startswith(b"\xef\xbb\xbfid,a,b,_line")
    again = parse(first.replace(b'\r\n,"x,y"', b'\r\n7,"x,y"'), TEXTS)
    assert again.accepted == [(2, {"id": "7", "a": "x,y", "b": "z"})]
    assert len(again.rejects) == 1


def test_a_row_that_could_not_be_split_is_decoded_as_others_are() -> None:
    file = open_csv("t.csv", [b'id,a,b\n1,"J\xfcrgen"x\n'], TEXTS, options=ReadOptions(encoding="latin-1"))
    [reject] = [reject for parsed in file for reject in parsed.rejects]
    assert reject.text == '1,"Jürgen"x'
