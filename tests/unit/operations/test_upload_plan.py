"""Where files are uploaded to, and what speaks against it."""

from datetime import timedelta
from pathlib import Path

import pytest

from lambdas.core.import_entries import ImportStatus
from operations.check import Checked
from operations.errors import UsageError
from operations.upload_plan import PlannedUpload, keys_of, known_imports, plan_upload

from ..helpers.stack import IMPORT, OTHER_IMPORT
from ..helpers.uploads import NOON, UploadStack

KEY, FILE = "uploads/a.csv", Path("a.csv")


def planned(scenario: UploadStack, *, replace: bool = False) -> PlannedUpload:
    return plan_upload(scenario.stack, KEY, FILE, Checked("a.csv"), replace=replace)


def test_the_key_is_the_files_name_under_the_prefix() -> None:
    files = [Path("a/people (1).csv"), Path("b/other.csv.gz")]
    expected = {"uploads/people (1).csv": files[0], "uploads/other.csv.gz": files[1]}
    assert keys_of(UploadStack().stack, files) == expected


def test_two_files_of_one_name_do_not_overwrite_each_other() -> None:
    with pytest.raises(UsageError) as told:
        keys_of(UploadStack().stack, [Path("a/x.csv"), Path("y.csv"), Path("b/x.csv"), Path("y.csv")])
    assert told.value.args == (
        "a/x.csv and b/x.csv would both be uploads/x.csv: rename one of them.",
        "y.csv and y.csv would both be uploads/y.csv: rename one of them.",
    )


def test_where_nothing_is_nothing_speaks_against_it() -> None:
    assert planned(UploadStack()) == PlannedUpload(FILE, KEY, Checked("a.csv"))
    assert planned(UploadStack()).refusal == ""


@pytest.mark.parametrize("status", ["done", "rejected"])
def test_what_was_read_to_its_end_is_replaced(status: str) -> None:
    scenario = UploadStack()
    scenario.s3.objects[KEY] = b""
    scenario.put_import(IMPORT, KEY, status=status)
    found = planned(scenario)
    assert (found.there, found.unread, found.refusal) == (NOON.timestamp(), False, "")


def test_what_is_not_read_yet_is_overwritten_only_if_that_is_wanted() -> None:
    scenario = UploadStack()
    scenario.s3.objects[KEY] = b""
    told = (
        "uploads/a.csv was uploaded at 2026-01-31T12:00:00Z and is not read to its end yet: wait for that,"
        " rename the file, or add --replace to lose what is in the bucket"
    )
    assert planned(scenario).refusal == told  # its import was not begun
    scenario.put_import(IMPORT, KEY, status="reading")
    assert planned(scenario).refusal == told
    assert planned(scenario, replace=True).refusal == ""


def test_an_import_of_what_was_there_before_says_nothing_of_what_is_there() -> None:
    scenario = UploadStack()
    scenario.s3.objects[KEY] = b""
    scenario.put_import(IMPORT, KEY, NOON - timedelta(seconds=1))
    assert planned(scenario).unread


def test_a_file_that_would_be_rejected_is_refused_whatever_is_there() -> None:
    checked = Checked("a.csv", ImportStatus.REJECTED, "no header")
    found = plan_upload(UploadStack().stack, KEY, FILE, checked, replace=True)
    assert found.refusal == "it would be rejected as a whole"


def test_the_imports_there_were_are_known_entered_or_not() -> None:
    scenario = UploadStack()
    scenario.put_import(IMPORT, KEY)
    scenario.put_import("later", KEY, NOON + timedelta(hours=1))
    scenario.put_import(OTHER_IMPORT, "uploads/b.csv")
    entry = '{"key": "uploads/c.csv", "eTag": "e", "size": 1, "sequencer": "1"}'
    event = f'{{"eventName": "ObjectCreated:Put", "s3": {{"bucket": {{"name": "b"}}, "object": {entry}}}}}'
    scenario.fake.sqs.put("ingest_failure_queue_url", f'{{"requestPayload": {{"Records": [{event}]}}}}')
    known = known_imports(scenario.stack, [KEY])
    assert "later" in known  # of a key, the newest will do
    assert OTHER_IMPORT not in known
    assert len(known) == 2
