import json
from dataclasses import replace
from typing import Any

from lambdas.core.upload import Upload
from lambdas.csvfile.blocks import Place
from lambdas.csvfile.csv_file import Bookmark
from lambdas.csvfile.multibyte import Order
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys
from lambdas.process_csv.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from lambdas.process_csv.packer import Packed
from lambdas.process_csv.rejects_upload import ReportProgress

from ...helpers.fakes_s3 import FakeS3

# Another version of the function may read on: the form stays.
STORED = {
    "bookmark": {"place": {"piece": 65_536, "skip": 7, "line": 801}, "delimiter": ";", "names": ["id", "a"]},
    "packed": {"rows": 700, "chunks": 7, "waiting": ['[800,{"id":"1"}]']},
    "sent": {"count": 2, "upload_id": "u", "etags": ["e1"], "waiting": "eA=="},
    "reasons": [{"reason": "why", "rows": 2, "lines": [7, 9]}],
    "repeated_keys": {"rows": 1, "lines": [[4, 2]], "looked_at": 700},
}
CHECKPOINT = Checkpoint(
    Bookmark(Place(65_536, 7, 801), ";", ["id", "a"]),
    Packed(700, 7, ['[800,{"id":"1"}]']),
    ReportProgress(2, "u", ["e1"], "eA=="),
    [ReasonCount("why", 2, [7, 9])],
    RepeatedKeys(1, [[4, 2]], 700),
)


def test_a_checkpoint_is_json_and_reads_back() -> None:
    assert json.loads(CHECKPOINT.dump()) == STORED
    assert Checkpoint.parse(json.dumps(STORED).encode()) == CHECKPOINT


def test_a_checkpoint_of_an_earlier_version_has_counted_no_reasons() -> None:
    earlier = {name: STORED[name] for name in ("bookmark", "packed", "sent")}
    checkpoint = Checkpoint.parse(json.dumps(earlier).encode())
    assert checkpoint == replace(CHECKPOINT, reasons=[], repeated_keys=RepeatedKeys())


def test_a_checkpoint_knows_in_which_order_lines_are_decoded() -> None:
    other = replace(CHECKPOINT, bookmark=replace(CHECKPOINT.bookmark, order=Order.ENCODING))
    assert json.loads(other.dump())["bookmark"]["order"] == "encoding"
    assert Checkpoint.parse(other.dump()) == other


def test_each_checkpoint_has_a_key_of_its_own() -> None:
    s3: Any = FakeS3()
    upload = Upload("bucket", "uploads/a.csv", "etag", 1, "0001")
    keys = [save_checkpoint(s3, upload, CHECKPOINT) for _ in range(2)]
    assert len(set(keys)) == 2
    assert all(key.startswith(f"continuations/{upload.import_id}/") for key in keys)
    assert load_checkpoint(s3, upload, keys[0]) == CHECKPOINT
