import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from lambdas.aws.sqs import QueueError
from lambdas.csvfile.decode import PIECE_BYTES
from lambdas.process_csv.reports import report_key
from lambdas.process_csv.s3_object import ImportInterruptedError

from ...helpers.csv_files import TEXTS
from ...helpers.fakes import Killed, client_error, kill
from ...helpers.imports import HEAD, KEY, TABLE, ImportScenario, person

pytestmark = pytest.mark.usefixtures("clock")


def test_rows_arrive_in_the_queue_and_the_books_say_so() -> None:
    scenario = ImportScenario(HEAD + person(1) + b"bad,Bob,Ray\n" + person(3))
    summary = scenario.run()
    (chunk,) = scenario.chunks
    assert (chunk.import_id, chunk.number) == (scenario.upload.import_id, 1)
    assert chunk.rows == [
        (2, {"email": "p1@example.com", "first_name": "Ann1", "last_name": "Lee"}),
        (4, {"email": "p3@example.com", "first_name": "Ann3", "last_name": "Lee"}),
    ]
    expected = {"status": "done", "read": 3, "accepted": 2, "rejected": 1, "chunks": 1, "rows_per_chunk": 100}
    assert expected.items() <= scenario.entry.items()
    assert scenario.rejects == [
        ["bad", "Bob", "Ray", "3", 'email: expected an e-mail address, got "bad"', ""]
    ]
    assert json.loads(scenario.report("summary.json")) == summary
    assert summary["rejects"] == f"reports/{KEY}/{scenario.upload.import_id}/rejects.csv"
    assert scenario.entry["summary"] == f"reports/{KEY}/{scenario.upload.import_id}/summary.json"
    assert scenario.entry["finished_at"] >= scenario.entry["started_at"] == summary["started_at"]


def test_without_rejects_there_is_no_report_of_them() -> None:
    scenario = ImportScenario(HEAD + person(1))
    assert scenario.run()["rejects"] is None
    assert "rejects" not in scenario.entry
    assert [key.rpartition("/")[2] for key in scenario.s3.objects if key != KEY] == ["summary.json"]


def test_ignored_columns_are_named_with_the_nearest_that_lacks() -> None:
    scenario = ImportScenario(b"shoe size,email,Frist name,first_name,Compny\n1,a@b.co,A,A,C\n")
    summary = scenario.run()
    assert summary["unknown_columns"] == ["shoe size", "Frist name", "Compny"]
    assert summary["nearest_columns"] == {"Compny": "company", "Frist name": "last_name"}
    told = "shoe size, Frist name (nearest: last_name), Compny (nearest: company)"
    assert summary["ignored_columns"] == scenario.entry["ignored_columns"] == told
    assert scenario.entry.keys().isdisjoint({"unknown_columns", "nearest_columns"})


def test_of_a_file_without_a_header_no_cell_is_kept() -> None:
    scenario = ImportScenario(b"4711,ada@example.com,Ada,Lovelace\n4712,bob@example.com,Bob,Ray\n")
    summary = scenario.run()
    assert summary["status"] == "rejected"
    assert summary["reason"] == scenario.entry["reason"]
    assert summary["reason"].endswith(
        "found what looks like data: cell 2 of 4 is an e-mail address. The file seems to have no header:"
        " write one above its first row"
    )
    kept = scenario.report("summary.json").decode() + repr(scenario.dynamodb.tables)
    assert not [cell for cell in ("4711", "ada@", "Ada", "Lovelace") if cell in kept]


def test_reasons_are_grouped_and_counted() -> None:
    scenario = ImportScenario(HEAD + b"bad,,\n" * 7 + person(1) + b"bad,Ann,\n")
    summary = scenario.run()
    assert summary["reasons"] == [
        {"reason": "email: expected an e-mail address", "rows": 8, "lines": [2, 3, 4, 5, 6]},
        {"reason": "first_name: a value is required", "rows": 7, "lines": [2, 3, 4, 5, 6]},
    ]
    assert scenario.entry["reasons"] == summary["reasons"]


def test_rows_with_the_key_of_a_row_before_them_are_named() -> None:
    scenario = ImportScenario(HEAD + person(1) + person(2) + person(1) + b"bad\n" + person(1))
    summary = scenario.run(rows_per_chunk=1)
    assert summary["repeated_keys"] == {"rows": 2, "lines": [[4, 2], [6, 2]], "looked_at": 4}
    assert scenario.entry["repeated_keys"] == summary["repeated_keys"]
    assert len(scenario.chunks) == 4  # which of them wins is the table's to say


def kinds_of(number: int) -> Callable[[Any], Any]:
    """A function by which rows are rejected in so many ways."""

    def transform_row(row: Any) -> Any:
        error = type(f"Error{int(row['first_name'][3:]) % number}{'x' * 300}", (Exception,), {})
        raise error

    return transform_row


