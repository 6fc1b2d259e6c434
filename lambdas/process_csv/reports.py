"""The reports beside the uploads: `reports/<key>/<import>/summary.json` and `rejects.csv`."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..aws.errors import code_of
from ..aws.limits import S3_KEY_BYTES
from ..core.prefixes import REPORTS_PREFIX
from ..core.reserved_columns import REJECT_ROW, REPORT_COLUMNS
from ..csvfile.header import DELIMITERS, Header
from ..csvfile.text import is_blank, printable
from ..csvfile.validate import Reject

if TYPE_CHECKING:
    import _csv

    from mypy_boto3_s3 import S3Client

# Or another is writing it at this moment. Should that fail, the bookkeeper writes the final one all the same.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
_THERE_ALREADY = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_NAMES_BYTES = 64  # what follows the upload's key in a report's: the import's id and the file's name


def report_key(upload_key: str, import_id: str, name: str) -> str:
    """Returns the key of an import's report; it has less of the upload's key if S3 took no more."""
    kept = upload_key.encode()[: S3_KEY_BYTES - len(REPORTS_PREFIX) - _NAMES_BYTES].decode(errors="ignore")
    return f"{REPORTS_PREFIX}{kept}/{import_id}/{name}"


def put_summary(s3: "S3Client", bucket: str, key: str, summary: Mapping[str, Any]) -> None:
    """Write the summary, unless there is one.

    Another attempt's has the same counts; and when this one took its time, the import may be settled, so that
    it would be written over the final counts.
    """
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*")
    except ClientError as error:
        if code_of(error) not in _THERE_ALREADY:
            raise


class RejectsWriter:
    """Rejects as CSV text that can be corrected and uploaded again: UTF-8 with a mark, for spreadsheets.

    The uploader's own columns, `_line`, `_reason` and `_row`, and then the cells that are too many, each a
    cell. Every cell stands there as it came. What uploaded again would become another row is in `_row` as it
    was, which rejects it again: one that could not be split into cells, or has too few of them.
    """

    def __init__(self, header: Header, delimiter: str) -> None:
        self._fewest, self._most = len(header.names), len(header.cells)
        self._original = header.original
        self._whole = header.report.get(REJECT_ROW)
        # One that a line sep= had set would not be found without that line.
        found = delimiter if delimiter in DELIMITERS else DELIMITERS[0]
        self._text, self._csv = _csv_text(found)
        self._row_text, self._row_csv = _csv_text(delimiter)
        self._csv.writerow([*(header.cells[n] for n in self._original), *REPORT_COLUMNS])
        self._mark = "\ufeff"

    def add(self, rejects: Iterable[Reject]) -> None:
        """Write rejects."""
        for reject in rejects:
            cells = reject.cells
            own = (cells[n] if n < len(cells) else "" for n in self._original)
            added = (str(reject.line), reject.reason, self._row(reject))
            self._csv.writerow(map(printable, chain(own, added, islice(cells, self._most, None))))

    def take(self) -> bytes:
        """Returns the bytes written since the last call."""
        data = (self._mark + _taken(self._text)).encode("utf-8", "replace")
        self._mark = ""
        return data

    def _row(self, reject: Reject) -> str:
        """Returns the row as it was, or as it stands in a report that was uploaded again."""
        cells = reject.cells
        before = "" if self._whole is None else "".join(cells[self._whole : self._whole + 1])
        if not is_blank([before]) or not 0 < len(cells) < self._fewest:
            return before or reject.text
        self._row_csv.writerow(cells)
        return _taken(self._row_text).removesuffix("\r\n")


def _csv_text(delimiter: str) -> "tuple[io.StringIO, _csv.Writer]":
    text = io.StringIO(newline="")
    return text, csv.writer(text, delimiter=delimiter)


def _taken(text: io.StringIO) -> str:
    """Returns what was written to a text, and empties it."""
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken
