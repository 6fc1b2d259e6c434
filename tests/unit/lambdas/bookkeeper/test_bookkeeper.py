"""Books that are open: settled once they balance, told of at least once, opened by who changes them."""

from dataclasses import asdict
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.bookkeeper.bookkeeper import Looks
from lambdas.core.books import Books
from lambdas.core.import_errors import ImportErrors

from ...helpers.clock import Clock
from ...helpers.cloud import EXPIRE_DAYS, IMPORT, IMPORTS
from ...helpers.fakes import Killed, client_error, kill
from ...helpers.fakes_events import FakeEvents
from .conftest import STUCK_SECONDS, SUMMARY, Scenario


def balance(scenario: Scenario) -> None:
    """Three rows accepted, one rejected; all has ended."""
    scenario.read(3, 2, rejected=1)
    scenario.chunk(1, created=[2, 3])
    scenario.chunk(2, duplicates=[4])
    scenario.end(mailed=1, held=1)


BALANCED = Books(read=4, accepted=3, rejected=1, created=2, duplicates=1, mailed=1, held=1)


def test_books_that_balance_are_settled_and_told_of_and_closed(scenario: Scenario, clock: Clock) -> None:
    balance(scenario)
    clock.sleep(60)
    assert scenario.look() == Looks(settled=1)
    assert scenario.settled
    assert scenario.imports.ids() == []
    assert scenario.events.details == [
        {
            "id": f"{IMPORT}#1",
            "import": IMPORT,
            "revision": 1,
            "bucket": "bucket",
            "key": "uploads/users.csv",
            "status": "done",
            "reasons": [{"reason": "email: a value is required", "rows": 1, "lines": [9]}],
            "started_at": "2027-01-15T07:59:00.000Z",
            "summary": SUMMARY,
            "uploaded_by": "AWS:me",
            "settled_at": "2027-01-15T08:01:00.000Z",
            "seconds": 120,
            "counts": asdict(BALANCED),
        }
    ]
    (taken,) = scenario.events.taken
    assert (taken["Source"], taken["DetailType"]) == ("rowrelay", "Import Settled")
    assert taken["EventBusName"] == "bus"
    expected = {**asdict(BALANCED), "unknown_columns": ["é"], "revision": 1, "chunks": 2}
    assert expected.items() <= scenario.summary.items()


def test_what_is_closed_is_not_looked_at(scenario: Scenario) -> None:
    balance(scenario)
    scenario.look()
    scenario.cloud.calls.made.clear()
    assert scenario.look() == Looks()
    assert [name for name, _ in scenario.cloud.calls.made] == ["query"]


@pytest.mark.parametrize(
    ("change", "waits_for"),
    [
        (lambda s: s.chunk(1, created=[2, 3]), "its file to be read to the end"),
        (lambda s: s.read(2, 1), "rows to be written: 2"),
        (lambda s: (s.read(2, 1), s.chunk(1, created=[2, 3])), "mails to leave: 2"),
        (lambda s: (s.read(2, 1), s.chunk(1, created=[2, 3]), s.end(mailed=1)), "mails to leave: 1"),
    ],
)
def test_books_that_do_not_balance_stay_open_and_say_what_they_wait_for(
    scenario: Scenario, change: Any, waits_for: str
) -> None:
    change(scenario)
    assert scenario.look() == Looks(open=1)
    assert not scenario.settled
    assert scenario.entry["waits_for"] == {"S": waits_for}


def test_a_file_that_was_rejected_as_a_whole_is_settled_at_once(scenario: Scenario) -> None:
    zeros = dict.fromkeys(("read", "accepted", "rejected", "chunks"), 0)
    scenario.cloud.imports.finish(IMPORT, {"status": "rejected", "summary": SUMMARY, **zeros}, zeros)
    assert scenario.look() == Looks(settled=1)


def test_rows_that_failed_are_settled(scenario: Scenario) -> None:
    scenario.read(2, 1)
    scenario.chunk(1, created=[2], failed=[3])
    scenario.end(mailed=1)
    assert scenario.look() == Looks(settled=1)
    assert scenario.events.details[0]["counts"]["failed"] == 1


def test_where_nothing_mails_the_rows_alone_count(without_mails: Scenario) -> None:
    without_mails.read(1, 1)
    without_mails.chunk(1, created=[2])
    assert without_mails.look() == Looks(settled=1)


