"""What became of imports, as `rowrelay demo` and `rowrelay status` print it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.core.books import Books
from lambdas.core.import_entries import ImportStatus
from lambdas.core.reserved_columns import REJECT_LINE, REJECT_REASON, REJECT_ROW
from operations.imports import Import, total
from operations.text import count, to_second

from .findings import SHOWN_REASONS, reason_lines, remarks
from .printer import Printer, shown

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local.mailbox import SentMail

SHOWN_REJECTS = 10  # of each import
_REPORT_BYTES = 1024 * 1024  # of a rejects report that are read to show those
csv.field_size_limit(max(_REPORT_BYTES, csv.field_size_limit()))
# They add up to what was read, so a row of the table says where every row ended, or waits.
_ENDS = ("read", "mailed", "duplicates", "rejected", "failed", "undeliverable", "held")
_RARE = ("owed", "cancelled")  # shown only where there are any, for a terminal is narrow


@dataclass(frozen=True)
class Report:
    """Prints the outcome of imports; `reasons` is how many kinds of faults it names of each."""

    printer: Printer
    reasons: int = SHOWN_REASONS

    def imports(self, imports: Sequence[Import], of_all: tuple[int, Books] | None = None) -> None:
        """Print where every row ended, and what there is to say of single imports.

        Args:
            imports: The imports.
            of_all: How many there are and their books, if there are more than these.
        """
        number, books = of_all or (len(imports), total(imports))
        ends = [*_ENDS, *(end for end in _RARE if getattr(books, end))]
        everything = f"All {number:,}" if number > len(imports) else "All"
        rows = [(one.file, _refused(one) or _numbers(one.books, ends)) for one in imports]
        rows += [(everything, _numbers(books, ends))] * (number > 1)
        self.printer.table("Where every row ended", [end.capitalize() for end in ends], rows)
        told = [line for one in imports for line in self._told(one)]
        for line in told:
            self.printer.line(line)
        if told:
            self.printer.line()

    def _told(self, one: Import) -> Iterator[str]:
        for remark in (_remark(one), *remarks(one.findings, one.books.accepted)):
            if remark:
                yield f"{one.file}: {remark}"
        if one.findings.reasons:
            yield f"{one.file}: {count(one.books.rejected, 'row')} rejected:"
        yield from (f"  {line}" for line in reason_lines(one.findings, self.reasons))

    def rejects(
        self, s3: "S3Client", bucket: str, imports: Sequence[Import], files: Mapping[str, Path]
    ) -> None:
        """Print the first rejects of each import, and where they all are: its file, or the report in S3."""
        for one in imports:
            if not one.rejects:
                continue
            where = files.get(one.rejects, f"s3://{bucket}/{one.rejects}")
            self.printer.line(f"Rejected rows of {one.file} ({where}):")
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
    # The report keeps its upload's delimiter, which stands between its own columns.
    own = re.search(rf"{REJECT_LINE}(.){REJECT_REASON}\1{REJECT_ROW}\r?\n", text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=own.group(1) if own else ",")
    names = next(rows)
    if REJECT_REASON not in names:  # the header alone is longer than what was read
        return
    line, reason = names.index(REJECT_LINE), names.index(REJECT_REASON)
    for row, _ in zip(rows, range(SHOWN_REJECTS), strict=False):
        if len(row) > reason:  # the last may be cut off
            yield row[line], row[reason]


def _refused(one: Import) -> str:
    return f"rejected: {one.reason}" if one.status == ImportStatus.REJECTED else ""


def _numbers(books: Books, ends: Sequence[str]) -> list[int]:
    return [getattr(books, end) for end in ends]


def _remark(one: Import) -> str:
    if one.status == ImportStatus.REJECTED:
        return ""  # which is in its row
    if one.status == ImportStatus.READING:
        return f"is being read since {to_second(one.started_at or '')}"
    if one.status != ImportStatus.DONE:
        return f"{one.status}: {one.reason or 'nothing more is known'}"
    gaps = {
        "not read": one.books.read - one.books.accepted - one.books.rejected,
        "not written": one.books.accepted - one.books.written,
    }
    return ", ".join(f"{count(rows, 'row')} {what}" for what, rows in gaps.items() if rows)
