import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from lambdas.aws.sqs import QueueError
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.process_csv.s3_object import ImportInterruptedError

from ...fakes import Killed, client_error, kill
from ...support import TEXTS
from .world import HEAD, KEY, TABLE, World, person

pytestmark = pytest.mark.usefixtures("clock")


def test_rows_arrive_in_the_queue_and_the_books_say_so() -> None:
    world = World(HEAD + person(1) + b"bad,Bob,Ray\n" + person(3))
    summary = world.run()
    (chunk,) = world.chunks
    assert (chunk.import_id, chunk.number) == (world.upload.import_id, 1)
    assert chunk.rows == [
        (2, {"email": "p1@example.com", "first_name": "Ann1", "last_name": "Lee"}),
        (4, {"email": "p3@example.com", "first_name": "Ann3", "last_name": "Lee"}),
    ]
    expected = {"status": "done", "read": 3, "accepted": 2, "rejected": 1, "chunks": 1, "rows_per_chunk": 100}
    assert expected.items() <= world.entry.items()
    assert world.rejects == [["bad", "Bob", "Ray", "3", 'email: expected an e-mail address, got "bad"']]
    assert json.loads(world.report("summary.json")) == summary
    assert summary["rejects"] == f"reports/{KEY}/{world.upload.import_id}/rejects.csv"
    assert world.entry["summary"] == f"reports/{KEY}/{world.upload.import_id}/summary.json"
    assert world.entry["finished_at"] >= world.entry["started_at"] == summary["started_at"]


def test_without_rejects_there_is_no_report_of_them() -> None:
    world = World(HEAD + person(1))
    assert world.run()["rejects"] is None
    assert "rejects" not in world.entry
    assert [key.rpartition("/")[2] for key in world.s3.objects if key != KEY] == ["summary.json"]


def test_unknown_columns_are_named_in_the_summary() -> None:
    world = World(b"shoe size,email,first_name\n1,a@b.co,A\n")
    assert world.run()["unknown_columns"] == ["shoe size"]


def test_a_header_alone_is_an_import_of_nothing() -> None:
    world = World(HEAD)
    assert world.run()["status"] == "done"
    assert (world.chunks, world.entry["read"], world.entry["chunks"]) == ([], 0, 0)


