import json

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.cost import Plan
from operations import idle
from operations.load import Load

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
    dollars = idle.dollars_a_month()
    # Two queues, five polls each, three times a minute.
    assert dollars["SQS, polled by Lambda"] == pytest.approx(2 * 5 * 3 * 60 * 24 * 30 * 0.40 / MILLION)
    assert sum(dollars.values()) == pytest.approx(0.52 + 1.50 + 3.00, abs=0.005)


def test_nothing_costs_nothing() -> None:
    assert set(Load().dollars().values()) == {0}


def test_a_script_gets_one_object() -> None:
    done = CliRunner().invoke(app, ["cost", "1000", "--mails-a-second", "100", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["rows"] == 1000
    assert told["seconds"]["SES's sending rate"] == 10
    assert told["total_dollars"] == pytest.approx(sum(told["dollars"].values()))
    assert told["idle_dollars_a_month"] == idle.dollars_a_month()
    assert told["prices"]["region"] == "us-east-1"


def test_people_read_a_table_and_what_bounds_it() -> None:
    done = CliRunner().invoke(app, ["cost", "1000000"])
    assert done.exit_code == 0
    assert "100.0000" in done.stdout
    assert "CloudWatch alarms" in done.stdout
    assert "19 days, 0:00:00 at least, by SES's daily quota" in done.stdout


@pytest.mark.parametrize("rows", ["0", "-1", "many", "1.5"])
def test_rows_are_a_whole_number_from_one(rows: str) -> None:
    assert CliRunner().invoke(app, ["cost", "--", rows]).exit_code == 2
