"""What a presigned POST allows: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html."""

import base64
import json
from typing import Any

import boto3
import pytest

from samples.browser_upload.presign import MAX_BYTES, presign, s3_client

KEYS = {"aws_access_key_id": "AKID", "aws_secret_access_key": "secret"}


def conditions(answer: dict[str, Any]) -> list[Any]:
    policy: list[Any] = json.loads(base64.b64decode(answer["fields"]["policy"]))["conditions"]
    return policy


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_it_is_signed_by_version_4_for_the_region_of_the_bucket(region: str) -> None:
    answer = presign(s3_client(region, **KEYS), "a-bucket", "uploads/", "u.csv")
    assert answer["url"] == f"https://a-bucket.s3.{region}.amazonaws.com/"
    assert answer["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert answer["fields"]["x-amz-credential"].endswith(f"/{region}/s3/aws4_request")


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("people & co.csv", "people & co.csv"),
        ("../reports/x.csv", "x.csv"),
        ("${filename}", "_{filename}"),
        ("a${filename}.csv", "a_{filename}.csv"),
    ],
)
def test_it_allows_one_key_and_the_size(name: str, last: str) -> None:
    answer = presign(s3_client("eu-central-1", **KEYS), "a-bucket", "uploads/", name)
    key = answer["fields"]["key"]
    assert (key.count("/"), key.rpartition("/")[2]) == (2, last)
    allowed = conditions(answer)
    assert {"key": key} in allowed
    assert {"bucket": "a-bucket"} in allowed
    assert [each for each in allowed if isinstance(each, list)] == [["content-length-range", 1, MAX_BYTES]]


def test_another_client_is_refused() -> None:
    other = boto3.client("s3", region_name="us-east-1", **KEYS)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="make it with s3_client"):
        presign(other, "a-bucket", "uploads/", "u.csv")
