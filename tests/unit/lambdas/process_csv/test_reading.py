"""A file on its way through: what it comes to, and that it can stop between two rows."""

from dataclasses import asdict
from typing import Any

from lambdas.core.chunk import parse_chunk
from lambdas.core.upload import Upload
from lambdas.process_csv.checkpoint import Checkpoint
from lambdas.process_csv.reading import Reading

from ...helpers.csv_files import TEXTS, cut, limits
from ...helpers.fakes_s3 import FakeS3

DATA = b"id,a,b,more\n1,x,y,z\n,no,key,z\n2,x,y,z\n3,x,y,z\n1,x,y,z\n"
UPLOAD = Upload("bucket", "uploads/a.csv", "etag", len(DATA), "0001")
PIECE = 8
REJECTS = f"reports/uploads/a.csv/{UPLOAD.import_id}/rejects.csv"


def start(s3: FakeS3, checkpoint: Checkpoint | None = None, data: bytes = DATA) -> Reading:
    client: Any = s3
    places = range(0, len(data), PIECE)
    return Reading.start(client, UPLOAD, lambda at: iter(cut(data[at:], places)), TEXTS, 3, checkpoint)


def bodies(reading: Reading) -> list[str]:
    return [body for full in reading.bodies() for body in full]


def test_a_file_comes_to_chunks_a_report_and_counts() -> None:
    s3 = FakeS3()
    reading = start(s3)
    chunks = list(map(parse_chunk, bodies(reading)))
    assert [[line for line, _ in chunk.rows] for chunk in chunks] == [[2, 4, 5], [6]]
    assert reading.finish() == {
        "status": "done",
        "reason": None,
        "read": 5,
        "accepted": 4,
        "rejected": 1,
        "chunks": 2,
        "rejects": REJECTS,
        "reasons": [{"reason": "id: a value is required", "rows": 1, "lines": [3]}],
        "repeated_keys": {"rows": 1, "lines": [[6, 2]], "looked_at": 4},
        "ignored_columns": "more",
        "unknown_columns": ["more"],
        "nearest_columns": {},
    }
    assert b",no,key,z,3," in s3.objects[REJECTS]


def test_without_rejects_there_is_no_report() -> None:
    s3 = FakeS3()
    reading = start(s3, data=b"id,a,b\n1,x,y\n")
    assert len(bodies(reading)) == 1
    assert reading.finish()["rejects"] is None
    assert s3.objects == {}


def test_read_on_from_any_checkpoint_a_file_comes_to_the_same() -> None:
    with limits(piece=PIECE):
        whole = start(FakeS3())
        expected, summary = bodies(whole), whole.finish()
        s3 = FakeS3()
        stopped = start(s3)
        sent: list[str] = []
        looked_at: list[int] = []
        for full in stopped.bodies():
            sent += full
            if checkpoint := stopped.checkpoint:
                rest = start(s3, Checkpoint.parse(checkpoint.dump()))
                assert sent + bodies(rest) == expected
                # The search for repeated keys ends where the first invocation does.
                found = checkpoint.repeated_keys
                looked_at.append(found.looked_at)
                assert rest.finish() == {**summary, "repeated_keys": asdict(found)}
                assert b",no,key,z,3," in s3.objects[REJECTS]
    assert len(looked_at) > 1
    assert min(looked_at) < 4
