import json
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.field import Field
from lambdas.csvfile.columns import CellError, Column

MISSING = frozenset({"", "NA"})


def column(
    kind: str = "string",
    form: str = "default",
    *,
    key: bool = False,
    missing: frozenset[str] = MISSING,
    **constraints: Any,
) -> Column:
    return Column(Field("col", kind, form, constraints), missing, is_key=key)


def values(of: Column, *cells: str) -> list[Any]:
    return [json.loads(text, parse_float=Decimal) for text in of.encode(cells)]


def error(of: Column, *cells: str) -> str:
    with pytest.raises(CellError) as raised:
        of.encode(cells)
    return str(raised.value)


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("string", ["a", "é\n", ' "x" ', "\u200b b\u3000"], ["a", "é", '"x"', "b"]),
        ("integer", ["1", " -2 ", "+3", "007"], [1, -2, 3, 7]),
        ("number", ["1.50", "1e3", ".5", "-0"], [Decimal("1.50"), Decimal(1000), Decimal("0.5"), 0]),
        ("boolean", ["true", "FALSE", "1", " 0 "], [True, False, True, False]),
        ("date", ["2024-02-29"], ["2024-02-29"]),
        ("datetime", ["2024-02-29T12:30:00Z", "2024-02-29T12:30:00"], ["2024-02-29T12:30:00Z"] * 2),
        ("datetime", ["2024-02-29T12:30:00.5+02:00"], ["2024-02-29T12:30:00.500000+02:00"]),
        ("integer", ["\ufeff1\u2060", "2 "], [1, 2]),
        ("date", ["\u200e2024-02-29\u200e"], ["2024-02-29"]),
    ],
)
def test_cells_become_typed_json(kind: str, cells: list[str], expected: list[Any]) -> None:
    assert values(column(kind), *cells) == expected


def test_digits_are_kept_to_the_last() -> None:
    digits = "-1234567890.1234567890123456789012345678"
    assert column("number").encode([digits]) == [digits]
    assert column("integer").encode(["9" * 38]) == ["9" * 38]


@pytest.mark.parametrize(
    ("kind", "form", "cell", "expected"),
    [
        ("string", "email", "nobody", "an e-mail address"),
        ("string", "uri", "example.com", "a URI with a scheme"),
        ("string", "uuid", "1234", "a UUID"),
        ("integer", "default", "1.0", "a whole number of at most 38 digits"),
        ("integer", "default", "9" * 39, "a whole number of at most 38 digits"),
        ("number", "default", "NaN", "a number of at most 38 digits"),
        ("number", "default", "1e126", "a number of at most 38 digits"),
        ("boolean", "default", "maybe", "true or false"),
        ("date", "default", "2023-02-29", "a date as YYYY-MM-DD"),
        ("datetime", "default", "2024-02-29", "a date and time as YYYY-MM-DDThh:mm:ssZ"),
    ],
)
def test_a_wrong_cell_is_told_what_was_expected_and_what_was_got(
    kind: str, form: str, cell: str, expected: str
) -> None:
    assert error(column(kind, form), cell) == f'col: expected {expected}, got "{cell}"'


def test_what_to_set_in_the_schema_is_told_and_is_not_of_the_kind() -> None:
    with pytest.raises(CellError) as raised:
        column("date").encode(["31.12.2025"])
    kind = "col: expected a date as YYYY-MM-DD"
    told = f'{kind}, or "format": "%d.%m.%Y" in the schema, got "31.12.2025"'
    assert (raised.value.kind, str(raised.value)) == (kind, told)


def test_characters_of_no_width_make_no_other_key() -> None:
    key = Column(Field("id"), MISSING, is_key=True)
    assert key.encode(["A\u200b1", "A1", "\ufeffA1"]) == ['"A1"'] * 3
    address = Column(Field("id", "string", "email"), MISSING, is_key=True)
    with pytest.raises(CellError, match=r"got \"a<U\+200B>@b.co\""):
        address.encode(["a\u200b@b.co"])


