import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.constraints import CONSTRAINTS
from lambdas.core.reserved_columns import RESERVED
from lambdas.core.schema import SchemaError, header_name, parse_schema, read_document
from lambdas.core.values import KINDS

from ....program import ROOT
from ...helpers.csv_files import USERS
from .documents import document, problems

LONG = "é" * 128  # two bytes each


def test_the_users_schema() -> None:
    assert USERS.columns == ("email", "first_name", "last_name", "company", "plan", "joined_on")
    assert (USERS.key, USERS.key_type) == ("email", "S")
    assert USERS.required_columns == ("email", "first_name")
    assert USERS.missing_values == frozenset({""})


def test_defaults_are_those_of_table_schema() -> None:
    schema = parse_schema({"fields": [{"name": "a"}], "primaryKey": ["a"]})
    (field,) = schema.fields
    assert (field.type, field.format, field.required) == ("string", "default", False)
    assert schema.missing_values == frozenset({""})
    assert schema.required_columns == ("a",), "a key is required even if the schema does not say so"


def test_an_integer_may_be_the_key() -> None:
    schema = parse_schema({"fields": [{"name": "n", "type": "integer"}], "primaryKey": "n"})
    assert schema.key_type == "N"


@pytest.mark.parametrize(("kind", "form"), KINDS)
def test_every_type_and_format_is_taken(kind: str, form: str) -> None:
    schema = parse_schema(document({"name": "x", "type": kind, "format": form}))
    assert schema.fields[1].kind is KINDS[kind, form]


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ({"type": "object"}, "field 'x': type 'object' is not supported; use one of string, integer"),
        ({"type": ["string"]}, "field 'x': type ['string'] is not supported"),
        ({"type": None}, "field 'x': type None is not supported"),
        (
            {"format": "binary"},
            "field 'x': format 'binary' is not supported for type string; use one of default",
        ),
        ({"format": {}}, "format {} is not supported"),
        ({"trueValues": ["yes"]}, "field 'x': property 'trueValues' is not supported"),
        ({"missingValues": ["-"]}, "field 'x': property 'missingValues' is not supported"),
        ({"constraints": []}, "field 'x': constraints: expected an object, got []"),
        ({"name": "I.D"}, "field 'I.D': the name 'I.D' and 'id' of field 'id' are one name (case, blanks"),
        ({"name": " id "}, "field ' id ': the name ' id ' and 'id' of field 'id' are one name"),
        ({"name": "_-"}, "field '_-': '_-' is nothing but blanks, '_', '-' and '.'"),
        ({"name": ""}, "fields[1]: expected an object with a name, got {'name': ''}"),
        ({"name": "  "}, "fields[1]: expected an object with a name"),
        ({"name": 5}, "fields[1]: expected an object with a name, got {'name': 5}"),
    ],
)
def test_a_field_outside_of_the_subset_is_a_problem(field: dict[str, Any], problem: str) -> None:
    (found,) = problems(document({"name": "x", **field}))
    assert problem in found


def test_names_that_take_more_than_a_statement_holds_are_a_problem() -> None:
    most = [{"name": f"{n:03d}{'x' * 90}{chr(39) * (n == 0)}"} for n in range(78)]
    short = [{"name": "id"}, *most[:-1]]
    assert len(parse_schema({"fields": short, "primaryKey": "id"}).columns) == 78
    (found,) = problems({"fields": [*short, most[-1], {"name": "y" * 200}], "primaryKey": "id"})
    assert "fields: expected names that take at most 7,792 characters together" in found


def with_aliases(*aliases: Any) -> dict[str, Any]:
    return {"name": "first_name", "rowrelay:aliases": list(aliases)}