def test_what_was_summed_is_not_read_again(scenario: Scenario) -> None:
    scenario.chunk(1, created=[2, 3])
    scenario.chunk(3, created=[6])
    scenario.look()
    assert scenario.entry["sums"]["M"]["to"] == {"N": "1"}
    scenario.cloud.calls.made.clear()
    scenario.look()
    values = [query["ExpressionAttributeValues"] for query in scenario.cloud.calls.named("query")]
    queried = [each.get(":first") for each in values]
    assert queried == [None, {"S": " "}, {"S": "chunk#00000002"}]  # what is open, who mails, its chunks
    assert not scenario.cloud.calls.named("update_item")  # as nothing has changed


def test_once_all_rows_have_ended_no_chunk_is_read_again(scenario: Scenario) -> None:
    scenario.read(2, 2)
    scenario.chunk(1, failed=[2])
    scenario.chunk(2, created=[3])
    scenario.look()
    assert scenario.entry["sums"]["M"]["to"] == {"N": "2"}
    scenario.chunk(1, created=[2])  # sent again
    assert "sums" not in scenario.entry
    scenario.end(mailed=2)
    assert scenario.look() == Looks(settled=1)
    assert scenario.events.details[0]["counts"] == asdict(Books(read=2, accepted=2, created=2, mailed=2))


def test_a_row_written_after_all_has_the_books_settled_anew(
    scenario: Scenario,
) -> None:
    scenario.read(2, 1)
    scenario.chunk(1, created=[2], failed=[3])
    scenario.end(mailed=1)
    scenario.look()
    scenario.chunk(1, created=[3])
    assert scenario.look() == Looks(open=1)
    scenario.end(mailed=1)
    assert scenario.look() == Looks(settled=1)
    assert scenario.told == [f"{IMPORT}#1", f"{IMPORT}#2"]
    assert scenario.summary["created"] == 2


def test_a_mail_that_is_sent_again_opens_the_books(scenario: Scenario) -> None:
    balance(scenario)
    scenario.look()
    scenario.end(held=-1)
    assert scenario.look() == Looks(open=1)
    scenario.end(mailed=1)
    assert scenario.look() == Looks(settled=1)
    assert [detail["counts"]["mailed"] for detail in scenario.events.details] == [1, 2]


@pytest.mark.parametrize("call", range(4))
def test_what_was_seen_of_rows_that_changed_meanwhile_is_not_kept(scenario: Scenario, call: int) -> None:
    """Of an import with a mail that is owed, a row that had failed is written while it is looked at."""
    scenario.read(2, 1)
    scenario.chunk(1, created=[2], failed=[3])
    moment = len(scenario.cloud.calls.made) + call
    scenario.cloud.calls.before[moment] = lambda: scenario.chunk(1, created=[3])
    scenario.look()
    assert moment < len(scenario.cloud.calls.made)
    assert scenario.look() == Looks(open=1)
    scenario.end(mailed=2)
    assert scenario.look() == Looks(settled=1)
    assert scenario.events.details[0]["counts"]["created"] == 2


def calls_to_settle() -> int:
    scenario = Scenario()
    balance(scenario)
    before = len(scenario.cloud.calls.made)
    scenario.look()
    return len(scenario.cloud.calls.made) - before


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_it_settles_once_and_tells_of_it(scenario: Scenario, when: str) -> None:
    for call in range(calls_to_settle()):
        scenario = Scenario()
        balance(scenario)
        getattr(scenario.cloud.calls, when)[len(scenario.cloud.calls.made) + call] = kill
        with pytest.raises(Killed):
            scenario.look()
        scenario.look()
        assert set(scenario.told) == {f"{IMPORT}#1"}
        assert scenario.entry["revision"] == {"N": "1"}
        assert scenario.imports.ids() == []
        assert scenario.summary["revision"] == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_opened_at_any_call_it_tells_of_each_time(scenario: Scenario, when: str) -> None:
    for call in range(calls_to_settle()):
        scenario = Scenario()
        balance(scenario)
        moments = getattr(scenario.cloud.calls, when)
        moments[len(scenario.cloud.calls.made) + call] = partial(scenario.end, held=-1)
        scenario.look()
        scenario.look()
        assert scenario.imports.ids() == [IMPORT]
        assert not scenario.settled
        scenario.end(mailed=1)
        scenario.look()
        revision = int(scenario.entry["revision"]["N"])
        assert set(scenario.told) == {f"{IMPORT}#{n}" for n in range(1, revision + 1)}
        assert scenario.events.details[-1]["counts"]["mailed"] == scenario.summary["mailed"] == 2
        assert scenario.imports.ids() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_beside_another_at_any_call_it_settles_once(scenario: Scenario, when: str) -> None:
    for call in range(calls_to_settle()):
        scenario = Scenario()
        balance(scenario)
        getattr(scenario.cloud.calls, when)[len(scenario.cloud.calls.made) + call] = scenario.look
        scenario.look()
        scenario.look()
        assert set(scenario.told) == {f"{IMPORT}#1"}
        assert scenario.entry["revision"] == {"N": "1"}
        assert scenario.imports.ids() == []