def test_values_are_held_against_a_field_whatever_its_format() -> None:
    properties = {"decimalChar": ",", "groupChar": "."}
    number = Column(
        Field("col", "number", "default", {"maximum": "1.000,5"}, (), properties), MISSING, is_key=False
    )
    assert number.encode_values([Decimal("1000.5"), None, -1]) == ["1000.5", "null", "-1"]
    with pytest.raises(CellError, match=r'expected 1\.000,5 or less, got "1000\.6"'):
        number.encode_values([Decimal("1000.6")])
    day = column("date", "%d.%m.%Y", minimum="01.01.2024")
    assert (
        day.encode_values(day.read(["1.1.2024", ""]))
        == day.encode(["1.1.2024", ""])
        == ['"2024-01-01"', "null"]
    )


def test_what_is_shown_of_a_cell_is_short() -> None:
    assert error(column("integer"), "x" * 100_000) == (
        'col: expected a whole number of at most 38 digits, got "' + "x" * 60 + '…"'
    )


@pytest.mark.parametrize(
    ("constraints", "good", "bad", "expected"),
    [
        ({"enum": ["a", "b"]}, ["a", "b"], ["c", "A", "a b"], "one of a, b"),
        ({"pattern": "a|bc"}, ["a", "bc"], ["ac", "abc", "abcd"], "a match of a|bc"),
        ({"minLength": 2}, ["ab", "éé", "😀😀"], ["a", "😀"], "at least 2 characters"),
        ({"maxLength": 2}, ["ab", "😀😀"], ["abc"], "at most 2 characters"),
        ({"maxLength": 2.0}, ["ab"], ["abc"], "at most 2 characters"),
    ],
)
def test_constraints_on_text(
    constraints: Mapping[str, Any], good: list[str], bad: list[str], expected: str
) -> None:
    of = column(**constraints)
    assert values(of, *good) == good
    for cell in bad:
        assert error(of, cell) == f'col: expected {expected}, got "{cell}"'
        assert expected in error(of, cell, *good)
        assert expected in error(of, *good, cell)


def test_constraints_are_of_the_trimmed_cell() -> None:
    of = column(minLength=2, maxLength=2, pattern="a.", enum=["ab", "a\nb"])
    assert values(of, " ab ", "\u200bab\n") == ["ab", "ab"]
    assert error(of, " b ") == 'col: expected one of ab, a\nb, got "b"'
    assert error(of, "a\nb") == 'col: expected a match of a., got "a<U+000A>b"'


@pytest.mark.parametrize(
    ("kind", "constraints", "good", "bad"),
    [
        ("integer", {"minimum": 3}, ["3", "04"], ["2", "-5"]),
        ("integer", {"maximum": "10"}, ["10", "9"], ["11", "100"]),
        ("number", {"minimum": 0.5, "maximum": 1}, ["0.5", "1.0", "5e-1"], ["0.49", "1.01"]),
        ("number", {"enum": [1, "2.50"]}, ["1", "1.0", "2.5"], ["2"]),
        ("boolean", {"enum": [True]}, ["true", "1"], ["false", "0"]),
        ("date", {"minimum": "2024-01-01"}, ["2024-01-01"], ["2023-12-31"]),
        (
            "datetime",
            {"maximum": "2024-01-01T00:00:00Z"},
            ["2024-01-01T01:00:00+01:00"],
            ["2024-01-01T00:00:01"],
        ),
    ],
)
def test_constraints_on_values_compare_values(
    kind: str, constraints: Mapping[str, Any], good: list[str], bad: list[str]
) -> None:
    of = column(kind, **constraints)
    assert len(values(of, *good)) == len(good)
    for cell in bad:
        assert "col: expected" in error(of, cell)
        assert "col: expected" in error(of, cell, *good)
        assert "col: expected" in error(of, *good, cell)


@pytest.mark.parametrize("kind", ["string", "integer", "number", "boolean", "date", "datetime"])
@pytest.mark.parametrize("cells", [[""], ["NA"], ["", "NA", ""], [" "], ["\u200b\u00a0", " NA\t"]])
def test_a_column_may_be_missing_throughout(kind: str, cells: list[str]) -> None:
    bounds: dict[str, dict[str, Any]] = {
        "string": {"minLength": 1, "maxLength": 3, "pattern": "x", "enum": ["x"]},
        "integer": {"minimum": 1, "maximum": 2},
        "number": {"minimum": 1, "maximum": 2},
        "boolean": {"enum": [True]},
        "date": {"minimum": "2024-01-01"},
        "datetime": {"maximum": "2024-01-01T00:00:00Z"},
    }
    bound = bounds[kind]
    assert column(kind, **bound).encode(cells) == ["null"] * len(cells)
    required = column(kind, **bound, required=True)
    assert error(required, *cells) == "col: a value is required, got none"