def test_columns_go_by_their_names_and_aliases() -> None:
    schema = parse_schema(document(with_aliases("Vorname", "Pre\u0301nom", "First Name", "fname", "f.name")))
    assert schema.fields[1].aliases == ("Vorname", "Pre\u0301nom", "First Name", "fname", "f.name")
    assert schema.names == {
        "id": "id", "firstname": "first_name", "vorname": "first_name", "prénom": "first_name",
        "fname": "first_name",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "First_Name",
        "first name",
        "FIRST-NAME",
        "first.name",
        "\ufefffirst\u200bname\u00ad",
        "\u3164first\tname",
    ],
)
def test_names_are_compared_without_case_and_what_shows_little(name: str) -> None:
    assert header_name(name) == "firstname"


@pytest.mark.parametrize("name", ["e\u0301t\u00e9", "\u00c9T\u00c9", "E\u034f\u0301te\u0301"])
def test_names_are_compared_with_accents_composed_or_not(name: str) -> None:
    assert header_name(name) == "\u00e9t\u00e9"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            [with_aliases("ID")],
            "field 'first_name': the name or alias 'ID' and 'id' of field 'id' are one name",
        ),
        (
            [with_aliases("Name"), {"name": "last", "rowrelay:aliases": ["NA-ME"]}],
            "field 'last': the name or alias 'NA-ME' and 'Name' of field 'first_name' are one name",
        ),
        (
            [with_aliases("last"), {"name": "Last"}],
            "field 'Last': the name 'Last' and 'last' of field 'first_name' are one name",
        ),
        (
            [{"name": "first_name"}, {"name": "firstname"}],
            "the name 'firstname' and 'first_name' of field 'first_name' are one name (case, blanks,",
        ),
        ([with_aliases("_Reason")], "field 'first_name': alias '_Reason' is a column of the report"),
        ([with_aliases("--")], "field 'first_name': '--' is nothing but blanks, '_', '-' and '.'"),
        ([with_aliases("")], "field 'first_name': rowrelay:aliases: expected a list of names, got ['']"),
        ([with_aliases(5)], "rowrelay:aliases: expected a list of names, got [5]"),
        ([{"name": "x", "rowrelay:aliases": "y"}], "rowrelay:aliases: expected a list of names, got 'y'"),
        ([{"name": "x", "aliases": ["y"]}], "field 'x': property 'aliases' is not supported"),
    ],
)
def test_names_and_aliases_that_clash_are_a_problem(fields: list[dict[str, Any]], problem: str) -> None:
    (found,) = problems(document(*fields))
    assert problem in found


def test_an_alias_may_be_what_only_an_attribute_may_not() -> None:
    joined = {"name": "joined_on", "rowrelay:aliases": ["created_at", "Line", "import id"]}
    assert parse_schema(document(joined)).names["createdat"] == "joined_on"
    assert parse_schema(document({"name": "importId"}, {"name": "line"})).columns == (
        "id",
        "importId",
        "line",
    )


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_that_the_record_or_the_report_need_are_taken(name: str) -> None:
    (found,) = problems(document({"name": f" {name.upper()}"}))
    assert "the name is taken by the record or the report" in found


