"""A schema drafted from a file: what it says of columns, and that it takes the rows it was drafted from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import operations.file_sample
from lambdas.core.schema import parse_schema
from operations.errors import OperationError
from operations.field_draft import draft_type
from operations.file_sample import Sample, read_sample
from operations.schema_draft import SchemaDraft, draft_schema

from ..helpers.csv_files import csv_text, parse
from ..helpers.examples import examples


def draft(folder: Path, text: str) -> SchemaDraft:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return draft_schema(read_sample(path), "people.csv")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "-20"], {"type": "integer"}),
        (["0", "1"], {"type": "integer"}),
        (["1,234", "5,678,901"], {"type": "integer", "groupChar": ","}),
        (["1.5", "2"], {"type": "number"}),
        (["1.234,50", "3"], {"type": "number", "groupChar": ".", "decimalChar": ","}),
        (["12,5", "7,25"], {"type": "number", "decimalChar": ","}),
        (["1.234", "2.345"], {"type": "number"}),
        (["5 %", "7 %"], {"type": "integer", "bareNumber": False}),
        (["true", "FALSE"], {"type": "boolean"}),
        (["ja", "nein", "ja"], {"type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]}),
        (["Yes"], {"type": "boolean", "trueValues": ["Yes"], "falseValues": ["No"]}),
        (["2025-12-31"], {"type": "date"}),
        (["31.12.2025", "1.2.2025"], {"type": "date", "format": "%d.%m.%Y"}),
        (["01/02/2025", "13/02/2025"], {"type": "date", "format": "%d/%m/%Y"}),
        (["2025-12-31T10:00:00Z"], {"type": "datetime"}),
        (["2025-12-31 10:00"], {"type": "datetime", "format": "%Y-%m-%d %H:%M"}),
        (["a@b.de"], {"type": "string", "format": "email"}),
        (["https://a.de/b"], {"type": "string", "format": "uri"}),
        (["6F9619FF-8B86-D011-B42D-00C04FC964FF"], {"type": "string", "format": "uuid"}),
        (["x"], {"type": "string"}),
        (["urn:x"], {"type": "string"}),
        (["01234", "56789"], {"type": "string"}),
        (["+4930123456", "+33123456"], {"type": "string"}),
        (["5 €", "5 $"], {"type": "string"}),
        (["A1", "B2"], {"type": "string"}),
        (["1" * 39], {"type": "string"}),
        (["31.12.2025", "soon"], {"type": "string"}),
    ],
)
def test_a_column_is_what_takes_all_its_cells_as_they_are(cells: list[str], expected: dict[str, Any]) -> None:
    assert draft_type(cells) == (expected, "")


@pytest.mark.parametrize(
    ("cells", "told"), [(["01/02/2025"], '"format": "%m/%d/%Y"'), (["1,234"], '"groupChar": ","')]
)
def test_what_could_be_read_in_two_ways_stays_text(cells: list[str], told: str) -> None:
    drafted, note = draft_type(cells)
    assert drafted == {"type": "string"}
    assert "kept as text" in note
    assert told in note


def test_a_draft_names_required_columns_a_key_and_what_it_leaves_out(tmp_path: Path) -> None:
    text = (
        "E-mail 1 - Value,First Name,Created (UTC),empty,created_at,,same,sa-me\n"
        "a@b.de,Ada,2025-12-31 10:00,,x,1,2,3\n"
        "b@b.de,,,,y,1,2,3\n"
    )
    drafted = draft(tmp_path, text)
    required = {"required": True}
    assert drafted.document == {
        "fields": [
            {"name": "e_mail_1_value", "type": "string", "format": "email", "constraints": required},
            {"name": "first_name", "type": "string"},
            {
                "name": "created_utc",
                "rowrelay:aliases": ["Created (UTC)"],
                "type": "datetime",
                "format": "%Y-%m-%d %H:%M",
            },
            {
                "name": "created_at_in_file",
                "rowrelay:aliases": ["created_at"],
                "type": "string",
                "constraints": required,
            },
        ],
        "primaryKey": "e_mail_1_value",
        "missingValues": [""],
    }
    assert drafted.notes == [
        "looked at all 2 rows",
        "left out 'same': is the same name as 'sa-me' (case, blanks, _ - . do not count)",
        "left out 'sa-me': is the same name as 'same' (case, blanks, _ - . do not count)",
        "left out '': has no name",
        "left out 'empty': is empty in every row",
    ]


def test_a_draft_is_of_the_first_rows_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.file_sample, "SAMPLE_ROWS", 2)
    drafted = draft(tmp_path, "id,n\n1,1\n2,2\n3,x\n")
    assert drafted.notes == ["looked at the first 2 rows"]
    assert [field["type"] for field in drafted.document["fields"]] == ["integer", "integer"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name,email\nAda,a@b.de\nBob,b@b.de\n", "email"),
        ("name,email,user_id\nAda,a@b.de,x\nBob,A@B.DE,y\n", "user_id"),
        ("name,user_id\nAda,x\nBob,y\n", "user_id"),
        ("name,email\nAda,a@b.de\nBob,a@b.de\n", "email"),
        ("plan,name\nfree,Ada\nfree,Bob\n", "name"),
        ("score,name\n1.5,Ada\n2.5,Bob\n", "name"),
        ("email,name\n,Ada\nb@b.de,Bob\n", "name"),
    ],
)
def test_the_key_is_an_address_or_an_id_of_its_own_in_each_row(tmp_path: Path, text: str, key: str) -> None:
    drafted = draft(tmp_path, text)
    assert drafted.document["primaryKey"] == key
    repeated = "primaryKey: 'email' has a key of another row in 1 row: choose it yourself"
    assert (repeated in drafted.notes) == (text.count("a@b.de") == 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("email\n", r"^people.csv: no row could be looked at; it has a header and nothing else\.$"),
        ("a,b\n1,\n,2\n", "^people.csv: no column has a value in every row"),
        ("a,a_\n1,2\n", "the header names no column that can be used"),
        ("", "the header names no column that can be used"),
    ],
)
def test_a_file_that_makes_no_schema_says_why(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(OperationError, match=told):
        draft(tmp_path, text)


def test_what_would_not_show_is_escaped_in_the_draft() -> None:
    sample = Sample({"n\u202eame!": ["x"]}, {}, 1, True)
    assert "\u202e" not in draft_schema(sample, "a.csv").text
    assert "\\u202e" in draft_schema(sample, "a.csv").text
    assert '"größe"' in draft_schema(Sample({"Größe": ["x"]}, {}, 1, True), "a.csv").text


cell_texts = st.one_of(
    st.sampled_from(["", "1", "007", "1,5", "1.234,5", "yes", "No", "x", "€ 5", "a@b.de"]),
    st.sampled_from(["2025-12-31", "31.12.2025", "01/02/2025"]),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=6),
)
names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> Sequence[Sequence[str]]:
    header = draw(
        st.lists(st.one_of(names, st.sampled_from(["id", "email", "created_at"])), min_size=1, max_size=4)
    )
    alike = [draw(st.lists(cell_texts, min_size=1, max_size=3)) for _ in header]
    rows = draw(st.integers(1, 6))
    return [header, *([draw(st.sampled_from(cells)) for cells in alike] for _ in range(rows))]


@examples(150)
@given(tables())
def test_a_draft_takes_every_row_that_it_was_drafted_from(
    tmp_path_factory: pytest.TempPathFactory, table: Sequence[Sequence[str]]
) -> None:
    path = tmp_path_factory.mktemp("drafts") / "people.csv"
    path.write_text(csv_text(table), encoding="utf-8")
    try:
        sample = read_sample(path)
        drafted = draft_schema(sample, "people.csv")
    except OperationError:
        return
    outcome = parse(path.read_bytes(), parse_schema(drafted.document))
    assert (len(outcome.accepted), outcome.reasons) == (sample.rows, {})
