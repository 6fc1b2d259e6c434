"""S3's events of objects, as process_csv gets them."""

from typing import Any


def s3_event(
    *keys: str, etag: str = "etag", size: int = 1, sequencer: str = "0055AED6DCD90281E5"
) -> dict[str, Any]:
    """S3's notification of objects by these keys, encoded as S3 encodes them."""
    return {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "bucket": {"name": "bucket"},
                    "object": {"key": key, "eTag": etag, "size": size, "sequencer": sequencer},
                },
            }
            for key in keys
        ]
    }


def eventbridge_event(
    key: str, *, etag: str = "etag", size: int = 1, sequencer: str = "0055AED6DCD90281E5"
) -> dict[str, Any]:
    """S3's event of an object by this key, as EventBridge delivers it."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    found = {"key": key, "size": size, "etag": etag, "version-id": "IYV3p45B", "sequencer": sequencer}
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2026-11-12T00:00:00Z",
        "region": "ca-central-1",
        "resources": ["arn:aws:s3:::bucket"],
        "detail": {
            "version": "0",
            "bucket": {"name": "bucket"},
            "object": found,
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "111122223333",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject",
        },
    }
