"""The report `summary.json` of an import, completed with its final counts."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..aws.errors import code_of
from ..core.import_entries import REVISION, SETTLED_AT
from .entry import Entry

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# How often it is written until nobody else does meanwhile, who then has written the same or later counts.
_ATTEMPTS = 3
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
_WRITTEN_MEANWHILE = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
# Without s3:ListBucket S3 does not say that an object is not there:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
_NOT_THERE = frozenset({"404", "403"})


@dataclass(frozen=True)
class _Standing:
    """What is there: of which settlement, if of any; and the condition that nobody writes meanwhile."""

    revision: int
    condition: dict[str, Any]


def put_final_summary(s3: "S3Client", entry: Entry, summary: dict[str, Any]) -> None:
    """Write the report of reading an import's file with the counts of its last settlement.

    It is not written over that of a later one: a look that took its time may come after another's.

    Raises:
        ClientError: it could not be written, or was written by others again and again.
    """
    at: Any = {"Bucket": str(entry.values["bucket"]), "Key": str(entry.values["summary"])}
    final = {SETTLED_AT: entry.settlement_at, REVISION: entry.revision}
    body = json.dumps({**summary, **asdict(entry.settled_books), **final}, ensure_ascii=False, indent=2)
    put: Any = {"ContentType": "application/json", "Metadata": {REVISION: str(entry.revision)}}
    for attempt in range(1, _ATTEMPTS + 1):
        there = _standing(s3, at)
        if there.revision > entry.revision:
            return
        try:
            s3.put_object(**at, **put, Body=body.encode(), **there.condition)
        except ClientError as error:
            if code_of(error) not in _WRITTEN_MEANWHILE or attempt == _ATTEMPTS:
                raise
        else:
            return


def _standing(s3: "S3Client", at: Any) -> _Standing:
    try:
        head: Any = s3.head_object(**at)
    except ClientError as error:
        if code_of(error) not in _NOT_THERE:
            raise
        return _Standing(0, {"IfNoneMatch": "*"})
    return _Standing(int(head["Metadata"].get(REVISION, 0)), {"IfMatch": head["ETag"]})