def test_however_many_reasons_and_keys_repeat_the_ledger_fits() -> None:
    rows = b"".join(person(n) for n in range(1_000))
    scenario = ImportScenario(HEAD + rows, transform_row=kinds_of(500))
    summary = scenario.run()
    assert len(summary["reasons"]) == 101
    assert sum(each["rows"] for each in summary["reasons"]) == summary["rejected"] == 1_000
    assert summary["reasons"][-1]["reason"] == "other reasons"
    assert len(scenario.entry["reasons"]) == 21
    assert sum(each["rows"] for each in scenario.entry["reasons"]) == 1_000
    assert len(str(scenario.entry)) < 20_000


def test_a_header_alone_is_an_import_of_nothing() -> None:
    scenario = ImportScenario(HEAD)
    assert scenario.run()["status"] == "done"
    assert (scenario.chunks, scenario.entry["read"], scenario.entry["chunks"]) == ([], 0, 0)


@pytest.mark.parametrize("data", [b"", b"name\n" + person(1), b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_refused_as_a_whole_is_told_why(data: bytes) -> None:
    scenario = ImportScenario(data)
    summary = scenario.run()
    expected = {"status": "rejected", "read": 0, "accepted": 0, "rejected": 0, "chunks": 0}
    assert expected.items() <= scenario.entry.items()
    assert scenario.entry["reason"] == summary["reason"] != ""
    assert json.loads(scenario.report("summary.json")) == summary
    assert scenario.chunks == []


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
    scenario = ImportScenario(header + b"\n")
    scenario.run()
    assert len(str(scenario.entry)) < 5_000


def test_chunks_have_as_many_rows_as_they_are_told() -> None:
    scenario = ImportScenario(HEAD + b"".join(map(person, range(1, 26))))
    assert scenario.run(rows_per_chunk=10)["chunks"] == 3
    assert [len(chunk.rows) for chunk in scenario.chunks] == [10, 10, 5]
    assert scenario.lines == list(range(2, 27))


@pytest.mark.parametrize("rows_per_chunk", [1, 100])
def test_many_chunks_are_sent_in_few_calls(rows_per_chunk: int) -> None:
    scenario = ImportScenario(HEAD + b"".join(map(person, range(1, 5001))))
    scenario.run(rows_per_chunk=rows_per_chunk)
    assert len(scenario.chunks) == 5000 // rows_per_chunk
    # Ten messages a call is what SQS allows.
    assert len(scenario.calls.named("send_message_batch")) <= len(scenario.chunks) // 10 + 3


DATA = HEAD + b"".join(person(n) if n % 7 else b"bad\n" for n in range(1, 2_001))
DONE = ImportScenario(DATA)
DONE.run()


def test_an_event_that_is_delivered_again_changes_nothing() -> None:
    scenario = ImportScenario(DATA)
    first = scenario.run()
    calls = len(scenario.calls.made)
    entry = scenario.entry
    again = scenario.run(rows_per_chunk=3)
    assert {name: again[name] for name in ("status", "read", "accepted", "rejected", "chunks")} == {
        name: first[name] for name in ("status", "read", "accepted", "rejected", "chunks")
    }
    assert [name for name, _ in scenario.calls.made[calls:]] == ["put_item"]
    assert scenario.entry == entry


def test_an_attempt_that_took_its_time_leaves_the_final_summary_alone() -> None:
    """Another attempt ended before, and the import was settled meanwhile."""
    scenario = ImportScenario(DATA)
    summary = report_key(scenario.upload.key, scenario.upload.import_id, "summary.json")
    scenario.s3.objects[summary] = b"final"
    scenario.run()
    assert scenario.report("summary.json") == b"final"
    assert scenario.entry["status"] == "done"


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict"])
def test_a_summary_that_another_writes_is_no_error(code: str) -> None:
    scenario = ImportScenario(HEAD + person(1))
    scenario.s3.script("put_object", client_error(code))
    scenario.run()
    assert scenario.entry["status"] == "done"


def test_a_summary_that_cannot_be_written_is_an_error() -> None:
    scenario = ImportScenario(HEAD + person(1))
    scenario.s3.script("put_object", client_error("AccessDenied"))
    with pytest.raises(ClientError, match="AccessDenied"):
        scenario.run()


def test_who_uploaded_stands_in_the_ledger_and_the_summary() -> None:
    scenario = ImportScenario(HEAD + person(1))
    scenario.upload = replace(scenario.upload, uploaded_by="AWS:me")
    assert scenario.run()["uploaded_by"] == scenario.entry["uploaded_by"] == "AWS:me"
    assert json.loads(scenario.report("summary.json"))["uploaded_by"] == "AWS:me"


@pytest.mark.parametrize("call", range(len(DONE.calls.made)))
def test_an_import_killed_at_any_call_is_repeated_to_the_same_end(call: int) -> None:
    for when in ("before", "after"):
        scenario = ImportScenario(DATA)
        getattr(scenario.calls, when)[call] = kill
        with pytest.raises(Killed):
            scenario.run()
        # Another size of chunks counts only if the first attempt left nothing.
        scenario.run(rows_per_chunk=7 if scenario.dynamodb.items(TABLE) else 100)
        assert scenario.chunks == DONE.chunks
        assert scenario.rejects == DONE.rejects
        counts = ("status", "read", "accepted", "rejected", "chunks", "rows_per_chunk")
        assert [scenario.entry[name] for name in counts] == [DONE.entry[name] for name in counts]


def test_messages_that_sqs_does_not_take_at_first_are_sent_again() -> None:
    scenario = ImportScenario(DATA)
    scenario.sqs.script("send_message_batch", scenario.sqs.refuse("0", "3"), scenario.sqs.refuse("0"))
    scenario.run()
    assert scenario.chunks == DONE.chunks


def test_an_import_whose_messages_sqs_refuses_is_not_done() -> None:
    scenario = ImportScenario(DATA)
    scenario.sqs.script("send_message_batch", scenario.sqs.refuse("1", sender_fault=True))
    with pytest.raises(QueueError):
        scenario.run()
    assert scenario.entry["status"] == "reading"


BIG = HEAD + b"".join(map(person, range(1, 30_000)))


@pytest.mark.parametrize("length", [1, 1_000, PIECE_BYTES, PIECE_BYTES + 7])
def test_a_broken_connection_changes_nothing(length: int) -> None:
    whole, broken = ImportScenario(BIG), ImportScenario(BIG)
    broken.s3.breaks = [(length, ConnectionClosedError(endpoint_url="https://s3"))] * 2
    whole.run()
    broken.run()
    assert broken.chunks == whole.chunks


def gone(scenario: ImportScenario) -> None:
    del scenario.s3.objects[KEY]


def overwritten(scenario: ImportScenario) -> None:
    scenario.s3.objects[KEY] = HEAD


@pytest.mark.parametrize(("change", "word"), [(gone, "deleted"), (overwritten, "overwritten")])
def test_an_object_that_changes_while_it_is_read_ends_the_import_there(
    change: Callable[[ImportScenario], None], word: str
) -> None:
    scenario = ImportScenario(BIG)
    scenario.s3.breaks = [(PIECE_BYTES + 10, None)]
    scenario.calls.before[2] = lambda: change(scenario)  # after the ledger's entry and the first connection
    summary = scenario.run()
    assert summary["status"] == "done"
    assert summary["accepted"] == len(scenario.lines) > 0
    ((*_, line, reason, _row),) = scenario.rejects
    assert int(line) == scenario.lines[-1] + 1
    assert word in reason
    assert summary["read"] == summary["accepted"] + summary["rejected"]


@pytest.mark.parametrize("change", [gone, overwritten])
def test_an_object_that_changed_before_it_was_read_is_refused(
    change: Callable[[ImportScenario], None],
) -> None:
    scenario = ImportScenario(BIG)
    change(scenario)
    summary = scenario.run()
    assert summary["status"] == "rejected"
    assert "before it was read" in summary["reason"]


@pytest.mark.parametrize("change", [gone, overwritten])
def test_an_attempt_does_not_end_early_what_another_beside_it_has_read_on(
    change: Callable[[ImportScenario], None],
) -> None:
    scenario = ImportScenario(BIG)
    scenario.s3.breaks = [(PIECE_BYTES + 10, None)]

    def beside() -> None:
        scenario.calls.after[len(scenario.calls.made) + 4] = kill  # when it has sent its first chunks
        with pytest.raises(Killed):
            scenario.run()
        change(scenario)

    scenario.calls.before[2] = beside
    with pytest.raises(ImportInterruptedError):
        scenario.run()
    assert scenario.entry["status"] == "reading"


@pytest.mark.parametrize("change", [gone, overwritten])
def test_a_repetition_does_not_end_otherwise_than_the_first_attempt_began(
    change: Callable[[ImportScenario], None],
) -> None:
    scenario = ImportScenario(BIG)
    scenario.calls.after[2] = kill  # when the first chunks were sent
    with pytest.raises(Killed):
        scenario.run()
    change(scenario)
    with pytest.raises(ImportInterruptedError):
        scenario.run()
    assert scenario.entry["status"] == "reading"


def test_what_the_services_refuse_otherwise_is_raised_and_repeated() -> None:
    scenario = ImportScenario(DATA)
    scenario.s3.script("get_object", client_error("AccessDenied", status=403))
    with pytest.raises(ClientError):
        scenario.run()
    assert scenario.entry["status"] == "reading"


@pytest.mark.parametrize("key", ["uploads/люди 1+2 100%.csv", "uploads/" + "é" * 505 + ".csv"])
def test_keys_of_any_kind_can_be_imported(key: str) -> None:
    scenario = ImportScenario(HEAD + person(1) + b"bad\n", key)
    summary = scenario.run()
    assert summary["accepted"] == summary["rejected"] == 1
    assert summary["rejects"] in scenario.s3.objects


def test_large_rows_travel_in_messages_and_calls_that_sqs_takes() -> None:
    rows = b"".join(b"%d,%s,\n" % (n, "漢".encode() * 60_000) for n in range(1, 8))
    scenario = ImportScenario(b"id,a,b\n" + rows, schema=TEXTS)
    assert scenario.run()["accepted"] == 7
    assert [len(chunk.rows) for chunk in scenario.chunks] == [2, 2, 2, 1]
    # More than one such message is more than a call may hold; the fake refuses it as SQS does.
    assert len(scenario.calls.named("send_message_batch")) == 4
