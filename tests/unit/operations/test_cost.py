import pytest

from operations.cost import Load, Plan, idle_dollars_a_month

MILLION = 1_000_000


def plan(rows: int = MILLION) -> Plan:
    return Plan(rows, mails_a_second=14, mails_a_day=50_000)


def test_nearly_all_of_it_is_the_mail() -> None:
    dollars = plan().load.dollars()
    assert dollars["SES"] == pytest.approx(100)
    # A record, a claim; of fifty rows, a receipt and counters; of a hundred, a chunk.
    assert dollars["DynamoDB"] == pytest.approx((1 + 1 + (10 + 2) / 50 + 0.01) * 0.625)
    assert sum(dollars.values()) == pytest.approx(101.42, abs=0.1)


def test_a_small_import_pays_for_whole_calls() -> None:
    load = plan(1).load
    assert load.mails == 1
    assert load.write_units == 1 + (1 + 2) + 1 + 2
    assert load.sqs_requests == 3
    assert load.invocations == 3


def test_each_limit_takes_its_time() -> None:
    assert plan().seconds == {
        "SES's sending rate": MILLION / 14,
        "SES's daily quota": 19 * 86_400,
        "a new table": 250,
        "a new mail ledger": 300,
    }
    assert plan(50_000).seconds["SES's daily quota"] == 0


def test_idling_costs_polls_alarms_and_a_dashboard() -> None:
    dollars = idle_dollars_a_month()
    # Two queues, five polls each, three times a minute.
    assert dollars["SQS, polled by Lambda"] == pytest.approx(2 * 5 * 3 * 60 * 24 * 30 * 0.40 / MILLION)
    assert sum(dollars.values()) == pytest.approx(0.52 + 1.50 + 3.00, abs=0.005)


def test_nothing_costs_nothing() -> None:
    assert set(Load().dollars().values()) == {0}
