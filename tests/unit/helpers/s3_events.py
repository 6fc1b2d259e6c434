"""S3's notifications of objects, as process_csv gets them."""

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
