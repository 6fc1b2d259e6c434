from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from lambdas.core.upload import Upload
from lambdas.csvfile.decode import PIECE_BYTES, SourceError
from lambdas.process_csv.s3_object import ImportInterruptedError, object_pieces

from ...helpers.clock import Clock
from ...helpers.fakes import client_error
from ...helpers.fakes_s3 import FakeS3

KEY = "uploads/a b.csv"
DATA = bytes(range(256)) * (PIECE_BYTES // 128) + b"end"
UPLOAD = Upload("bucket", KEY, FakeS3.etag(DATA), len(DATA), "1")


pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def s3() -> FakeS3:
    """S3 with the object in it."""
    s3 = FakeS3()
    s3.objects[KEY] = DATA
    return s3


def pieces(s3: FakeS3, upload: Upload = UPLOAD, **gone: Any) -> Iterator[bytes]:
    client: Any = s3
    return object_pieces(client, upload, **gone)


def test_an_object_is_read_to_its_end_in_bounded_pieces(s3: FakeS3) -> None:
    got = list(pieces(s3))
    assert b"".join(got) == DATA
    assert max(map(len, got)) <= PIECE_BYTES
    assert s3.calls.named("get_object") == [
        {"Bucket": "bucket", "Key": KEY, "IfMatch": f'"{UPLOAD.etag}"', "Range": "bytes=0-"}
    ]


def test_an_empty_object_is_nothing(s3: FakeS3) -> None:
    s3.objects[KEY] = b""
    assert list(pieces(s3, Upload("bucket", KEY, FakeS3.etag(b""), 0, "1"))) == []


BROKEN: list[BaseException | None] = [
    None,  # the data ends early, and botocore notices
    ConnectionClosedError(endpoint_url="https://s3"),
    ReadTimeoutError(endpoint_url="https://s3"),
    ResponseStreamingError(error="reset by peer"),
]


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1])
def test_a_broken_connection_is_taken_up_where_it_broke(
    s3: FakeS3, length: int, error: BaseException | None
) -> None:
    s3.breaks = [(length, error), (length, error)]
    assert b"".join(pieces(s3)) == DATA
    starts = [request["Range"] for request in s3.calls.named("get_object")]
    assert starts == [f"bytes={n * length}-" for n in range(3)]


def test_a_connection_that_breaks_at_the_very_end_costs_nothing(s3: FakeS3) -> None:
    s3.breaks = [(len(DATA), ConnectionClosedError(endpoint_url="https://s3"))]
    assert b"".join(pieces(s3)) == DATA


def test_connections_that_bring_nothing_are_given_up(s3: FakeS3, clock: Clock) -> None:
    s3.breaks = [(0, None)] * 99
    with pytest.raises(IncompleteReadError):
        list(pieces(s3))
    assert len(s3.calls.named("get_object")) == 5
    assert len(clock.sleeps) == 4


def test_a_connection_that_breaks_but_brings_something_is_not_given_up(s3: FakeS3) -> None:
    s3.breaks = [(10_000, None)] * 40
    assert b"".join(pieces(s3)) == DATA


@pytest.mark.parametrize(("change", "word"), [(None, "deleted"), (b"other", "overwritten")])
@pytest.mark.parametrize("gone", [SourceError, ImportInterruptedError])
def test_an_object_that_changes_is_not_mixed_with_what_came_before(
    s3: FakeS3, change: bytes | None, word: str, gone: type[Exception]
) -> None:
    s3.breaks = [(PIECE_BYTES, None)]
    reading = pieces(s3, gone=gone)
    assert next(reading) == DATA[:PIECE_BYTES]
    s3.objects = {} if change is None else {KEY: change}
    with pytest.raises(gone, match=word):
        list(reading)


def test_an_object_that_is_gone_from_the_start_is_told_so(s3: FakeS3) -> None:
    s3.objects = {}
    with pytest.raises(SourceError, match="deleted"):
        list(pieces(s3))


def test_what_s3_refuses_for_another_reason_is_raised(s3: FakeS3) -> None:
    s3.script("get_object", client_error("AccessDenied", status=403))
    with pytest.raises(ClientError, match="AccessDenied"):
        list(pieces(s3))
