import pytest

from operations.cost import Plan, idle_dollars_a_month
from operations.load import Load

MILLION = 1_000_000


def plan(rows: int = MILLION) -> Plan:
    return Plan(rows, mails_a_second=14, mails_a_day=50_000)


def test_nearly_all_of_it_is_the_mail() -> None:
    dollars = plan().load.dollars()
    assert dollars["SES"] == pytest.approx(100)
    # A record; a mail entered as owed, claimed, taken from its list; of fourteen rows, a receipt of two KB
    # and counters; of a hundred, a chunk. Read: each mail, and of fourteen the door and the import.
    written, read = 1 + (2 + 1 + 2) + (4 + 2) / 14 + 0.01, 1 + 3 / 14
    assert dollars["DynamoDB"] == pytest.approx(written * 0.625 + read * 0.125, rel=1e-4)
    # Rounds of a GB send 14 mails a second.
    assert sum(dollars.values()) == pytest.approx(105.15, abs=0.01)


def test_mails_that_leave_at_once_cost_no_entry_that_waits() -> None:
    load = Plan(MILLION, mails_a_second=MILLION, mails_a_day=MILLION).load
    # A record, a claim; of fifty rows, a receipt of five KB and counters; of a hundred, a chunk.
    assert load.write_units == MILLION * (1 + 1 + (10 + 2) / 50 + 0.01)
    assert load.read_units == MILLION * 3 / 50


def test_a_small_import_pays_for_whole_calls() -> None:
    load = plan(1).load
    assert load.mails == 1
    # A record, a claim; a receipt, counters; a chunk.
    assert load.write_units == 1 + 1 + 2 + 2 + 1
    assert load.sqs_requests == 3
    assert load.invocations == 3


def test_each_limit_takes_its_time() -> None:
    assert plan().seconds == {
        "SES's sending rate": MILLION / 14,
        "SES's daily quota": 19 * 86_400,
        "a new table": 250,
        "a new mail ledger": pytest.approx(821.4, abs=0.1),
    }
    assert plan(50_000).seconds["SES's daily quota"] == 0


def test_idling_costs_polls_rounds_alarms_and_a_dashboard() -> None:
    dollars = idle_dollars_a_month()
    minutes = 60 * 24 * 30
    # One queue, five polls, three times a minute.
    assert dollars["SQS, polled by Lambda"] == pytest.approx(5 * 3 * minutes * 0.40 / MILLION)
    # An invocation a minute, of 50 ms at 1 GB; three queries of an index, two consistent reads.
    invoked = 0.20 / MILLION + 0.05 * 0.0000133334
    assert dollars["Rounds"] == pytest.approx(minutes * (invoked + 3.5 * 0.125 / MILLION))
    assert sum(dollars.values()) == pytest.approx(0.26 + 0.06 + 0.0185 + 2.70 + 3.00, abs=0.005)


def test_nothing_costs_nothing() -> None:
    assert set(Load().dollars().values()) == {0}
