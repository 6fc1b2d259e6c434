import csv
import io
from typing import Any

import pytest
from rich.console import Console

from cli.printer import Printer
from cli.report import SHOWN_REJECTS, Report, read_rejects
from local.mailbox import SentMail
from operations.books import Books
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
    writer.writerow(["email", f"a{delimiter}name", "_line", "_reason"])
    writer.writerows(["x", "two\nlines", line, reason] for line, reason in rejects)
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


def test_the_table_fits_a_terminal_of_eighty_columns_and_loses_nothing() -> None:
    report, out = printed(80)
    report.imports(
        [Import("a-file-with-a-long-name.csv", "k", status="done", books=Books(read=1, rejected=1))]
    )
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    for heading in ("Read", "Mailed", "Duplicates", "Rejected", "Failed", "Undeliverable", "Held"):
        assert heading in lines[1]
    assert "".join(line[:15].strip() for line in lines[2:]) == "a-file-with-a-long-name.csv"


def test_rows_that_are_not_accounted_for_are_named() -> None:
    report, out = printed(100)
    books = Books(read=9, accepted=7, rejected=1, created=4, mailed=1)
    report.imports([Import("a.csv", "k", status="done", books=books)])
    assert "a.csv: 1 row not read, 3 rows not written, 3 rows not mailed" in out.getvalue()


def test_an_import_that_did_not_happen_says_why_and_several_are_added_up() -> None:
    report, out = printed(100)
    one = Import("a.csv", "k", status="done", books=Books(read=3, rejected=3))
    report.imports([one, one, Import("b.csv", "k", status="rejected", reason="no header")])
    assert "b.csv: rejected as a whole: no header" in out.getvalue()
    assert [line.split()[:2] for line in out.getvalue().splitlines() if line.startswith("All")] == [
        ["All", "6"]
    ]


def test_a_mail_cannot_drive_the_terminal() -> None:
    report, out = printed(100)
    report.mail(SentMail("a@b", "c@d", "Hi\x1b]0;x\x07", "Hello\r\n\n[red]\x1b[2J\tthere"))
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()
    assert "  Hello\n\n  [red]" in out.getvalue()
