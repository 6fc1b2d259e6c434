"""The names that a file has for columns of the schema, and how they come into the schema's file."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.schema import header_name, parse_schema
from operations.aliases import propose_aliases
from operations.file_sample import Sample
from operations.schema_patch import unified_diff, with_aliases

PEOPLE: dict[str, Any] = {
    "fields": [
        {"name": "email", "format": "email", "constraints": {"required": True}},
        {"name": "first_name", "constraints": {"required": True}},
        {"name": "score", "type": "integer"},
    ],
    "primaryKey": "email",
}


def proposed(columns: dict[str, list[str]]) -> dict[str, str]:
    rows = len(next(iter(columns.values())))
    return propose_aliases(parse_schema(PEOPLE), Sample(columns, {}, rows, True))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"Kontakt": ["a@b.de", ""], "Vorname": ["Ada", ""]}, {"email": "Kontakt", "first_name": "Vorname"}),
        ({"Correo": ["a@b.de"], "Nombre": ["Ada"]}, {"email": "Correo", "first_name": "Nombre"}),
        ({"frist name": ["Ada"], "surname": ["Lovelace"]}, {"first_name": "frist name"}),
        ({"Address": ["1 Road"], "e-mails": ["nobody"]}, {}),
        ({"other": ["a@b.de"], "E-mail 1": ["c@d.de"]}, {"email": "E-mail 1"}),
        ({"E-Mail": ["a@b.de"], "reply to": ["c@d.de"], "given name": ["Ada"]}, {"first_name": "given name"}),
        ({"scores": ["5"], "x": ["7"]}, {"score": "scores"}),
        ({"scores": ["good"]}, {}),
        ({"email address": [""], "other": ["x"]}, {"email": "email address"}),
    ],
)
def test_the_likeliest_column_is_proposed(columns: dict[str, list[str]], expected: dict[str, str]) -> None:
    assert proposed(columns) == expected


def test_no_column_is_proposed_twice() -> None:
    assert list(proposed({"first name of contact": ["Ada"], "Name, first": ["Bob"]}).values()) in (
        [],
        ["Name, first"],
    )
    two = {"fields": [*PEOPLE["fields"], {"name": "copy_to", "format": "email"}], "primaryKey": "email"}
    of_two = propose_aliases(parse_schema(two), Sample({"contact": ["a@b.de"]}, {}, 1, True))
    assert list(of_two.values()) == ["contact"]


TEXTS = [
    '{\n  "fields": [\n    {\n      "name": "a"\n    },\n    {\n      "name": "b",\n      "type": "date"\n'
    '    }\n  ],\n  "primaryKey": "a"\n}\n',
    '{"fields": [{"name": "a"}, {"type": "date", "name": "b"}], "primaryKey": "a"}',
    '{"fields":[{"name":"a","rowrelay:aliases":[]},{"name":"b","rowrelay:aliases":["x"]}],"primaryKey":"a"}\n',
    '{\r\n "fields": [\r\n  {"name": "a", "title": "b"},\r\n  {"name": "b"}\r\n ],\r\n'
    ' "primaryKey": "a"\r\n}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_an_alias_comes_into_the_text_which_stays_as_it_is_otherwise(text: str) -> None:
    changed = with_aliases(text, {"a": 'Ä "1"', "b": "Other"})
    fields = json.loads(changed)["fields"]
    assert [field["rowrelay:aliases"][0] for field in fields] == ['Ä "1"', "Other"]
    for field in fields:
        del field["rowrelay:aliases"]
    before = json.loads(text)
    for field in before["fields"]:
        field.pop("rowrelay:aliases", None)
    assert fields == before["fields"]
    assert len(changed.splitlines()) - len(text.splitlines()) <= 2
    assert "Ä" in changed


@pytest.mark.parametrize(
    "text",
    ['{"name": "a", "fields": [{"name": "a"}], "primaryKey": "a"}', '{"fields": [{"n\\u0061me": "a"}]}'],
)
def test_a_text_that_is_written_in_an_unforeseen_way_is_written_anew(text: str) -> None:
    assert json.loads(with_aliases(text, {"a": "x"}))["fields"] == [{"name": "a", "rowrelay:aliases": ["x"]}]


def test_what_would_not_show_in_the_patch_is_escaped() -> None:
    assert "\\u202e" in with_aliases(TEXTS[0], {"a": "n\u202eame"})


@pytest.mark.parametrize("text", TEXTS[:3])
def test_the_patch_is_one_that_git_applies(tmp_path: Path, text: str) -> None:
    path = tmp_path / "schemas" / "people.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    changed = with_aliases(text, {"a": "A 1", "b": "B"})
    patch = unified_diff("schemas/people.json", text, changed)
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    assert path.read_text(encoding="utf-8") == changed


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(min_size=1, max_size=6)), st.sampled_from(TEXTS))
def test_whatever_is_proposed_the_text_has_it(given_: dict[str, str], text: str) -> None:
    fields = json.loads(with_aliases(text, given_))["fields"]
    for field in fields:
        if field["name"] in given_:
            assert field["rowrelay:aliases"][0] == given_[field["name"]]


@given(st.dictionaries(st.text(min_size=1, max_size=8).filter(header_name), st.just(["a@b.de"]), max_size=4))
def test_a_schema_with_what_is_proposed_is_a_schema(columns: dict[str, list[str]]) -> None:
    sample = Sample(columns, {}, 1, True)
    text = json.dumps(PEOPLE)
    parse_schema(json.loads(with_aliases(text, propose_aliases(parse_schema(PEOPLE), sample))))
