"""The reports beside the uploads: `reports/<key>/<import>/summary.json` and `rejects.csv`."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..aws.limits import S3_KEY_BYTES
from ..core.prefixes import REPORTS_PREFIX
from ..core.reserved_columns import REPORT_COLUMNS
from ..csvfile.header import Header
from ..csvfile.text import printable
from ..csvfile.validate import Reject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAMES_BYTES = 64  # what follows the upload's key in a report's: the import's id and the file's name


def report_key(upload_key: str, import_id: str, name: str) -> str:
    """Returns the key of an import's report; it has less of the upload's key if S3 took no more."""
    kept = upload_key.encode()[: S3_KEY_BYTES - len(REPORTS_PREFIX) - _NAMES_BYTES].decode(errors="ignore")
    return f"{REPORTS_PREFIX}{kept}/{import_id}/{name}"


def put_summary(s3: "S3Client", bucket: str, key: str, summary: Mapping[str, Any]) -> None:
    """Write the summary."""
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


class RejectsWriter:
    """Rejects as CSV text that can be corrected and uploaded again: the original columns, `_line`, `_reason`.

    UTF-8 with a byte order mark, so that spreadsheets read it.
    """

    def __init__(self, header: Header, delimiter: str) -> None:
        self._width = len(header.names)
        self._original = header.original
        self._delimiter = delimiter
        self._text = io.StringIO(newline="")
        self._csv = csv.writer(self._text, delimiter=delimiter)
        self._csv.writerow([*(header.names[n] for n in self._original), *REPORT_COLUMNS])
        self._mark = "\ufeff"

    def add(self, rejects: Iterable[Reject]) -> None:
        """Write rejects."""
        for reject in rejects:
            self._csv.writerow([*self._cells(reject), reject.line, printable(reject.reason)])

    def take(self) -> bytes:
        """Returns the bytes written since the last call."""
        data = (self._mark + self._text.getvalue()).encode("utf-8", "replace")
        self._mark = ""
        self._text.seek(0)
        self._text.truncate()
        return data

    def _cells(self, reject: Reject) -> list[str]:
        cells = [printable(cell) for cell in reject.cells]
        if len(cells) > self._width:
            # Most often an unquoted delimiter in some column; nothing of the row may be missing here.
            last = self._original[-1]
            cells[last:] = [self._delimiter.join(cells[last:])]
        cells += [""] * (self._width - len(cells))
        return [cells[n] for n in self._original]