def test_mails_that_seem_to_have_ended_are_read_at_one_moment(scenario: Scenario) -> None:
    """One leaves a counter that was read already, and another comes to one that is read later."""
    balance(scenario)
    entry = scenario.imports.entry(IMPORT)
    assert entry
    answers = list(scenario.imports.items(entry))
    scenario.end(held=-1)
    query = scenario.cloud.dynamodb.query

    def stale(**request: Any) -> Any:
        of_import = request["ExpressionAttributeValues"].get(":id") == {"S": IMPORT}
        return {"Items": answers} if of_import else query(**request)

    scenario.cloud.dynamodb.query = stale  # type: ignore[method-assign]
    assert scenario.look() == Looks(open=1)
    assert not scenario.settled


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    return client_error("TransactionCanceledException", answer={"CancellationReasons": reasons})


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        ("transact_get_items", cancelled("None", "TransactionConflict", "ThrottlingError")),
        ("transact_get_items", client_error("ProvisionedThroughputExceededException")),
        ("update_item", client_error("TransactionConflictException")),
    ],
)
def test_what_is_put_off_by_others_writes_is_looked_at_again(
    scenario: Scenario, call: str, refusal: ClientError
) -> None:
    balance(scenario)
    scenario.cloud.dynamodb.script(call, refusal)
    assert scenario.look() == Looks(open=1)
    assert not scenario.settled
    assert scenario.look() == Looks(settled=1)


def test_a_settlement_whose_close_is_put_off_is_told_of_again(scenario: Scenario) -> None:
    balance(scenario)
    settles, closes = None, client_error("TransactionConflictException")
    scenario.cloud.dynamodb.script("update_item", settles, closes)
    assert scenario.look() == Looks(open=1, settled=1)
    assert scenario.settled
    assert scenario.look() == Looks()
    assert scenario.told == [f"{IMPORT}#1"] * 2
    assert scenario.imports.ids() == []


def test_a_transaction_that_is_refused_for_good_is_an_error(scenario: Scenario) -> None:
    balance(scenario)
    scenario.cloud.dynamodb.script("transact_get_items", cancelled("TransactionConflict", "ValidationError"))
    assert list(scenario.look().errors) == [IMPORT]


@pytest.mark.parametrize("step", [FakeEvents.refuse("ThrottlingException"), client_error("InternalFailure")])
def test_an_event_that_is_not_taken_leaves_other_imports_alone(scenario: Scenario, step: Any) -> None:
    balance(scenario)
    scenario.begin("another")
    scenario.events.script("put_events", step)
    looks = scenario.look()
    assert list(looks.errors) == [IMPORT]
    assert looks.open == 2
    assert scenario.told == []
    assert scenario.look() == Looks(open=1, settled=0)
    assert scenario.told == [f"{IMPORT}#1"]


def test_what_another_settles_meanwhile_is_told_of_before_it_closes(
    scenario: Scenario,
) -> None:
    balance(scenario)
    scenario.events.script("put_events", Killed())
    with pytest.raises(Killed):
        scenario.look()
    scenario.end(mailed=1, held=-1)  # opened before the first settlement was told of
    put = scenario.events.put_events

    def put_slowly(**request: Any) -> Any:
        scenario.events.put_events = put  # type: ignore[method-assign]
        entry = scenario.imports.entry(IMPORT)
        assert entry
        assert scenario.imports.settle(entry, BALANCED, entry.settlement_at)  # and is killed then
        return put(**request)

    scenario.events.put_events = put_slowly  # type: ignore[method-assign]
    scenario.look()
    assert scenario.told == [f"{IMPORT}#1", f"{IMPORT}#2"]
    assert scenario.imports.ids() == []


def test_a_slow_look_does_not_undo_the_summary_of_a_later_one(scenario: Scenario) -> None:
    balance(scenario)
    put = scenario.s3.put_object

    def late(**request: Any) -> None:
        scenario.s3.put_object = put  # type: ignore[method-assign]
        scenario.end(mailed=1, held=-1)
        assert scenario.look() == Looks(settled=1)
        put(**request)
        raise Killed

    scenario.s3.put_object = late  # type: ignore[method-assign]
    assert scenario.look() == Looks(settled=1)
    assert (scenario.summary["revision"], scenario.summary["mailed"]) == (2, 2)
    assert set(scenario.told) == {f"{IMPORT}#1", f"{IMPORT}#2"}


