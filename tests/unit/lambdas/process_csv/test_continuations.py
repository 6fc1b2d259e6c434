"""An import that several invocations read, one after the other, comes to what one would make of it."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.aws.limits import S3_PART_BYTES
from lambdas.core.prefixes import CONTINUATIONS_PREFIX
from lambdas.core.schema import Schema
from lambdas.core.upload import Upload, continuation_event, continuation_number, uploads
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.csvfile.options import ReadOptions
from lambdas.process_csv.s3_object import ImportInterruptedError

from ...helpers.csv_files import TEXTS, USERS, limits
from ...helpers.fakes import Killed, client_error, kill
from ...helpers.imports import HEAD, KEY, ImportScenario, person

PIECE = 4_096
DATA = HEAD + b"".join(person(n) if n % 7 else b"bad,%d\n" % n for n in range(1, 2_001))
COUNTS = ("status", "read", "accepted", "rejected", "chunks")
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def small_pieces() -> Iterator[None]:
    """Pieces so small that the file has many."""
    with limits(piece=PIECE):
        yield


def always() -> bool:
    return True


def after(blocks: int) -> Callable[[], bool]:
    """Time for so many blocks."""
    left = itertools.count(blocks - 1, -1)
    return lambda: next(left) <= 0


def scenario_of(data: bytes = DATA, *, gzipped: bool = False, schema: Schema = USERS) -> ImportScenario:
    return (
        ImportScenario(gzip.compress(data), KEY + ".gz", schema)
        if gzipped
        else ImportScenario(data, schema=schema)
    )


def in_one_go(**of: Any) -> ImportScenario:
    scenario = scenario_of(**of)
    scenario.run()
    assert not scenario.invoked
    return scenario


def run_on(scenario: ImportScenario, out_of_time: Callable[[], bool] = always) -> int:
    """Carry out what the function invokes itself for, until it does no more; returns how often."""
    for count in itertools.count():
        if not scenario.invoked:
            return count
        (upload,) = uploads(scenario.invoked[0])
        assert upload == scenario.upload
        scenario.run(number=continuation_number(scenario.invoked.pop(0)), out_of_time=out_of_time)
    raise AssertionError


def same(scenario: ImportScenario, other: ImportScenario) -> None:
    assert [scenario.entry[name] for name in COUNTS] == [other.entry[name] for name in COUNTS]
    assert scenario.chunks == other.chunks
    assert scenario.rejects == other.rejects
    summaries = [json.loads(each.report("summary.json")) for each in (scenario, other)]
    assert summaries[0].keys() == summaries[1].keys()
    assert summaries[0]["reasons"] == summaries[1]["reasons"]


def test_an_import_that_ends_early_is_not_left_to_a_continuation() -> None:
    scenario = scenario_of()
    scenario.s3.breaks = [(3 * PIECE + 100, None)]
    scenario.calls.before[2] = lambda: scenario.s3.objects.pop(KEY)
    assert scenario.run(out_of_time=lambda: "ended_early" in scenario.entry)["status"] == "done"
    assert scenario.entry["status"] == "done"
    assert scenario.invoked == []


def test_rows_that_are_changed_are_the_same_in_parts() -> None:
    def transform_row(row: dict[str, Any]) -> dict[str, Any] | str:
        number = row["email"][1:].partition("@")[0]
        return f"{number} is dropped" if number.endswith("5") else {**row, "company": number}

    whole, parts = (ImportScenario(DATA, transform_row=transform_row) for _ in range(2))
    whole.run()
    parts.run(out_of_time=always)
    assert run_on(parts) > 3
    same(parts, whole)
    assert whole.entry["rejected"] > 2_000 / 7 + 150
    assert all(row["company"] == row["email"][1:].partition("@")[0] for _, row in whole.chunks[-1].rows)


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("blocks", [1, 3])
def test_an_import_in_parts_is_the_same_import(gzipped: bool, blocks: int) -> None:
    scenario = scenario_of(gzipped=gzipped)
    scenario.run(out_of_time=after(blocks))
    assert scenario.entry["status"] == "reading"
    while scenario.invoked:
        scenario.run(number=continuation_number(scenario.invoked.pop()), out_of_time=after(blocks))
    assert scenario.entry["continuation"] >= 8 // blocks
    assert len(scenario.sqs.bodies("https://sqs/chunks")) == scenario.entry["chunks"]
    same(scenario, in_one_go(gzipped=gzipped))


def test_an_import_in_parts_is_decoded_as_its_beginning_tells() -> None:
    head = HEAD + "a@example.com,陈,陈\nbad,张,张\n".encode("gbk")
    data = head + "".join(f"p{n}@example.com,伟,肖\n" for n in range(1_000)).encode("gbk")
    options = ReadOptions(encoding="gbk")
    whole, parts = scenario_of(data), scenario_of(data)
    whole.run(options=options)
    parts.run(out_of_time=always, options=options)
    assert run_on(parts) > 3
    same(parts, whole)
    assert parts.entry["accepted"] == 1_001
    names = {(row["first_name"], row["last_name"]) for chunk in parts.chunks for _, row in chunk.rows}
    assert names == {("陈", "陈"), ("伟", "肖")}  # ΰ and Ф, if what follows were read by itself


@pytest.mark.slow
def test_a_report_of_several_parts_is_continued() -> None:
    rejected = b"".join(b",%s,%d\n" % (b"x" * 3_000, n) for n in range(2 * S3_PART_BYTES // 3_000 + 10))
    data = b"id,a,b\n1,x,y\n" + rejected + b"2,x,y\n"
    with limits(piece=PIECE_BYTES):
        scenario = scenario_of(data, schema=TEXTS)
        scenario.run(out_of_time=after(25))
        assert run_on(scenario, out_of_time=after(25)) > 5
        assert len(scenario.calls.named("create_multipart_upload")) == 1
        same(scenario, in_one_go(data=data, schema=TEXTS))


DONE = in_one_go()


def calls_in_parts() -> int:
    scenario = scenario_of()
    scenario.run(out_of_time=after(4))
    run_on(scenario, after(4))
    return len(scenario.calls.made)


@pytest.mark.parametrize("call", range(calls_in_parts()))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_part_that_is_killed_at_any_call_is_repeated(when: str, call: int) -> None:
    scenario = scenario_of()
    getattr(scenario.calls, when)[call] = kill
    events: list[Mapping[str, Any] | None] = [None]  # None is S3's own
    kills = 0
    while events:
        number = continuation_number(events[0] or {})
        try:
            scenario.run(number=number, out_of_time=after(4))
        except Killed:
            kills += 1
            continue  # Lambda sends the same event again
        events = [*events[1:], *scenario.invoked]
        scenario.invoked.clear()
    assert kills == 1
    same(scenario, DONE)


def test_a_function_killed_before_it_invokes_itself_does_so_when_repeated() -> None:
    scenario = scenario_of()
    scenario.run(out_of_time=after(3))
    assert scenario.invoked == [continuation_event(scenario.upload, 1)]
    scenario.invoked.clear()  # it died before that
    scenario.run(out_of_time=after(3))
    assert scenario.invoked == [continuation_event(scenario.upload, 1)]
    assert len(scenario.calls.named("get_object")) == 1  # and it read nothing again
    run_on(scenario)
    same(scenario, DONE)


def test_an_event_that_comes_again_does_not_begin_what_has_begun() -> None:
    scenario = scenario_of()
    scenario.run(out_of_time=after(3))
    scenario.invoked.clear()
    beside: list[Any] = []

    def begun() -> bool:
        if not beside:
            beside.append(scenario.run(out_of_time=after(3)))  # S3's own event once more, meanwhile
        return True

    scenario.run(number=1, out_of_time=begun)
    assert [continuation_number(event) for event in scenario.invoked] == [2]
    run_on(scenario)
    same(scenario, DONE)


def test_two_that_read_the_same_part_and_stop_at_different_rows_agree() -> None:
    scenario = scenario_of()

    def beside() -> bool:
        scenario.run(out_of_time=after(5))
        return True

    met = after(2)
    scenario.run(out_of_time=lambda: met() and beside())
    events = [continuation_number(event) for event in scenario.invoked]
    assert events == [1, 1]  # neither knew whether the other would
    run_on(scenario)
    same(scenario, DONE)


def test_a_slow_attempt_that_reads_to_the_end_ends_the_import() -> None:
    scenario = scenario_of()
    meanwhile = iter([lambda: scenario.run(out_of_time=after(2))])

    def never() -> bool:
        next(meanwhile, lambda: None)()
        return False

    scenario.run(out_of_time=never)
    same(scenario, DONE)
    run_on(scenario)
    same(scenario, DONE)
    assert len(scenario.calls.named("get_object")) == 2


def test_gzip_that_breaks_off_in_a_long_row_ends_a_continuation() -> None:
    rows = b"".join(map(person, range(20)))
    long = b"y@example.com," + b"x" * 1_600_000 + b',"a\nb\n' + b"c\n" * 300_000
    scenario = ImportScenario(gzip.compress(HEAD + rows + long)[:-9], KEY + ".gz")
    scenario.run(out_of_time=after(1))
    summary = scenario.run(number=1, out_of_time=always)
    assert (summary["status"], summary["accepted"], summary["rejected"]) == ("done", 20, 1)
    assert "breaks off" in scenario.rejects[-1][4]


def test_an_object_that_changes_between_two_parts_ends_the_import_there() -> None:
    scenario = scenario_of()
    scenario.run(out_of_time=after(3))
    scenario.s3.objects[KEY] = HEAD
    summary = scenario.run(number=1)
    assert summary["status"] == "done"
    assert summary["read"] == summary["accepted"] + summary["rejected"]
    assert "overwritten" in scenario.rejects[-1][4]
    assert summary["accepted"] == len(scenario.lines) > 0


def test_a_part_that_was_begun_is_not_ended_early_by_another_attempt() -> None:
    scenario = scenario_of()
    scenario.run(out_of_time=after(3))
    scenario.calls.after[len(scenario.calls.made) + 3] = kill
    with pytest.raises(Killed):
        scenario.run(number=1)
    scenario.s3.objects[KEY] = HEAD
    with pytest.raises(ImportInterruptedError):
        scenario.run(number=1)
    assert scenario.entry["status"] == "reading"


def test_an_attempt_does_not_read_on_where_another_ends_the_import_early() -> None:
    scenario = scenario_of()
    scenario.run(out_of_time=after(3))
    sent = len(scenario.chunks)
    data = scenario.s3.objects.pop(KEY)

    def back_again() -> None:
        scenario.s3.objects[KEY] = data  # the same bytes: another upload, by S3's reckoning the same ETag
        with pytest.raises(ImportInterruptedError):
            scenario.run(number=1)

    # After the ledger's entry, the checkpoint, two attempts to open the object, and the leave to end early.
    gone = len(scenario.calls.made) + 3
    scenario.calls.after[gone] = back_again
    scenario.run(number=1)
    assert scenario.entry["ended_early"] is True
    assert len(scenario.chunks) <= sent + 1
    assert scenario.entry["accepted"] == len(scenario.lines)


def test_an_attempt_does_not_read_on_once_another_ended_the_import_early() -> None:
    scenario = scenario_of()
    update, left = scenario.dynamodb.update_item, iter([True])

    def lost(**request: Any) -> Any:
        if "REMOVE attempt" not in request["UpdateExpression"] or not next(left, False):
            return update(**request)
        update(**request)  # whose answer is lost; until botocore asks again, much happens
        del scenario.s3.objects[KEY]
        scenario.run()
        assert scenario.run(number=1)["status"] == "done"
        return update(**request)

    scenario.dynamodb.update_item = lost  # type: ignore[method-assign]
    assert scenario.run(out_of_time=after(3))["status"] == "done"
    assert scenario.entry["ended_early"] is True
    assert scenario.entry["accepted"] == len(scenario.lines) > 0


def test_a_continuation_of_nothing_says_so() -> None:
    with pytest.raises(
        ImportInterruptedError, match=r"no continuation 3 of the import .*: upload the file again"
    ):
        scenario_of().run(number=3)


def test_another_schema_meanwhile_does_not_make_another_import_of_it() -> None:
    scenario = scenario_of()
    scenario.run(out_of_time=after(3))
    scenario.schema = TEXTS
    with pytest.raises(ImportInterruptedError, match="the schema changed"):
        scenario.run(number=1)


@pytest.mark.parametrize("key", ["uploads/a b+c%.csv", "uploads/люди.csv"])
def test_the_event_is_s3s_own_but_for_its_number(key: str) -> None:
    upload = Upload("bucket", key, "etag", 7, "0055")
    event = json.loads(json.dumps(continuation_event(upload, 12)))
    assert list(uploads(event)) == [upload]
    assert continuation_number(event) == 12


def test_nothing_is_left_to_a_continuation_before_all_chunks_are_sent() -> None:
    scenario = scenario_of()
    scenario.sqs.script("send_message_batch", None, client_error("InternalError", status=500))
    with pytest.raises(ClientError):
        scenario.run(rows_per_chunk=25, out_of_time=after(3))
    assert not scenario.invoked
    assert not any(key.startswith(CONTINUATIONS_PREFIX) for key in scenario.s3.objects)
    assert "continuation" not in scenario.entry
    scenario.run(rows_per_chunk=25)
    whole = scenario_of()
    whole.run(rows_per_chunk=25)
    same(scenario, whole)