@pytest.mark.parametrize("data", [b"", b"name\n" + person(1), b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_refused_as_a_whole_is_told_why(data: bytes) -> None:
    world = World(data)
    summary = world.run()
    expected = {"status": "rejected", "read": 0, "accepted": 0, "rejected": 0, "chunks": 0}
    assert expected.items() <= world.entry.items()
    assert world.entry["reason"] == summary["reason"] != ""
    assert json.loads(world.report("summary.json")) == summary
    assert world.chunks == []


@pytest.mark.parametrize(
    "header",
    [
        b",".join(b"column%d" % n for n in range(50_000)),
        b",".join(b"twice%d" % (n // 2) for n in range(50_000)),
        b"x" * 900_000,
        HEAD.strip() + b"," + b",".join(b"column%d" % n for n in range(50_000)),
    ],
)
def test_a_huge_header_fits_the_ledger(header: bytes) -> None:
    world = World(header + b"\n")
    world.run()
    assert len(str(world.entry)) < 5_000


def test_chunks_have_as_many_rows_as_they_are_told() -> None:
    world = World(HEAD + b"".join(map(person, range(1, 26))))
    assert world.run(rows_per_chunk=10)["chunks"] == 3
    assert [len(chunk.rows) for chunk in world.chunks] == [10, 10, 5]
    assert world.lines == list(range(2, 27))


@pytest.mark.parametrize("rows_per_chunk", [1, 100])
def test_many_chunks_are_sent_in_few_calls(rows_per_chunk: int) -> None:
    world = World(HEAD + b"".join(map(person, range(1, 5001))))
    world.run(rows_per_chunk=rows_per_chunk)
    assert len(world.chunks) == 5000 // rows_per_chunk
    # Ten messages a call is what SQS allows.
    assert len(world.calls.named("send_message_batch")) <= len(world.chunks) // 10 + 3


DATA = HEAD + b"".join(person(n) if n % 7 else b"bad\n" for n in range(1, 2_001))
DONE = World(DATA)
DONE.run()


def test_an_event_that_is_delivered_again_changes_nothing() -> None:
    world = World(DATA)
    first = world.run()
    calls = len(world.calls.made)
    entry = world.entry
    again = world.run(rows_per_chunk=3)
    assert {name: again[name] for name in ("status", "read", "accepted", "rejected", "chunks")} == {
        name: first[name] for name in ("status", "read", "accepted", "rejected", "chunks")
    }
    assert [name for name, _ in world.calls.made[calls:]] == ["put_item"]
    assert world.entry == entry


@pytest.mark.parametrize("call", range(len(DONE.calls.made)))
def test_an_import_killed_at_any_call_is_repeated_to_the_same_end(call: int) -> None:
    for when in ("before", "after"):
        world = World(DATA)
        getattr(world.calls, when)[call] = kill
        with pytest.raises(Killed):
            world.run()
        # Another size of chunks counts only if the first attempt left nothing.
        world.run(rows_per_chunk=7 if world.dynamodb.items(TABLE) else 100)
        assert world.chunks == DONE.chunks
        assert world.rejects == DONE.rejects
        counts = ("status", "read", "accepted", "rejected", "chunks", "rows_per_chunk")
        assert [world.entry[name] for name in counts] == [DONE.entry[name] for name in counts]


def test_messages_that_sqs_does_not_take_at_first_are_sent_again() -> None:
    world = World(DATA)
    world.sqs.script("send_message_batch", world.sqs.refuse("0", "3"), world.sqs.refuse("0"))
    world.run()
    assert world.chunks == DONE.chunks


def test_an_import_whose_messages_sqs_refuses_is_not_done() -> None:
    world = World(DATA)
    world.sqs.script("send_message_batch", world.sqs.refuse("1", sender_fault=True))
    with pytest.raises(QueueError):
        world.run()
    assert world.entry["status"] == "reading"


BIG = HEAD + b"".join(map(person, range(1, 30_000)))


@pytest.mark.parametrize("length", [1, 1_000, PIECE_BYTES, PIECE_BYTES + 7])
def test_a_broken_connection_changes_nothing(length: int) -> None:
    whole, broken = World(BIG), World(BIG)
    broken.s3.breaks = [(length, ConnectionClosedError(endpoint_url="https://s3"))] * 2
    whole.run()
    broken.run()
    assert broken.chunks == whole.chunks


def gone(world: World) -> None:
    del world.s3.objects[KEY]


def overwritten(world: World) -> None:
    world.s3.objects[KEY] = HEAD


@pytest.mark.parametrize(("change", "word"), [(gone, "deleted"), (overwritten, "overwritten")])
def test_an_object_that_changes_while_it_is_read_ends_the_import_there(
    change: Callable[[World], None], word: str
) -> None:
    world = World(BIG)
    world.s3.breaks = [(PIECE_BYTES + 10, None)]
    world.calls.before[2] = lambda: change(world)  # after the ledger's entry and the first connection
    summary = world.run()
    assert summary["status"] == "done"
    assert summary["accepted"] == len(world.lines) > 0
    ((*_, line, reason),) = world.rejects
    assert int(line) == world.lines[-1] + 1
    assert word in reason
    assert summary["read"] == summary["accepted"] + summary["rejected"]


@pytest.mark.parametrize("change", [gone, overwritten])
def test_an_object_that_changed_before_it_was_read_is_refused(
    change: Callable[[World], None],
) -> None:
    world = World(BIG)
    change(world)
    summary = world.run()
    assert summary["status"] == "rejected"
    assert "before it was read" in summary["reason"]


@pytest.mark.parametrize("change", [gone, overwritten])
def test_an_attempt_does_not_end_early_what_another_beside_it_has_read_on(
    change: Callable[[World], None],
) -> None:
    world = World(BIG)
    world.s3.breaks = [(PIECE_BYTES + 10, None)]

    def beside() -> None:
        world.calls.after[len(world.calls.made) + 4] = kill  # when it has sent its first chunks
        with pytest.raises(Killed):
            world.run()
        change(world)

    world.calls.before[2] = beside
    with pytest.raises(ImportInterruptedError):
        world.run()
    assert world.entry["status"] == "reading"


@pytest.mark.parametrize("change", [gone, overwritten])
def test_a_repetition_does_not_end_otherwise_than_the_first_attempt_began(
    change: Callable[[World], None],
) -> None:
    world = World(BIG)
    world.calls.after[2] = kill  # when the first chunks were sent
    with pytest.raises(Killed):
        world.run()
    change(world)
    with pytest.raises(ImportInterruptedError):
        world.run()
    assert world.entry["status"] == "reading"


def test_what_the_services_refuse_otherwise_is_raised_and_repeated() -> None:
    world = World(DATA)
    world.s3.script("get_object", client_error("AccessDenied", status=403))
    with pytest.raises(ClientError):
        world.run()
    assert world.entry["status"] == "reading"


@pytest.mark.parametrize("key", ["uploads/люди 1+2 100%.csv", "uploads/" + "é" * 505 + ".csv"])
def test_keys_of_any_kind_can_be_imported(key: str) -> None:
    world = World(HEAD + person(1) + b"bad\n", key)
    summary = world.run()
    assert summary["accepted"] == summary["rejected"] == 1
    assert summary["rejects"] in world.s3.objects


def test_large_rows_travel_in_messages_and_calls_that_sqs_takes() -> None:
    rows = b"".join(b"%d,%s,\n" % (n, "漢".encode() * 60_000) for n in range(1, 8))
    world = World(b"id,a,b\n" + rows, schema=TEXTS)
    assert world.run()["accepted"] == 7
    assert [len(chunk.rows) for chunk in world.chunks] == [2, 2, 2, 1]
    # More than one such message is more than a call may hold; the fake refuses it as SQS does.
    assert len(world.calls.named("send_message_batch")) == 4
