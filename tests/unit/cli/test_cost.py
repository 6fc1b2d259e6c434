import json

import pytest
from typer.testing import CliRunner

from cli.app import app
from operations.bookkeeper_cost import bookkeeper_dollars
from operations.cost import idle_dollars_a_month


def test_a_script_gets_one_object() -> None:
    done = CliRunner().invoke(app, ["cost", "1000", "--mails-a-second", "100", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["rows"] == 1000
    assert told["seconds"]["SES's sending rate"] == 10
    assert told["total_dollars"] == pytest.approx(sum(told["dollars"].values()))
    assert told["idle_dollars_a_month"] == idle_dollars_a_month()
    assert told["bookkeeper_dollars"] == bookkeeper_dollars(1000)
    assert told["prices"]["region"] == "us-east-1"


def test_people_read_a_table_and_what_bounds_it() -> None:
    done = CliRunner().invoke(app, ["cost", "1000000"])
    assert done.exit_code == 0
    assert "100.0000" in done.stdout
    assert "CloudWatch alarms" in done.stdout
    assert "A month with nothing open" in done.stdout
    assert "19 days, 0:00:00 at least, by SES's daily quota" in done.stdout


@pytest.mark.parametrize("limit", [["--mails-a-second", "0.001"], ["--mails-a-day", "1"]])
def test_the_longest_time_can_be_told(limit: list[str]) -> None:
    done = CliRunner().invoke(app, ["cost", "1000000000", *limit])
    assert (done.exit_code, "days" in done.stdout) == (0, True)


@pytest.mark.parametrize("rows", ["0", "-1", "many", "1.5", "1000000001"])
def test_rows_are_a_whole_number_up_to_a_billion(rows: str) -> None:
    assert CliRunner().invoke(app, ["cost", "--", rows]).exit_code == 2
