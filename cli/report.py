"""What became of imports, as `rowrelay demo` and `rowrelay status` print it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.core.import_entries import ImportStatus
from lambdas.core.reserved_columns import REJECT_LINE, REJECT_REASON
from operations.books import Books
from operations.imports import Import, total
from operations.text import count

from .printer import Printer, shown

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local.mailbox import SentMail

SHOWN_REJECTS = 10  # of each import
_REPORT_BYTES = 1024 * 1024  # of a rejects report that are read to show those
# They add up to what was read, so a row of the table says where every row ended.
_ENDS = ("read", "mailed", "duplicates", "rejected", "failed", "undeliverable", "held")


@dataclass(frozen=True)
class Report:
    """Prints the outcome of imports."""

    printer: Printer

    def imports(self, imports: Sequence[Import]) -> None:
        """Print where every row ended, and what there is to say of single imports."""
        rows = [(one.file, _numbers(one.books)) for one in imports]
        if len(imports) > 1:
            rows.append(("All", _numbers(total(imports))))
        self.printer.table("Where every row ended", [end.capitalize() for end in _ENDS], rows)
        remarks = [f"{one.file}: {remark}" for one in imports if (remark := _remark(one))]
        for remark in remarks:
            self.printer.line(remark)
        if remarks:
            self.printer.line()

    def rejects(self, s3: "S3Client", bucket: str, imports: Sequence[Import]) -> None:
        """Print the first rejects of each import."""
        for one in imports:
            if not one.rejects:
                continue
            self.printer.line(f"Rejected rows of {one.file} (s3://{bucket}/{one.rejects}):")
            for line, reason in read_rejects(s3, bucket, one.rejects):
                self.printer.line(f"  line {line}: {reason}")
            if one.books.rejected > SHOWN_REJECTS:
                self.printer.line(f"  … and {one.books.rejected - SHOWN_REJECTS:,} more")
            self.printer.line()

    def mail(self, mail: "SentMail | None") -> None:
        """Print a mail that was sent, if there is one."""
        if mail is None:
            return
        self.printer.line(f"One of the mails, to {mail.to}:")
        self.printer.line(f"  From: {mail.sender}")
        self.printer.line(f"  Subject: {mail.subject}")
        self.printer.line()
        for line in shown(mail.text, 2000, lines=True).splitlines():
            self.printer.line(f"  {line}".rstrip())
        self.printer.line()

    def totals(self, imports: Sequence[Import], seconds: float) -> None:
        """Print how many rows took how many seconds, and whether they are all accounted for."""
        books = total(imports)
        rate = f" ({books.read / seconds:,.0f} rows/s)" if books.read else ""
        balanced = all(one.balanced for one in imports)
        verdict = "every row is accounted for" if balanced else "NOT every row is accounted for"
        self.printer.line(
            f"{count(books.read, 'row')} from upload to mail in {seconds:.1f} s{rate}: {verdict}."
        )


def read_rejects(s3: "S3Client", bucket: str, key: str) -> Iterator[tuple[str, str]]:
    """Yields the first rejects of a report: line and reason."""
    head = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{_REPORT_BYTES - 1}")["Body"].read()
    text = head.decode("utf-8-sig", "replace")
    # The report keeps its upload's delimiter, which stands between its own two columns.
    own = re.search(f"{REJECT_LINE}(.){REJECT_REASON}", text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=own.group(1) if own else ",")
    next(rows)
    for row, _ in zip(rows, range(SHOWN_REJECTS), strict=False):
        if len(row) >= 2:
            yield row[-2], row[-1]


def _numbers(books: Books) -> list[int]:
    return [getattr(books, end) for end in _ENDS]


def _remark(one: Import) -> str:
    if one.status == ImportStatus.REJECTED:
        return f"rejected as a whole: {one.reason}"
    if one.status == ImportStatus.READING:
        return f"is being read since {one.started_at}"
    if one.status != ImportStatus.DONE:
        return f"{one.status}: {one.reason or 'nothing more is known'}"
    gaps = {
        "not read": one.books.read - one.books.accepted - one.books.rejected,
        "not written": one.books.accepted - one.books.written,
        "not mailed": one.books.created - one.books.notified,
    }
    return ", ".join(f"{count(rows, 'row')} {what}" for what, rows in gaps.items() if rows)
