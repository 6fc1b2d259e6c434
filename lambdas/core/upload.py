"""S3's notification: which object version was uploaded, and the id of its import; and what continues it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, unquote_plus

_ID_CHARACTERS = 20
_CONTINUATION = "continuation"


@dataclass(frozen=True)
class Upload:
    """One uploaded object version."""

    bucket: str
    key: str
    etag: str
    size: int
    sequencer: str

    @property
    def import_id(self) -> str:
        """The same for an event that is delivered again, another for every new upload."""
        name = "\n".join((self.bucket, self.key, self.sequencer))
        return hashlib.sha256(name.encode()).hexdigest()[:_ID_CHARACTERS]


def uploads(event: Mapping[str, Any]) -> Iterator[Upload]:
    """Returns the uploads that an S3 notification tells of.

    S3's own test event has no records, and a key that ends in "/" is a folder made in the console.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    for record in event.get("Records", []):
        entry = record["s3"]["object"]
        key = unquote_plus(entry["key"])
        if record["eventName"].startswith("ObjectCreated:") and not key.endswith("/"):
            bucket = record["s3"]["bucket"]["name"]
            yield Upload(bucket, key, entry["eTag"], entry.get("size", 0), entry["sequencer"])


def continuation_event(upload: Upload, number: int) -> dict[str, Any]:
    """Returns the event by which process_csv goes on with an upload: S3's own, and a number from 1."""
    entry = {"key": quote_plus(upload.key), "eTag": upload.etag, "size": upload.size}
    entry["sequencer"] = upload.sequencer
    s3 = {"bucket": {"name": upload.bucket}, "object": entry}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}], _CONTINUATION: number}


def continuation_number(event: Mapping[str, Any]) -> int:
    """Returns which continuation an event asks for; 0 for S3's own, which begins the import."""
    return int(event.get(_CONTINUATION, 0))
