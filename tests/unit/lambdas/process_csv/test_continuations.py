"""An import that several invocations read, one after the other, comes to what one would make of it."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lambdas.aws.limits import S3_PART_BYTES
from lambdas.core.schema import Schema
from lambdas.core.upload import Upload, continuation_event, continuation_number, uploads
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.process_csv.s3_object import ImportInterruptedError

from ...fakes import Killed, kill
from ...support import TEXTS, USERS, limits
from .world import HEAD, KEY, World, person

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


def world_of(data: bytes = DATA, *, gzipped: bool = False, schema: Schema = USERS) -> World:
    return World(gzip.compress(data), KEY + ".gz", schema) if gzipped else World(data, schema=schema)


def in_one_go(**of: Any) -> World:
    world = world_of(**of)
    world.run()
    assert not world.invoked
    return world


def run_on(world: World, out_of_time: Callable[[], bool] = always) -> int:
    """Carry out what the function invokes itself for, until it does no more; gives how often."""
    for count in itertools.count():
        if not world.invoked:
            return count
        (upload,) = uploads(world.invoked[0])
        assert upload == world.upload
        world.run(number=continuation_number(world.invoked.pop(0)), out_of_time=out_of_time)
    raise AssertionError


def same(world: World, other: World) -> None:
    assert [world.entry[name] for name in COUNTS] == [other.entry[name] for name in COUNTS]
    assert world.chunks == other.chunks
    assert world.rejects == other.rejects
    summaries = [json.loads(each.report("summary.json")) for each in (world, other)]
    assert summaries[0].keys() == summaries[1].keys()


def test_an_import_that_ends_early_is_not_left_to_a_continuation() -> None:
    world = world_of()
    world.s3.breaks = [(3 * PIECE + 100, None)]
    world.calls.before[2] = lambda: world.s3.objects.pop(KEY)
    assert world.run(out_of_time=lambda: "ended_early" in world.entry)["status"] == "done"
    assert world.entry["status"] == "done"
    assert world.invoked == []


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("blocks", [1, 3])
def test_an_import_in_parts_is_the_same_import(gzipped: bool, blocks: int) -> None:
    world = world_of(gzipped=gzipped)
    world.run(out_of_time=after(blocks))
    assert world.entry["status"] == "reading"
    while world.invoked:
        world.run(number=continuation_number(world.invoked.pop()), out_of_time=after(blocks))
    assert world.entry["continuation"] >= 8 // blocks
    assert len(world.sqs.bodies("https://sqs/chunks")) == world.entry["chunks"]
    same(world, in_one_go(gzipped=gzipped))


def test_a_report_of_several_parts_is_continued() -> None:
    rejected = b"".join(b",%s,%d\n" % (b"x" * 3_000, n) for n in range(2 * S3_PART_BYTES // 3_000 + 10))
    data = b"id,a,b\n1,x,y\n" + rejected + b"2,x,y\n"
    with limits(piece=PIECE_BYTES):
        world = world_of(data, schema=TEXTS)
        world.run(out_of_time=after(5))
        assert run_on(world, out_of_time=after(5)) > 5
        assert len(world.calls.named("create_multipart_upload")) == 1
        same(world, in_one_go(data=data, schema=TEXTS))


DONE = in_one_go()


def calls_in_parts() -> int:
    world = world_of()
    world.run(out_of_time=after(4))
    run_on(world, after(4))
    return len(world.calls.made)


@pytest.mark.parametrize("call", range(calls_in_parts()))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_part_that_is_killed_at_any_call_is_repeated(when: str, call: int) -> None:
    world = world_of()
    getattr(world.calls, when)[call] = kill
    events: list[Mapping[str, Any] | None] = [None]  # None is S3's own
    kills = 0
    while events:
        number = continuation_number(events[0] or {})
        try:
            world.run(number=number, out_of_time=after(4))
        except Killed:
            kills += 1
            continue  # Lambda sends the same event again
        events = [*events[1:], *world.invoked]
        world.invoked.clear()
    assert kills == 1
    same(world, DONE)


def test_a_function_killed_before_it_invokes_itself_does_so_when_repeated() -> None:
    world = world_of()
    world.run(out_of_time=after(3))
    assert world.invoked == [continuation_event(world.upload, 1)]
    world.invoked.clear()  # it died before that
    world.run(out_of_time=after(3))
    assert world.invoked == [continuation_event(world.upload, 1)]
    assert len(world.calls.named("get_object")) == 1  # and it read nothing again
    run_on(world)
    same(world, DONE)


def test_an_event_that_comes_again_does_not_begin_what_has_begun() -> None:
    world = world_of()
    world.run(out_of_time=after(3))
    world.invoked.clear()
    beside: list[Any] = []

    def begun() -> bool:
        if not beside:
            beside.append(world.run(out_of_time=after(3)))  # S3's own event once more, meanwhile
        return True

    world.run(number=1, out_of_time=begun)
    assert [continuation_number(event) for event in world.invoked] == [2]
    run_on(world)
    same(world, DONE)


def test_two_that_read_the_same_part_and_stop_at_different_rows_agree() -> None:
    world = world_of()

    def beside() -> bool:
        world.run(out_of_time=after(5))
        return True

    met = after(2)
    world.run(out_of_time=lambda: met() and beside())
    events = [continuation_number(event) for event in world.invoked]
    assert events == [1, 1]  # neither knew whether the other would
    run_on(world)
    same(world, DONE)


def test_a_slow_attempt_that_reads_to_the_end_ends_the_import() -> None:
    world = world_of()
    meanwhile = iter([lambda: world.run(out_of_time=after(2))])

    def never() -> bool:
        next(meanwhile, lambda: None)()
        return False

    world.run(out_of_time=never)
    same(world, DONE)
    run_on(world)
    same(world, DONE)
    assert len(world.calls.named("get_object")) == 2


def test_gzip_that_breaks_off_in_a_long_row_ends_a_continuation() -> None:
    rows = b"".join(map(person, range(20)))
    long = b"y@example.com," + b"x" * 1_600_000 + b',"a\nb\n' + b"c\n" * 300_000
    world = World(gzip.compress(HEAD + rows + long)[:-9], KEY + ".gz")
    world.run(out_of_time=after(1))
    summary = world.run(number=1, out_of_time=always)
    assert (summary["status"], summary["accepted"], summary["rejected"]) == ("done", 20, 1)
    assert "breaks off" in world.rejects[-1][-1]


def test_an_object_that_changes_between_two_parts_ends_the_import_there() -> None:
    world = world_of()
    world.run(out_of_time=after(3))
    world.s3.objects[KEY] = HEAD
    summary = world.run(number=1)
    assert summary["status"] == "done"
    assert summary["read"] == summary["accepted"] + summary["rejected"]
    assert "overwritten" in world.rejects[-1][-1]
    assert summary["accepted"] == len(world.lines) > 0


def test_a_part_that_was_begun_is_not_ended_early_by_another_attempt() -> None:
    world = world_of()
    world.run(out_of_time=after(3))
    world.calls.after[len(world.calls.made) + 3] = kill
    with pytest.raises(Killed):
        world.run(number=1)
    world.s3.objects[KEY] = HEAD
    with pytest.raises(ImportInterruptedError):
        world.run(number=1)
    assert world.entry["status"] == "reading"


def test_an_attempt_does_not_read_on_where_another_ends_the_import_early() -> None:
    world = world_of()
    world.run(out_of_time=after(3))
    sent = len(world.chunks)
    data = world.s3.objects.pop(KEY)

    def back_again() -> None:
        world.s3.objects[KEY] = data  # the same bytes: another upload, by S3's reckoning the same ETag
        with pytest.raises(ImportInterruptedError):
            world.run(number=1)

    # After the ledger's entry, the checkpoint, two attempts to open the object, and the leave to end early.
    gone = len(world.calls.made) + 3
    world.calls.after[gone] = back_again
    world.run(number=1)
    assert world.entry["ended_early"] is True
    assert len(world.chunks) <= sent + 1
    assert world.entry["accepted"] == len(world.lines)


def test_an_attempt_does_not_read_on_once_another_ended_the_import_early() -> None:
    world = world_of()
    update, left = world.dynamodb.update_item, iter([True])

    def lost(**request: Any) -> Any:
        if "REMOVE attempt" not in request["UpdateExpression"] or not next(left, False):
            return update(**request)
        update(**request)  # whose answer is lost; until botocore asks again, much happens
        del world.s3.objects[KEY]
        world.run()
        assert world.run(number=1)["status"] == "done"
        return update(**request)

    world.dynamodb.update_item = lost  # type: ignore[method-assign]
    assert world.run(out_of_time=after(3))["status"] == "done"
    assert world.entry["ended_early"] is True
    assert world.entry["accepted"] == len(world.lines) > 0


def test_a_continuation_of_nothing_says_so() -> None:
    with pytest.raises(
        ImportInterruptedError, match=r"no continuation 3 of the import .*: upload the file again"
    ):
        world_of().run(number=3)


def test_another_schema_meanwhile_does_not_make_another_import_of_it() -> None:
    world = world_of()
    world.run(out_of_time=after(3))
    world.schema = TEXTS
    with pytest.raises(ImportInterruptedError, match="the schema changed"):
        world.run(number=1)


@pytest.mark.parametrize("key", ["uploads/a b+c%.csv", "uploads/люди.csv"])
def test_the_event_is_s3s_own_but_for_its_number(key: str) -> None:
    upload = Upload("bucket", key, "etag", 7, "0055")
    event = json.loads(json.dumps(continuation_event(upload, 12)))
    assert list(uploads(event)) == [upload]
    assert continuation_number(event) == 12
