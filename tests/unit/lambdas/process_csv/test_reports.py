import csv
import io
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.schema import Schema
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import DELIMITERS, read_header
from lambdas.csvfile.validate import Reject
from lambdas.process_csv.reports import RejectsWriter, put_summary, report_key

from ...helpers.csv_files import TEXTS, USERS, cells, csv_text, delimiters, parse
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
def test_a_report_has_the_original_columns_then_line_and_reason(delimiter: str) -> None:
    reject = Reject(7, ["1", f'x{delimiter}"y"', "a\r\nb\nc\rd", "=1+1"], "why, so")
    assert report(["B", "note", "id", "a"], reject, delimiter=delimiter) == [
        ["B", "note", "id", "a", "_line", "_reason"],
        ["1", f'x{delimiter}"y"', "a\r\nb\nc\rd", "=1+1", "7", "why, so"],
    ]


def test_the_mark_and_the_header_are_written_once() -> None:
    writer = RejectsWriter(read_header(["id"], TEXTS), ",")
    first = writer.take()
    writer.add([Reject(2, ["x"], "why")])
    assert first == b"\xef\xbb\xbfid,_line,_reason\r\n"
    assert writer.take() == b"x,2,why\r\n"
    assert writer.take() == b""


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ([], ["", "", ""]),
        (["1"], ["1", "", ""]),
        (["1", "2", "3", "4"], ["1", "2", "3,4"]),
        (["1", "2", "3", "", ""], ["1", "2", "3,,"]),
        (["caf\udce9", "a\0b", ""], ["caf\ufffd", "a\ufffdb", ""]),
    ],
)
def test_a_row_that_does_not_fit_is_shown_whole(row: list[str], shown: list[str]) -> None:
    assert report(["id", "a", "b"], Reject(2, row, "why"))[1] == [*shown, "2", "why"]


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (["id", "a", "_line", "_reason"], ["1", "2,3,9,old reason"]),
        (["_line", "id", "_reason", "a"], ["2", "9,old reason"]),
    ],
)
def test_a_report_s_own_columns_are_replaced_and_hide_nothing(header: list[str], shown: list[str]) -> None:
    rows = report(header, Reject(2, ["1", "2", "3", "9", "old reason"], "why"))
    assert rows == [["id", "a", "_line", "_reason"], [*shown, "2", "why"]]


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
    keyless = [("", *row) for row in table]
    data = csv_text([("id", "a", "b"), *keyless], delimiter).encode()
    again = rejects_csv(data, TEXTS)
    outcome = parse(again, TEXTS)
    assert [tuple(reject.cells[:3]) for reject in outcome.rejects] == keyless
    assert rejects_csv(again, TEXTS).count(b"a value is required") == len(table)


def test_a_wide_file_s_rejects_are_written_quickly() -> None:
    header = ["id", *(f"column{n}" for n in range(3_000))]
    writer = RejectsWriter(read_header(header, TEXTS), ",")
    started = time.process_time()
    writer.add([Reject(n, ["x"] * 3_001, "why") for n in range(200)])
    assert time.process_time() - started < 5
    assert writer.take().count(b"\r\n") == 201


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