def test_missing_values_stay_in_their_places() -> None:
    assert values(column("integer"), "1", "", "2", "NA", "3") == [1, None, 2, None, 3]


def test_a_missing_value_s_own_outer_blanks_count_as_little() -> None:
    assert values(column(missing=frozenset({" - "})), "-", " -", "a") == [None, None, "a"]


def test_what_is_got_is_shown_so_that_nothing_is_overlooked() -> None:
    assert error(column("integer"), "1\u200b2") == (
        'col: expected a whole number of at most 38 digits, got "1<U+200B>2"'
    )


def test_only_the_schema_s_missing_values_are_missing() -> None:
    assert values(column(missing=frozenset({"-"})), "", "-", "NA") == ["", None, "NA"]
    assert values(column(missing=frozenset()), "") == [""]


@pytest.mark.parametrize("missing", [MISSING, frozenset({"-"}), frozenset()])
@pytest.mark.parametrize("cell", ["", " ", "\t\n", "\u3000", "\u200b", "\ufe0f\u2800"])
def test_an_empty_key_is_missing_whatever_the_schema_says(missing: frozenset[str], cell: str) -> None:
    # DynamoDB refuses empty keys.
    assert error(column(key=True, missing=missing), cell) == "col: a value is required, got none"


def test_the_key_is_normalised_before_it_is_checked() -> None:
    assert values(column(form="email", key=True, maxLength=7), " Ab@C.De\t") == ["ab@c.de"]
    assert values(column(key=True), " Jose\u0301 ") == ["José"]
    assert values(column("integer", key=True), " 007 ") == [7]
    uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    assert values(column(form="uuid", key=True), uuid.upper(), uuid) == [uuid, uuid]
    assert values(column(form="uuid"), uuid.upper()) == [uuid.upper()]


@given(st.text(max_size=8), st.sampled_from(["default", "email"]))
def test_a_normalised_key_stays_as_it_is(text: str, form: str) -> None:
    of = column(form=form, key=True)
    try:
        (once,) = values(of, text)
    except CellError:
        return
    assert values(of, once) == [once]
    assert unicodedata.is_normalized("NFC", once)
    assert values(of, f" {text}\n") == [once]


@pytest.mark.parametrize(("character", "most"), [("x", 2048), ("é", 1024), ("😀", 512)])
def test_a_key_is_at_most_what_dynamodb_takes(character: str, most: int) -> None:
    assert values(column(key=True), character * most) == [character * most]
    assert "a key of at most 2,048 bytes" in error(column(key=True), character * (most + 1))
    assert values(column(), character * (most + 1)) == [character * (most + 1)]


COLUMNS: Sequence[Column] = [
    column(),
    column(key=True, maxLength=3),
    column("string", "email", key=True),
    column("integer", minimum=0, required=True),
    column("number", maximum=5),
    column("boolean", enum=[True]),
    column("date"),
]


@given(
    st.sampled_from(COLUMNS),
    st.lists(
        st.sampled_from(
            [
                "",
                " ",
                "\u200b",
                "NA",
                "a",
                " a",
                "\u00a0a",
                "1",
                " 2 ",
                "true",
                "0",
                "a@b.co",
                "abcd",
                "-1",
                "7",
            ]
        ),
        min_size=1,
    ),
)
def test_a_block_of_cells_is_encoded_as_each_by_itself(of: Column, cells: list[str]) -> None:
    singly: list[str] = []
    bad = 0
    for cell in cells:
        try:
            singly += of.encode([cell])
        except CellError:
            bad += 1
    if bad:
        with pytest.raises(CellError):
            of.encode(cells)
    else:
        assert of.encode(cells) == singly


@given(st.sampled_from(COLUMNS), st.text(max_size=10))
def test_whatever_a_cell_holds_it_is_json_or_a_cell_error(of: Column, cell: str) -> None:
    try:
        (encoded,) = of.encode([cell])
    except CellError:
        assert error(of, cell).startswith("col: ")
    else:
        assert encoded.isascii()
        json.loads(encoded)
