"""The example for front ends, as a browser would use it."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest

from local.emulator import REGION
from operations.imports import Import
from samples.browser_upload.presign import presign, s3_client

from .forms import form
from .pipeline import HEADER, Pipeline

pytestmark = pytest.mark.e2e


def post(url: str, fields: Mapping[str, str], data: bytes) -> int:
    """Send a form; returns the status."""
    body, headers = form(fields, data)
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def allowed_in(pipeline: Pipeline, file_name: str) -> dict[str, Any]:
    """A presigned POST for the pipeline's bucket."""
    key = pipeline.deployment.access_key
    keys = {"aws_access_key_id": key.id, "aws_secret_access_key": key.secret}
    s3 = s3_client(REGION, endpoint_url=pipeline.deployment.endpoint, **keys)
    return presign(s3, pipeline.outputs["bucket"], pipeline.outputs["upload_prefix"], file_name)


def test_a_presigned_post_is_imported(pipeline: Pipeline) -> None:
    allowed = allowed_in(pipeline, "people & co.csv")

    assert post(allowed["url"], allowed["fields"], HEADER + b"web@example.com,Web,,,,\n") in (200, 201, 204)

    [one] = pipeline.watch.until_settled([Import("u.csv", allowed["fields"]["key"])], lambda _: None)
    assert (one.books.created, one.balanced) == (1, True)


def test_it_allows_no_other_key(pipeline: Pipeline) -> None:
    allowed = allowed_in(pipeline, "../reports/x.csv")
    assert allowed["fields"]["key"].startswith("uploads/")

    fields = {**allowed["fields"], "key": "reports/x.csv"}

    assert post(allowed["url"], fields, HEADER) == 403


def test_it_allows_no_other_size(pipeline: Pipeline) -> None:
    allowed = allowed_in(pipeline, "empty.csv")
    assert post(allowed["url"], allowed["fields"], b"") == 400
