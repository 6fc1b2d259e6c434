"""Uploads that nobody has begun to read, as S3 and the import ledger know them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from .imports import Import
from .stack import Stack

# A bucket that was there before the stack may have older files under the prefix; by default uploads expire
# after a day, too.
_OLDEST = timedelta(days=1)
# S3 mostly tells the function in seconds, but that may take a minute or longer:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
_YOUNGEST = timedelta(minutes=1)


def unread_uploads(stack: Stack, imports: Iterable[Import]) -> Iterator[Import]:
    """Yields the uploads of the last day, but for the last minute's, that are newer than their key's imports.

    Args:
        stack: Where to look.
        imports: All imports.
    """
    begun: dict[str, datetime] = {}
    for one in imports:
        if one.started_at:
            at = datetime.fromisoformat(one.started_at)
            begun[one.key] = max(at, begun.get(one.key, at))
    now = datetime.now(UTC)
    for key, uploaded in _uploads(stack):
        if _YOUNGEST < now - uploaded < _OLDEST and (key not in begun or begun[key] < uploaded):
            yield Import(key, key, started_at=uploaded.isoformat())


def _uploads(stack: Stack) -> Iterator[tuple[str, datetime]]:
    """Yields the key of each upload in the bucket, and when it came; a folder made in the console is none."""
    pages = (
        stack.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=stack.outputs["bucket"], Prefix=stack.outputs["upload_prefix"])
    )
    for page in pages:
        for each in page.get("Contents", ()):
            if not each["Key"].endswith("/"):
                yield each["Key"], each["LastModified"]
