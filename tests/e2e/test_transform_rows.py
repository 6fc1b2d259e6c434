"""A module of the user's own changes rows, deployed with the program by the setting `transformRows`."""

import csv
from pathlib import Path

import pytest

from local.embedded import embedded_aws

from .pipeline import Pipeline, until

pytestmark = pytest.mark.e2e

MODULE = """
BLOCKED = ("blocked.example",)

def transform_row(row):
    name, _, domain = row["email"].partition("@")
    if domain in BLOCKED:
        return f"mails to {domain} are not sent"
    first, last = name.split(".")
    return row | {"first_name": first.title(), "last_name": last.title(), "plan": row["plan"] or "free"}
"""
# Without the column first_name, which the schema requires.
DATA = b"""Note,plan,email,shoe size
a,team,ada.lovelace@example.com,1
b,,BOB.RAY@Example.com,2
c,free,eve.x@blocked.example,3
d,free,nobody@example.com,4
e,gold,ann.lee@example.com,5
f,,ada.lovelace@example.com,6
"""


def test_rows_are_changed_dropped_and_rejected_and_all_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "users.py"
    path.write_text(MODULE)
    with embedded_aws(settings={"transformRows": str(path)}) as deployment:
        pipeline = Pipeline(deployment)
        one = pipeline.run_one(DATA)
        records, [mail] = pipeline.records(), pipeline.mails_to("bob.ray@example.com")
        rejects = list(csv.reader(pipeline.report(one, "rejects").decode("utf-8-sig").splitlines()))
    books = one.books
    assert (one.balanced, books.read, books.rejected, books.created) == (True, 6, 3, 2)
    assert (books.duplicates, books.mailed) == (1, 2)
    names = {key: (each["first_name"], each["last_name"], each["plan"]) for key, each in records.items()}
    assert names == {
        "ada.lovelace@example.com": ("Ada", "Lovelace", "team"),
        "bob.ray@example.com": ("Bob", "Ray", "free"),
    }
    assert "Bob" in mail["Subject"]
    assert rejects == [
        ["Note", "plan", "email", "shoe size", "_line", "_reason", "_row"],
        ["c", "free", "eve.x@blocked.example", "3", "4", "mails to blocked.example are not sent", ""],
        ["d", "free", "nobody@example.com", "4", "5", f"transform_row raised ValueError ({AT})", ""],
        [
            "e",
            "gold",
            "ann.lee@example.com",
            "5",
            "6",
            'plan: expected one of free, team, business, got "gold"',
            "",
        ],
    ]


AT = "transform_rows.py, line 8"


def test_a_module_that_cannot_be_imported_fails_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "users.py"
    path.write_text("import no_such_package\n" + MODULE)
    with embedded_aws(settings={"transformRows": str(path)}) as deployment:
        pipeline = Pipeline(deployment)
        one = pipeline.upload("users.csv", DATA)
        until(lambda: bool(pipeline.watch.queues.ingest_failures()), 60)
        [failure] = pipeline.watch.queues.ingest_failures()
    assert failure.key == one.key
    assert "transform_rows.py, line 1: the module cannot be imported" in failure.reason
    assert "No module named 'no_such_package'" in failure.reason
