"""What is told of a file's rows besides their numbers, short enough for the import ledger."""

import json
from decimal import Decimal
from typing import Any

import pytest

from lambdas.csvfile.findings import Findings, ignored_columns
from lambdas.csvfile.header import read_header
from lambdas.csvfile.reason_counts import ReasonCount
from lambdas.csvfile.repeated_keys import RepeatedKeys

from ...helpers.csv_files import USERS

FOUND = Findings([ReasonCount("why", 7, [2, 3])], RepeatedKeys(1, [[4, 2]], 12), "Labels")


def ignored(*names: str) -> str:
    return ignored_columns(read_header(["email", "first_name", *names], USERS))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["last_name", "", "_line", "_reason", "_row"], ""),
        (["Compny", "Labels"], "Compny (nearest: company), Labels"),
        (["emails"], "emails"),  # the file has the column email
    ],
)
def test_ignored_columns_are_told_with_the_nearest_that_the_file_lacks(names: list[str], told: str) -> None:
    assert ignored(*names) == told


def test_however_many_columns_are_ignored_the_text_is_short() -> None:
    many = ignored(*(f"column {n} {'x' * 500}" for n in range(500)))
    assert many.endswith("xx…, …")
    assert many.count("column ") == 20
    assert len(many) < 2_000


def test_it_reads_back_from_json_and_from_the_ledger() -> None:
    as_text = json.dumps(FOUND.as_json())
    assert Findings.parse(json.loads(as_text)) == FOUND
    numbers: Any = json.loads(as_text, parse_int=Decimal)
    assert Findings.parse(numbers).as_json() == FOUND.as_json()
    assert "Decimal" not in repr(Findings.parse(numbers))


def test_an_entry_that_has_nothing_of_it_reads_as_nothing() -> None:
    assert Findings.parse({}) == Findings()


def test_what_the_ledger_has_is_short() -> None:
    reasons = [ReasonCount(f"{n} {'x' * 5_000}", n, [2]) for n in range(100, 0, -1)]
    short = Findings(reasons, RepeatedKeys(500, [[n + 3, 2] for n in range(100)], 600), "Labels").short()
    assert [each.rows for each in short.reasons] == [*range(100, 80, -1), sum(range(81))]
    assert short.reasons[0].reason == f"100 {'x' * 196}…"
    assert (short.repeated_keys.rows, len(short.repeated_keys.lines)) == (500, 20)
    assert len(json.dumps(short.as_json())) < 8_000
