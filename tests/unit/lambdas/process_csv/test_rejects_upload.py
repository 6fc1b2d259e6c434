from typing import Any

import pytest

from lambdas.aws.limits import S3_PART_BYTES
from lambdas.csvfile.header import read_header
from lambdas.csvfile.validate import Reject
from lambdas.process_csv.rejects_upload import RejectsUpload, ReportProgress
from lambdas.process_csv.reports import RejectsWriter

from ...helpers.csv_files import TEXTS
from ...helpers.fakes_s3 import FakeS3


def writer() -> RejectsWriter:
    return RejectsWriter(read_header(["id"], TEXTS), ",")


def upload(s3: FakeS3, *batches: list[Reject]) -> str | None:
    client: Any = s3
    rejects = RejectsUpload(client, "bucket", "reports/r.csv", writer(), ReportProgress())
    for batch in batches:
        rejects.add(batch)
    assert rejects.count == sum(map(len, batches))
    return rejects.close()


def test_without_rejects_there_is_no_report() -> None:
    s3 = FakeS3()
    assert upload(s3, [], []) is None
    assert s3.objects == {}
    assert s3.calls.made == []


def test_a_few_rejects_are_one_object() -> None:
    s3 = FakeS3()
    assert upload(s3, [Reject(2, ["x"], "why")], [], [Reject(3, ["y"], "so")]) == "reports/r.csv"
    assert s3.objects == {"reports/r.csv": b"\xef\xbb\xbfid,_line,_reason,_row\r\nx,2,why,\r\ny,3,so,\r\n"}
    assert s3.types == {"reports/r.csv": "text/csv; charset=utf-8"}
    assert len(s3.calls.made) == 1


@pytest.mark.slow
@pytest.mark.parametrize("last", [0, 1])
def test_many_rejects_go_in_parts_of_the_size_that_s3_wants(last: int) -> None:
    s3 = FakeS3()
    rows = [[Reject(n, [f"{n}x" * 1000], "why") for n in range(k, k + 500)] for k in range(0, 5000, 500)]
    tail = [Reject(9, ["tail"], "why")] * last
    assert upload(s3, *rows, tail) == "reports/r.csv"
    lines = s3.objects["reports/r.csv"].decode("utf-8-sig").splitlines()
    assert len(lines) == 5001 + last
    assert lines[-1 - last].startswith("4999x")
    parts = [len(request["Body"]) for request in s3.calls.named("upload_part")]
    assert all(S3_PART_BYTES <= part < 2 * S3_PART_BYTES for part in parts[:-1])
    assert sum(parts) == len(s3.objects["reports/r.csv"])
