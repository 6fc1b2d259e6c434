"""The events that tell of an upload: which object version it is, its import's id; and what continues it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from ..aws.rowrelay_error import RowrelayError

_ID_CHARACTERS = 20
_CONTINUATION = "continuation"
_EVENTBRIDGE_SOURCE, _EVENTBRIDGE_CREATED = "aws.s3", "Object Created"
_TEST_EVENT = "s3:TestEvent"


class UploadEventError(RowrelayError, ValueError):
    """An event is none of S3's."""


@dataclass(frozen=True)
class Upload:
    """One uploaded object version; `uploaded_by` is who the event says did it, empty if it does not."""

    bucket: str
    key: str
    etag: str
    size: int
    sequencer: str
    uploaded_by: str = ""

    @property
    def import_id(self) -> str:
        """The same for an event that is delivered again, another for every new upload."""
        name = "\n".join((self.bucket, self.key, self.sequencer))
        return hashlib.sha256(name.encode()).hexdigest()[:_ID_CHARACTERS]


def uploads(event: Mapping[str, Any]) -> Iterator[Upload]:
    """Returns the uploads that an event tells of: S3's notification, or S3's event by EventBridge.

    An upload that comes by both is one import: bucket, key and sequencer are the same. A key that ends in "/"
    is a folder made in the console; S3's test event has no uploads, and neither has what is no creation.

    Raises:
        UploadEventError: it is another event, such as one that was changed on its way here.
    """
    if "Records" in event:
        found = _of_notification(event["Records"])
    elif is_eventbridge_event(event):
        found = _of_eventbridge(event)
    elif event.get("Event") == _TEST_EVENT:
        found = iter(())
    else:
        raise UploadEventError(
            "expected S3's notification (Records) or S3's event by EventBridge as it is (source aws.s3), "
            f"got an event of {', '.join(sorted(event)) or 'nothing'}; see what invokes the function"
        )
    return (upload for upload in found if not upload.key.endswith("/"))


def is_eventbridge_event(event: Mapping[str, Any]) -> bool:
    """Whether an event is S3's as EventBridge delivers it."""
    return event.get("source") == _EVENTBRIDGE_SOURCE


def _of_notification(records: Iterable[Mapping[str, Any]]) -> Iterator[Upload]:
    # Its keys are form-encoded:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    for record in records:
        if record["eventName"].startswith("ObjectCreated:"):
            bucket, entry = record["s3"]["bucket"]["name"], record["s3"]["object"]
            key, by = unquote_plus(entry["key"]), record.get("userIdentity", {}).get("principalId", "")
            yield Upload(bucket, key, entry["eTag"], entry.get("size", 0), entry["sequencer"], by)


def _of_eventbridge(event: Mapping[str, Any]) -> Iterator[Upload]:
    # Its keys are as they are: the encoding is a matter of the other page alone.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    if event["detail-type"] == _EVENTBRIDGE_CREATED:
        bucket, entry = event["detail"]["bucket"]["name"], event["detail"]["object"]
        by = event["detail"].get("requester", "")
        yield Upload(bucket, entry["key"], entry["etag"], entry.get("size", 0), entry["sequencer"], by)


def continuation_event(upload: Upload, number: int) -> dict[str, Any]:
    """Returns the event by which process_csv goes on: S3's notification, and a number from 1."""
    entry = {"key": quote_plus(upload.key), "eTag": upload.etag, "size": upload.size}
    entry["sequencer"] = upload.sequencer
    s3 = {"bucket": {"name": upload.bucket}, "object": entry}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}], _CONTINUATION: number}


def continuation_number(event: Mapping[str, Any]) -> int:
    """Returns which continuation an event asks for; 0 for those of S3, which begin the import."""
    return int(event.get(_CONTINUATION, 0))
