"""The files of tests/cases: small files of kinds that people really have, in one run each of a pipeline."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.embedded import embedded_aws
from operations.imports import Import

from ..program import ROOT
from .pipeline import Pipeline

pytestmark = pytest.mark.e2e

CASES = ROOT / "tests" / "cases"
GERMAN = "german-excel-windows-1252.csv"
WITHOUT_TITLE = "german-excel-windows-1252-header-first.csv"
DATE = 'expected a date as YYYY-MM-DD, or "format": "%d.%m.%Y" in the schema'


@dataclass(frozen=True)
class Outcome:
    """What must come out: how many rows are accepted, of them created, and why others, by line, are not.

    `whole` is why the file is rejected as a whole.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    whole: str = ""


OUTCOMES = {
    "blank-before-quote.csv": Outcome(2),
    "blank-cells.csv": Outcome(rejected=dict.fromkeys(range(2, 6), ("first_name: a value is required",))),
    "control-characters.csv": Outcome(
        rejected={2: ("email: U+001B", "plan: U+001B"), 3: ("first_name: U+001B",)}
    ),
    "german-date.csv": Outcome(rejected={2: (f"joined_on: {DATE}",)}),
    GERMAN: Outcome(whole="The columns stand in line 3: delete lines 1 to 2 above it"),
    "google-contacts.csv": Outcome(1),
    "header-spellings.csv": Outcome(1, rejected={3: ("joined_on: expected a date",)}),
    "people.zip": Outcome(whole="a zip archive, no CSV: unpack it and upload the CSV in it"),
    "row-of-delimiters-above-header.csv": Outcome(1),
    "rows-of-delimiters.csv": Outcome(2),
    "same-key-twice.csv": Outcome(3, duplicates=1),
    "sep-line.csv": Outcome(1),
    "surplus-cell.csv": Outcome(1, rejected={2: ("expected 3 fields as in the header, got 4",)}),
    "trailing-delimiter.csv": Outcome(2),
    "zero-width-in-header.csv": Outcome(1),
}
OF_ANOTHER_SCHEMA = {"uuid-key.csv", "uuid-key.schema.json"}


def own(name: str) -> bytes:
    """A case, its people's addresses at a domain of its own, so that no other case has the same person."""
    domain = f"@{Path(name).stem}.example.com".encode()
    return (CASES / name).read_bytes().replace(b"@example.com", domain)


@pytest.fixture(scope="module")
def imports(pipeline: Pipeline) -> dict[str, Import]:
    """Every case, imported, by its file's name."""
    return pipeline.run({name: own(name) for name in OUTCOMES})


def rejects(pipeline: Pipeline, one: Import) -> dict[int, dict[str | None, Any]]:
    """The rejected rows in an import's report, by line; surplus cells stand under None."""
    if not one.rejects:
        return {}
    text = pipeline.report(one, "rejects").decode("utf-8-sig")
    delimiter = text[text.index("_line") + len("_line")]
    return {int(str(row["_line"])): row for row in csv.DictReader(text.splitlines(), delimiter=delimiter)}


def record(pipeline: Pipeline, name: str, person: str) -> dict[str, Any]:
    """A person of a case, as the table has it."""
    record = pipeline.records()[f"{person}@{Path(name).stem}.example.com"]
    return {column: record.get(column) for column in ("first_name", "last_name", "company")}


def test_every_case_is_here() -> None:
    files = {path.name for path in CASES.iterdir()} - {"README.md"}
    assert files == {*OUTCOMES, *OF_ANOTHER_SCHEMA, WITHOUT_TITLE}


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_case_comes_out_as_its_table_says(
    pipeline: Pipeline, imports: dict[str, Import], name: str
) -> None:
    one, expected = imports[name], OUTCOMES[name]
    assert one.balanced
    assert one.status == ("rejected" if expected.whole else "done")
    assert expected.whole in (one.reason or "")
    found = rejects(pipeline, one)
    assert found.keys() == expected.rejected.keys()
    for line, told in expected.rejected.items():
        assert all(text in found[line]["_reason"] for text in told), found[line]["_reason"]
    counts = (one.books.accepted, one.books.rejected, one.books.duplicates, one.books.mailed)
    created = expected.accepted - expected.duplicates
    assert counts == (expected.accepted, len(expected.rejected), expected.duplicates, created)


@pytest.mark.parametrize(
    ("name", "person", "names"),
    [
        ("blank-before-quote.csv", "ada", ("Ada", "Lovelace", None)),
        ("blank-before-quote.csv", "bob", ("Bob", "Ray", None)),
        ("google-contacts.csv", "ada", ("Ada", "Lovelace", "Engines")),
        ("header-spellings.csv", "al1", ("Ada", "Lovelace", "Engines")),
        ("rows-of-delimiters.csv", "bob", ("Bob", "Ray", "Acme")),
        ("trailing-delimiter.csv", "bob", ("Bob", "Ray", "Acme")),
        ("zero-width-in-header.csv", "ada", ("Ada", None, None)),
    ],
)
@pytest.mark.usefixtures("imports")
def test_a_record_has_the_cells_as_they_were_meant(
    pipeline: Pipeline, name: str, person: str, names: tuple[str | None, ...]
) -> None:
    assert tuple(record(pipeline, name, person).values()) == names


def test_a_key_that_stands_twice_is_told_with_both_lines(
    pipeline: Pipeline, imports: dict[str, Import]
) -> None:
    summary = json.loads(pipeline.report(imports["same-key-twice.csv"], "summary"))
    assert summary["repeated_keys"]["lines"] == [[4, 2]]


def test_a_report_uploaded_again_untouched_is_rejected_again(
    pipeline: Pipeline, imports: dict[str, Import]
) -> None:
    first = imports["surplus-cell.csv"]
    (row,) = rejects(pipeline, first).values()
    assert row[None] == ["Countess"]
    again = pipeline.run_one(pipeline.report(first, "rejects"))
    assert (again.books.read, again.books.rejected) == (1, 1)
    (row,) = rejects(pipeline, again).values()
    assert row[None] == ["Countess"]


def test_without_the_setting_bytes_of_another_encoding_are_rejected(pipeline: Pipeline) -> None:
    one = pipeline.run_one(own(WITHOUT_TITLE))
    assert (one.books.read, one.books.rejected) == (1, 1)
    (row,) = rejects(pipeline, one).values()
    assert "set encoding (such as windows-1252)" in row["_reason"]


def test_with_the_setting_they_are_read() -> None:
    with embedded_aws(settings={"encoding": "windows-1252"}) as deployment:
        pipeline = Pipeline(deployment)
        one = pipeline.run_one(own(WITHOUT_TITLE))
        assert (one.books.read, one.books.mailed) == (1, 1)
        names = record(pipeline, WITHOUT_TITLE, "uwe")
    assert (names["last_name"], names["company"]) == ("Schröder", "Müller GmbH")


@pytest.fixture
def of_uuids(tmp_path: Path) -> Iterator[Pipeline]:
    """A pipeline whose key is a UUID."""
    for name in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / name).write_text("Welcome, {{first_name}}!")
    schema = CASES / "uuid-key.schema.json"
    with embedded_aws(settings={"schema": str(schema), "mail": str(tmp_path)}) as deployment:
        yield Pipeline(deployment)


def test_one_key_in_two_spellings_is_one_key(of_uuids: Pipeline) -> None:
    one = of_uuids.run_one((CASES / "uuid-key.csv").read_bytes())
    assert one.balanced
    assert (one.books.accepted, one.books.created, one.books.duplicates) == (2, 1, 1)
    assert rejects(of_uuids, one).keys() == {4, 5}
