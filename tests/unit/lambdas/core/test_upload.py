import re
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.upload import Upload, uploads

from ...helpers.s3_events import s3_event


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


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_every_key_comes_back_as_it_was(key: str) -> None:
    assert keys(s3_event(quote_plus(key))) == [key] * (not key.endswith("/"))


def test_folders_and_what_was_not_created_are_no_uploads() -> None:
    event = s3_event("uploads/", "uploads/a.csv")
    event["Records"].append({**s3_event("uploads/b.csv")["Records"][0], "eventName": "ObjectRemoved:Delete"})
    assert keys(event) == ["uploads/a.csv"]


@pytest.mark.parametrize("name", ["Put", "Post", "Copy", "CompleteMultipartUpload"])
def test_an_object_may_be_created_in_any_way(name: str) -> None:
    event = s3_event("uploads/a.csv")
    event["Records"][0]["eventName"] = f"ObjectCreated:{name}"
    assert keys(event) == ["uploads/a.csv"]


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
