import re
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.upload import Upload, UploadEventError, uploads

from ...helpers.s3_events import eventbridge_event, s3_event


def keys(event: dict[str, Any]) -> list[str]:
    return [upload.key for upload in uploads(event)]


def test_an_upload_is_what_the_event_says() -> None:
    event = s3_event("uploads%2Fa.csv", etag="abc", size=7, sequencer="00A1")
    assert list(uploads(event)) == [Upload("bucket", "uploads/a.csv", "abc", 7, "00A1")]


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("uploads/my+file.csv", "uploads/my file.csv"),
        ("uploads/a%2Bb.csv", "uploads/a+b.csv"),
        ("uploads/100%25.csv", "uploads/100%.csv"),
        ("uploads/100%2525.csv", "uploads/100%25.csv"),
        ("uploads/%E6%96%87%E5%AD%97.csv", "uploads/文字.csv"),
        ("uploads/%D0%BB%D1%8E%D0%B4%D0%B8+2.csv.gz", "uploads/люди 2.csv.gz"),
        ("uploads/caf%C3%A9%3F%26%3D%23.csv", "uploads/café?&=#.csv"),
    ],
)
def test_keys_are_decoded(encoded: str, key: str) -> None:
    assert keys(s3_event(encoded)) == [key]


def test_an_upload_is_what_eventbridges_event_says() -> None:
    event = eventbridge_event("uploads/a b+c%20.csv", etag="abc", size=7, sequencer="00A1")
    (upload,) = uploads(event)
    assert upload == Upload("bucket", "uploads/a b+c%20.csv", "abc", 7, "00A1", "111122223333")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_every_key_comes_back_as_it_was_by_either_way(key: str) -> None:
    by_notification, by_eventbridge = s3_event(quote_plus(key)), eventbridge_event(key)
    assert keys(by_notification) == [key] * (not key.endswith("/"))
    by = eventbridge_event(key)["detail"]["requester"]
    by_notification["Records"][0]["userIdentity"] = {"principalId": by}
    assert list(uploads(by_notification)) == list(uploads(by_eventbridge))
    assert all(upload.uploaded_by == by for upload in uploads(by_notification))


def test_folders_and_what_was_not_created_are_no_uploads() -> None:
    event = s3_event("uploads/", "uploads/a.csv")
    event["Records"].append({**s3_event("uploads/b.csv")["Records"][0], "eventName": "ObjectRemoved:Delete"})
    assert keys(event) == ["uploads/a.csv"]


@pytest.mark.parametrize("name", ["Put", "Post", "Copy", "CompleteMultipartUpload"])
def test_an_object_may_be_created_in_any_way(name: str) -> None:
    event = s3_event("uploads/a.csv")
    event["Records"][0]["eventName"] = f"ObjectCreated:{name}"
    assert keys(event) == ["uploads/a.csv"]


@pytest.mark.parametrize("kind", ["Object Deleted", "Object Tags Added", "Object Restore Completed"])
def test_what_eventbridge_tells_of_else_is_no_upload(kind: str) -> None:
    assert keys({**eventbridge_event("uploads/a.csv"), "detail-type": kind}) == []
    assert keys(eventbridge_event("uploads/")) == []


def test_an_event_that_is_none_of_s3s_is_refused() -> None:
    event = eventbridge_event("uploads/a.csv")
    for other in ({}, event["detail"], {**event, "source": "ours"}):
        with pytest.raises(UploadEventError, match="expected S3's notification"):
            uploads(other)


def test_s3_s_test_event_has_no_uploads() -> None:
    assert keys({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "bucket"}) == []


def test_the_imports_id_is_the_same_for_the_same_event_only() -> None:
    upload = Upload("bucket", "uploads/a.csv", "etag", 1, "0001")
    ids = {
        upload.import_id,
        Upload("bucket", "uploads/a.csv", "etag", 1, "0002").import_id,
        Upload("bucket", "uploads/b.csv", "etag", 1, "0001").import_id,
        Upload("bucket2", "uploads/a.csv", "etag", 1, "0001").import_id,
    }
    assert len(ids) == 4
    assert upload.import_id == Upload("bucket", "uploads/a.csv", "etag", 1, "0001").import_id
    assert all(re.fullmatch("[0-9a-f]{20}", each) for each in ids)
