import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.printer import Printer
from cli.report import SHOWN_REJECTS, Report, read_rejects
from lambdas.core.books import Books
from lambdas.csvfile.findings import Findings
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys
from local.mailbox import SentMail
from operations.imports import Import


class FakeS3:
    """One object."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def get_object(self, Bucket: str, Key: str, Range: str) -> Any:
        assert (Bucket, Key) == ("bucket", "key")
        first, last = Range.removeprefix("bytes=").split("-")
        return {"Body": io.BytesIO(self.data[int(first) : int(last) + 1])}


def report_bytes(rejects: list[tuple[str, str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["email", f"a{delimiter}name", "_line", "_reason", "_row"])
    writer.writerows(["x", "two\nlines", line, reason, "x;y", "surplus"] for line, reason in rejects)
    return text.getvalue().encode("utf-8-sig")


def rejects_of(data: bytes) -> list[tuple[str, str]]:
    s3: Any = FakeS3(data)
    return list(read_rejects(s3, "bucket", "key"))


def printed(width: int) -> tuple[Report, io.StringIO]:
    out, printer = io.StringIO(), Printer()
    printer.console = Console(file=out, width=width, markup=False, highlight=False)
    return Report(printer), out


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_rejects_are_read_whatever_the_delimiter(delimiter: str) -> None:
    rejects = [("3", "email: a value is required"), ("14", 'odd "quotes"; and, more')]
    assert rejects_of(report_bytes(rejects, delimiter)) == rejects


def test_only_the_first_rejects_of_a_large_report_are_read() -> None:
    rejects = [(str(n), "x" * 1000) for n in range(2, 5000)]
    assert rejects_of(report_bytes(rejects)) == rejects[:SHOWN_REJECTS]


def test_a_reject_of_any_size_and_a_header_that_is_too_long_are_no_error() -> None:
    assert rejects_of(report_bytes([("3", "x" * 500_000), ("4", "why")])) == [
        ("3", "x" * 500_000),
        ("4", "why"),
    ]
    assert rejects_of(b"email" * 300_000) == []


def test_the_table_fits_a_terminal_of_eighty_columns_and_loses_nothing() -> None:
    report, out = printed(80)
    report.imports(
        [Import("a-file-with-a-long-name.csv", "k", status="done", books=Books(read=1, rejected=1))]
    )
    lines = [line.rstrip() for line in out.getvalue().splitlines() if line]
    assert max(map(len, lines)) <= 80
    for heading in ("Read", "Mailed", "Duplicates", "Rejected", "Failed", "Undeliverable", "Held"):
        assert heading in lines[1]
    assert "".join(line[:15].strip() for line in lines[2:]) == "a-file-with-a-long-name.csv"


@pytest.mark.parametrize(("cancelled", "read"), [(0, 12_345_678), (3, 12_345), (3, 123_456)])
def test_a_name_without_room_beside_its_numbers_stands_above_them(cancelled: int, read: int) -> None:
    report, out = printed(80)
    books = Books(read=read, accepted=read, created=read, mailed=1, cancelled=cancelled)
    refused = Import("b.csv", "k", status="rejected", reason="no CSV")
    report.imports([Import("a-file-with-a-name.csv", "k", status="done", books=books), refused])
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    headings = ["Read", "Mailed", "Duplicates", "Rejected", "Failed", "Undeliverable", "Held"]
    headings += ["Owed", "Cancelled"]
    numbers = [f"{n:,}" for n in (read, 1, 0, 0, 0, 0, 0, books.owed, cancelled)]
    shown = 9 if cancelled else 8
    assert (lines[1], lines[2].split()) == ("File", headings[:shown])
    assert (lines[3], lines[4].split()) == ("a-file-with-a-name.csv", numbers[:shown])
    assert lines[5:8] == ["b.csv", "rejected: no CSV", "All"]
    assert len(lines[2]) == len(lines[4]) <= 80


def test_rows_that_are_not_accounted_for_are_named() -> None:
    report, out = printed(100)
    books = Books(read=9, accepted=7, rejected=1, created=4, mailed=4)
    report.imports([Import("a.csv", "k", status="done", books=books)])
    assert "a.csv: 1 row not read, 3 rows not written" in out.getvalue()


@pytest.mark.parametrize(
    ("books", "heading"),
    [
        (Books(read=5, accepted=5, created=5, mailed=2), "Owed"),
        (Books(read=5, accepted=5, created=5, mailed=2, cancelled=3), "Cancelled"),
    ],
)
def test_owed_and_cancelled_mails_have_a_column_where_there_are_any(books: Books, heading: str) -> None:
    report, out = printed(100)
    report.imports([Import("a.csv", "k", status="done", books=books)])
    lines = out.getvalue().splitlines()
    assert lines[1].split()[-1] == heading
    assert lines[2].split()[-1] == "3"
    rest = {"Owed", "Cancelled"} - {heading}
    assert not rest & set(lines[1].split())


@pytest.mark.parametrize("width", [80, 120])
def test_a_file_that_was_refused_says_so_and_why_in_its_row(width: int) -> None:
    report, out = printed(width)
    reason = "the header lacks the columns email, first_name: expected " + "the columns email, plan, " * 20
    counts = dict.fromkeys(("read", "accepted", "created", "mailed"), 1_000_000)
    refused = Import("b.csv", "k", status="rejected", reason=reason)
    report.imports([Import("a.csv", "k", status="done", books=Books(**counts)), refused])
    title, heads, first, second, *more, all_rows = out.getvalue().splitlines()[:-1]
    assert (title, first.split()[:2]) == ("Where every row ended", ["a.csv", "1,000,000"])
    assert second.startswith("b.csv  rejected: the header lacks")
    assert {line[:7] for line in more} == {" " * 7}
    assert " ".join(" ".join([second[7:], *more]).split()) == f"rejected: {reason}".strip()
    assert all_rows.split()[:2] == ["All", "1,000,000"]
    assert max(map(len, [heads, first, second, *more, all_rows])) <= width


def test_a_file_that_was_not_read_says_why_and_several_are_added_up() -> None:
    report, out = printed(100)
    one = Import("a.csv", "k", status="done", books=Books(read=3, rejected=3))
    report.imports([one, one, Import("b.csv", "k", status="failed", reason="no access")])
    assert "b.csv: failed: no access" in out.getvalue()
    assert [line.split()[:2] for line in out.getvalue().splitlines() if line.startswith("All")] == [
        ["All", "6"]
    ]


def test_what_was_found_in_a_file_is_told_below_the_table() -> None:
    report, out = printed(100)
    reasons = [ReasonCount(f"kind {n}", 40 - n, [2]) for n in range(25)]
    findings = Findings(reasons, RepeatedKeys(1, [[4, 2]], 3), "Labels")
    books = Books(read=600, accepted=3, rejected=597, created=2, duplicates=1, mailed=2)
    report.imports([Import("a.csv", "k", status="done", books=books, findings=findings)])
    told = out.getvalue().partition("\n\n")[2].splitlines()
    assert told[:4] == [
        "a.csv: 1 row with the key of a row before: line 4 (as line 2)",
        "a.csv: columns that the schema does not have are ignored: Labels",
        "a.csv: 597 rows rejected:",
        "  kind 0 · 40 rows, lines 2, …",
    ]
    assert told[-2:] == ["  other reasons · 90 rows, lines 2, …", ""]


@pytest.mark.parametrize("saved", [{}, {"key": Path("a.rejects.csv")}])
def test_rejects_are_shown_with_the_file_that_has_them_all(saved: dict[str, Path]) -> None:
    report, out = printed(100)
    one = Import("a.csv", "k", status="done", rejects="key", books=Books(read=12, rejected=12))
    s3: Any = FakeS3(report_bytes([(str(n), "why") for n in range(2, 14)]))
    report.rejects(s3, "bucket", [one, replace(one, rejects=None)], saved)
    where = "a.rejects.csv" if saved else "s3://bucket/key"
    lines = [f"  line {n}: why" for n in range(2, 12)]
    assert out.getvalue().splitlines() == [f"Rejected rows of a.csv ({where}):", *lines, "  … and 2 more", ""]


def test_a_mail_cannot_drive_the_terminal() -> None:
    report, out = printed(100)
    report.mail(SentMail("a@b", "c@d", "Hi\x1b]0;x\x07", "Hello\r\n\n[red]\x1b[2J\tthere"))
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()
    assert "  Hello\n\n  [red]" in out.getvalue()
