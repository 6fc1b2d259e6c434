"""Small files of kinds that people really have, each in tests/cases, and what must come of it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.core.schema import Schema, parse_schema
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import ImportRejectedError
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions

from ....program import ROOT
from ...helpers.csv_files import USERS, parse

CASES = ROOT / "tests" / "cases"
USERS_DOCUMENT = json.loads((ROOT / "schemas" / "users.json").read_text(encoding="utf-8"))
UUID_KEY = parse_schema(json.loads((CASES / "uuid-key.schema.json").read_text(encoding="utf-8")))
GERMAN = "german-excel-windows-1252-header-first.csv"
NO_VALUE = "first_name: a value is required, got none"
ESCAPE = "U+001B is a control character, which is no text"
HOW_ENCODED = "save the file as UTF-8, or set encoding (such as windows-1252)"
NO_UUID = "id: expected a UUID, got"


def user(email: str, first_name: str, last_name: str | None = None, **others: str | None) -> dict[str, Any]:
    """A row's values."""
    name = {"first_name": first_name, "last_name": last_name} if last_name else {"first_name": first_name}
    return {"email": f"{email}@example.com", **name, **others}


def with_date_format(pattern: str) -> Schema:
    """The users schema, in which the day joined is written so."""
    fields = [
        {**each, "format": pattern} if each["name"] == "joined_on" else each
        for each in USERS_DOCUMENT["fields"]
    ]
    return parse_schema({**USERS_DOCUMENT, "fields": fields})


@dataclass(frozen=True)
class Case:
    """A file, how it is read, and what it comes to."""

    name: str
    accepted: dict[int, dict[str, Any]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    schema: Schema = USERS
    options: ReadOptions = DEFAULT_OPTIONS


ADA, BOB = user("ada", "Ada", "Lovelace"), user("bob", "Bob", "Ray")
ADA_WHOLE = ADA | {"company": "Engines", "plan": "team", "joined_on": "2026-01-31"}
BOB_WHOLE = BOB | {"company": "Acme", "plan": "free", "joined_on": "2026-02-01"}
READ = [
    Case("blank-cells.csv", {}, dict.fromkeys(range(2, 6), NO_VALUE)),
    Case("blank-before-quote.csv", {2: ADA, 3: BOB}),
    Case(
        "uuid-key.csv",
        {
            2: {
                "id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                "email": "uu1@example.com",
                "first_name": "Upper",
            },
            3: {
                "id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                "email": "uu1@example.com",
                "first_name": "Lower",
            },
        },
        {
            4: f'{NO_UUID} "{{6f9619ff-8b86-d011-b42d-00c04fc964fe}}"',
            5: f'{NO_UUID} "6f9619ff8b86d011b42d00c04fc964fd"',
        },
        UUID_KEY,
    ),
    Case("same-key-twice.csv", {2: user("dup", "First", "Row"), 3: ADA, 4: user("dup", "Second", "Row")}),
    Case("surplus-cell.csv", {3: BOB}, {2: "expected 3 fields as in the header, got 4"}),
    Case(
        "header-spellings.csv",
        {2: ADA_WHOLE | {"email": "al1@example.com"}},
        {
            3: 'joined_on: expected a date as YYYY-MM-DD, or "format": "%d/%m/%Y" in the schema,'
            ' got "31/12/2025"'
        },
    ),
    Case("control-characters.csv", {}, {2: f"email: {ESCAPE}; plan: {ESCAPE}", 3: f"first_name: {ESCAPE}"}),
    Case("rows-of-delimiters.csv", {2: ADA_WHOLE, 3: BOB_WHOLE}),
    Case("row-of-delimiters-above-header.csv", {3: ADA}),
    Case("trailing-delimiter.csv", {2: ADA_WHOLE, 3: BOB_WHOLE}),
    Case("zero-width-in-header.csv", {2: user("ada", "Ada")}),
    Case("sep-line.csv", {3: user("ada", "Ada")}),
    Case(
        GERMAN,
        {2: user("uwe", "Uwe", "Schröder", company="Müller GmbH")},
        options=ReadOptions(encoding="windows-1252"),
    ),
    Case(GERMAN, {}, {2: f"the row holds bytes that are not UTF-8: {HOW_ENCODED}"}),
    Case("google-contacts.csv", {2: ADA | {"company": "Engines"}}),
    Case(
        "german-date.csv",
        {},
        {
            2: 'joined_on: expected a date as YYYY-MM-DD, or "format": "%d.%m.%Y" in the schema,'
            ' got "31.12.2025"'
        },
    ),
]
REFUSED = {
    "german-excel-windows-1252.csv": (
        "the header lacks the columns email, first_name: expected the columns email, first_name, last_name,"
        " company, plan, joined_on, found Dieser Bericht wurde am 2026-11-01 erstellt."
        " The columns stand in line 3: delete lines 1 to 2 above it"
    ),
    "people.zip": (
        "a zip archive, no CSV: unpack it and upload the CSV in it"
        " (expected a name that ends in .csv or .csv.gz)"
    ),
}


@pytest.mark.parametrize("case", READ, ids=lambda case: f"{case.name}-{case.options.encoding}")
def test_a_file_that_can_be_read_comes_to_these_rows(case: Case) -> None:
    data = (CASES / case.name).read_bytes()
    outcome = parse(data, case.schema, case.name, options=case.options)
    assert dict(outcome.accepted) == case.accepted
    assert outcome.reasons == case.reasons
    assert len(outcome.lines) == len(case.accepted) + len(case.reasons)


def test_a_date_s_format_may_be_set() -> None:
    outcome = parse((CASES / "german-date.csv").read_bytes(), with_date_format("%d.%m.%Y"))
    assert dict(outcome.accepted) == {2: user("ada", "Ada", plan="team", joined_on="2025-12-31")}
    assert outcome.rejects == []


def test_a_surplus_cell_stays_one() -> None:
    (reject,) = parse((CASES / "surplus-cell.csv").read_bytes()).rejects
    assert list(reject.cells) == ["ada@example.com", "Ada", "Lovelace", "Countess"]


@pytest.mark.parametrize("encoding", [None, "windows-1252"])
@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_file_that_cannot_be_read_is_told_why(name: str, reason: str, encoding: str | None) -> None:
    with pytest.raises(ImportRejectedError) as rejected:
        open_csv(name, [(CASES / name).read_bytes()], USERS, options=ReadOptions(encoding=encoding))
    assert str(rejected.value) == reason


def test_no_case_is_left_out() -> None:
    files = {path.name for path in CASES.iterdir()} - {"uuid-key.schema.json", "README.md"}
    assert files == {case.name for case in READ} | {*REFUSED}