@pytest.mark.parametrize("code", ["404", "403"])
def test_a_summary_that_has_expired_is_written_anew(scenario: Scenario, code: str) -> None:
    balance(scenario)
    scenario.s3.script("head_object", client_error(code))
    assert scenario.look() == Looks(settled=1)
    assert scenario.summary["revision"] == 1


def test_a_summary_that_may_not_be_read_is_an_error(scenario: Scenario) -> None:
    balance(scenario)
    scenario.s3.objects[SUMMARY] = b"{}"
    scenario.s3.script("head_object", *[client_error("403")] * 3)
    assert list(scenario.look().errors) == [IMPORT]
    assert scenario.told == []


def test_a_second_reader_has_the_summary_written_again(scenario: Scenario) -> None:
    balance(scenario)
    scenario.look()
    scenario.s3.objects[SUMMARY] = b"{}"
    scenario.read(3, 2, rejected=1)
    scenario.look()
    assert scenario.summary["revision"] == 1
    assert set(scenario.told) == {f"{IMPORT}#1"}
    assert scenario.imports.ids() == []


def test_an_import_without_progress_for_so_long_is_stuck_until_it_moves(
    scenario: Scenario, clock: Clock
) -> None:
    scenario.read(2, 2)
    scenario.look()
    clock.sleep(STUCK_SECONDS - 60)
    scenario.chunk(1, created=[2])
    assert scenario.look() == Looks(open=1)
    clock.sleep(STUCK_SECONDS - 1)
    assert scenario.look().stuck == 0
    clock.sleep(1)
    for _ in range(3):
        assert scenario.look() == Looks(open=1, stuck=1)
    assert scenario.entry["stuck_since"] == {"S": "2027-01-15T08:29:00.000Z"}
    scenario.chunk(2, created=[3])
    assert scenario.look() == Looks(open=1)
    assert "stuck_since" not in scenario.entry


def test_mails_that_wait_for_the_quota_are_not_stuck(scenario: Scenario, clock: Clock) -> None:
    scenario.read(1, 1)
    scenario.chunk(1, created=[2])
    scenario.look()
    dynamodb: Any = scenario.cloud.dynamodb
    errors = ImportErrors(dynamodb, IMPORTS, EXPIRE_DAYS, "mail_round")
    clock.sleep(STUCK_SECONDS)
    errors.note_class(IMPORT, "SES takes no mails: set_up")
    assert scenario.look().stuck == 1
    clock.sleep(60)
    errors.note_class(IMPORT, "quota")
    assert scenario.look().stuck == 0
    assert scenario.entry["waits_for"] == {"S": "mails to leave: 1, by SES's daily quota"}
    clock.sleep(30 * 60)  # and no round says so any more
    assert scenario.look().stuck == 1


def test_of_more_than_there_is_time_for_each_run_begins_with_others(scenario: Scenario) -> None:
    for n in range(20):
        scenario.begin(f"import{n}")
    left = iter([60, 60, 0] * 40)
    for _ in range(40):
        assert scenario.bookkeeper.run(lambda: next(left)).open == 21  # those that it does not get to, too
    items = scenario.cloud.dynamodb.items(IMPORTS)
    assert sum("progress_at" in item for item in items) > 10


def test_looks_begin_for_a_minute_until_the_next_run_does(scenario: Scenario, clock: Clock) -> None:
    for n in range(4):
        scenario.begin(f"import{n}")
    entry, looked_at = scenario.imports.entry, set[str]()

    def slow(import_id: str) -> Any:
        looked_at.add(import_id)
        clock.sleep(25)
        return entry(import_id)

    scenario.imports.entry = slow  # type: ignore[method-assign]
    assert scenario.bookkeeper.run(lambda: 300).open == 5
    assert len(looked_at) == 3


def test_mails_count_where_a_component_says_that_it_mails(without_mails: Scenario) -> None:
    without_mails.say("mailing#send-email-1234567")
    without_mails.read(1, 1)
    without_mails.chunk(1, created=[2])
    assert without_mails.look() == Looks(open=1)
    without_mails.end(mailed=1)
    assert without_mails.look() == Looks(settled=1)


def test_mails_of_replaced_records_do_not_count(scenario: Scenario) -> None:
    scenario.say("replacing#insert-records-1234567")
    scenario.read(1, 1)
    scenario.chunk(1, created=[2])
    assert scenario.look() == Looks(settled=1)