@pytest.mark.parametrize(
    ("of", "problem"),
    [
        (document(foreignKeys=[]), "property 'foreignKeys' is not supported"),
        (document(missingValues=""), "missingValues: expected a list of strings, got ''"),
        (document(missingValues=[None]), "missingValues: expected a list of strings, got [None]"),
        (
            document(missingValues=[{"value": "-", "label": "none"}]),
            "missingValues: expected a list of strings",
        ),
        (document(primaryKey=None), "primaryKey: expected the name of one field, got None"),
        (document(primaryKey="ID"), "primaryKey: expected the name of one field, got 'ID'"),
        (document(primaryKey=[]), "primaryKey: expected the name of one field, got []"),
        (document({"name": "x"}, primaryKey=["id", "x"]), "primaryKey: expected the name of one field"),
        (
            document({"name": "x", "type": "date"}, primaryKey="x"),
            "expected a string or integer field, got a date",
        ),
        (
            document({"name": " x"}, primaryKey=" x"),
            "primaryKey: expected a name without outer blanks, got ' x'",
        ),
        (
            document({"name": LONG}, primaryKey=LONG),
            "primaryKey: expected a name of at most 255 bytes (DynamoDB's limit), got 256 bytes; shorten 'éé",
        ),
        (
            document({"name": "x", "constraints": {"maxLength": 0}}, primaryKey="x"),
            "primaryKey: expected a field with a maxLength of at least 1, got 0",
        ),
        (
            document({"name": "x", "constraints": {"maxLength": 0, "required": True}}, primaryKey="x"),
            "field 'x': constraints required and maxLength: expected",
        ),
        ({"primaryKey": "id"}, "fields: expected a list of at least one field, got None"),
        ({"fields": [], "primaryKey": "id"}, "fields: expected a list of at least one field, got []"),
        ({"fields": {"id": {}}, "primaryKey": "id"}, "fields: expected a list of at least one field"),
        (document("x"), "fields[1]: expected an object with a name, got 'x'"),  # type: ignore[arg-type]
        ([], "expected an object with fields and primaryKey, got []"),
        (None, "expected an object with fields and primaryKey, got None"),
        ("users.json", "expected an object with fields and primaryKey, got 'users.json'"),
    ],
)
def test_a_document_outside_of_the_subset_is_a_problem(of: Any, problem: str) -> None:
    (found,) = problems(of)
    assert problem in found


def test_a_long_name_is_a_key_s_problem_alone() -> None:
    parsed = parse_schema(document({"name": LONG}, {"name": LONG[1:] + "x"}, primaryKey=f"{LONG[1:]}x"))
    assert len(parsed.key.encode()) == 255


@pytest.mark.parametrize("name", ["import_id", "Created_At", " import_line ", "_line"])
def test_a_key_s_reserved_name_is_told_once(name: str) -> None:
    (found,) = problems({"fields": [{"name": name}], "primaryKey": name})
    assert found == f"field {name!r}: the name is taken by the record or the report; rename it"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"[" * 200_000, r"JSON that is nested too deeply"),
        (b'{"a":' * 200_000, r"JSON that is nested too deeply"),
        (b"[]", r"JSON that is no object"),
        (b"{", r"no JSON \(Expecting property name .*\)"),
        (b'{"\xff": 1}', r"no JSON \(.* codec can't decode byte 0xff .*\)"),
    ],
)
def test_what_is_no_document_is_told(data: bytes, told: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - what it says is looked at
        read_document(data)
    assert re.fullmatch(told, str(error.value))


def test_every_problem_is_told_at_once() -> None:
    found = problems(
        {
            "fields": [
                {"name": "a", "type": "geopoint"},
                {"name": "a", "constraints": {"minLength": "x"}},
                7,
            ],
            "primaryKey": "b",
            "missingValues": 0,
            "extra": 1,
        }
    )
    assert len(found) == 7


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["string", "integer", "default", "email", "a", "id", "(", "2024-01-01"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
constraint_names = sorted({name for names in CONSTRAINTS.values() for name in names})


@st.composite
def changed_documents(draw: st.DrawFn) -> Any:
    """The users schema with a few things changed to whatever JSON can hold."""
    of: Any = json.loads((ROOT / "schemas" / "users.json").read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 3))):
        fields = of.get("fields")
        field = draw(st.sampled_from(fields if fields and isinstance(fields, list) else [of]))
        targets = [of, field, field.get("constraints", of) if isinstance(field, dict) else of]
        target = draw(st.sampled_from([target for target in targets if isinstance(target, dict)]))
        names = [*target, *constraint_names, "type", "format", "constraints"]
        target[draw(st.sampled_from(names))] = draw(json_values)
    return of


@given(st.one_of(json_values, changed_documents()))
def test_whatever_a_document_holds_it_is_a_schema_or_a_schema_error(of: Any) -> None:
    before = copy.deepcopy(of)
    try:
        schema = parse_schema(of)
    except SchemaError:
        assert problems(of)
    else:
        assert schema.key in schema.columns
        assert schema.key_type in ("S", "N")
        assert all(field.kind for field in schema.fields)
    assert repr(of) == repr(before)
