"""How far an import has come, between two of its rows: all that another invocation needs to read on.

A file that takes longer than an invocation may is read by several, one after the other. What each does
follows from its checkpoint alone, so whichever of them runs twice, or beside itself, does the same twice.
"""

import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from ..core.prefixes import CONTINUATIONS_PREFIX
from ..core.upload import Upload
from ..csvfile.blocks import Place
from ..csvfile.csv_file import Bookmark
from ..csvfile.multibyte import Order
from ..csvfile.reason_counts import ReasonCount
from ..csvfile.repeated_keys import RepeatedKeys
from .packer import Packed
from .rejects_upload import ReportProgress

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Checkpoint:
    """How far reading, packing and reporting have come, and what they have found."""

    bookmark: Bookmark
    packed: Packed
    sent: ReportProgress
    reasons: list[ReasonCount] = field(default_factory=list)
    repeated_keys: RepeatedKeys = field(default_factory=RepeatedKeys)

    def dump(self) -> bytes:
        """Returns it as JSON."""
        document = asdict(self)
        if self.bookmark.order == Order.UTF8:
            del document["bookmark"]["order"]  # an earlier version, which knows no other, reads on then
        return json.dumps(document).encode()

    @classmethod
    def parse(cls, data: bytes) -> "Checkpoint":
        """Read what `dump` wrote."""
        document = json.loads(data)
        place = Place(**document["bookmark"].pop("place"))
        return cls(
            Bookmark(place, **document["bookmark"]),
            Packed(**document["packed"]),
            ReportProgress(**document["sent"]),
            # These an earlier version did not count.
            [ReasonCount(**each) for each in document.get("reasons", ())],
            RepeatedKeys(**document.get("repeated_keys", {})),
        )


def save_checkpoint(s3: "S3Client", upload: Upload, checkpoint: Checkpoint) -> str:
    """Write a checkpoint under a name of its own; returns its key."""
    key = f"{CONTINUATIONS_PREFIX}{upload.import_id}/{uuid.uuid4().hex}.json"
    s3.put_object(Bucket=upload.bucket, Key=key, Body=checkpoint.dump(), ContentType="application/json")
    return key


def load_checkpoint(s3: "S3Client", upload: Upload, key: str) -> Checkpoint:
    """Read a checkpoint."""
    return Checkpoint.parse(s3.get_object(Bucket=upload.bucket, Key=key)["Body"].read())
