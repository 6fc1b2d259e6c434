import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.schema import header_name
from lambdas.csvfile.header import DELIMITERS, Header, ImportRejectedError, find_delimiter, read_header

from ...helpers.csv_files import USERS, schema_of


def rejection(*cells: str) -> str:
    with pytest.raises(ImportRejectedError) as rejected:
        read_header(cells, USERS)
    return str(rejected.value)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    "cells",
    [
        ["email", "first_name"],
        ["a,b", "email", "x;y;z", "first_name", "t\tt", "p|p|p"],
        ["email", "first_name", "a line\nbreak"],
        [" Email ", '"FIRST_NAME"'],
    ],
)
def test_the_delimiter_is_the_one_that_finds_the_columns(delimiter: str, cells: list[str]) -> None:
    quoted = [f'"{cell}"' if set(cell) & {*DELIMITERS, "\n"} else cell for cell in cells]
    header = delimiter.join(quoted)
    assert find_delimiter(f"{header}\na,b;c;d|e|f\tg\n", USERS) == delimiter
    assert find_delimiter(f"\r\n \n{header}", USERS) == delimiter


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("one;two;three\n", ";"),
        ("email;notes, such as these, and more, with commas\n", ";"),
        ("email\n", ","),
        ("", ","),
        ("\n\n", ","),
    ],
)
def test_without_columns_of_the_schema_the_most_columns_decide(sample: str, delimiter: str) -> None:
    assert find_delimiter(sample, USERS) == delimiter


@given(st.permutations(USERS.columns))
def test_columns_are_found_in_any_order_case_and_spacing(columns: list[str]) -> None:
    upper = [name.upper() if n % 2 else f" {name.title()}\t" for n, name in enumerate(columns)]
    header = read_header(upper, USERS)
    assert header.positions == {name: columns.index(name) for name in USERS.columns}
    assert header.names == tuple(name.strip() for name in upper)
    assert header.unknown == []


def test_unknown_columns_are_named_and_nameless_ones_are_not() -> None:
    header = read_header(["", "Shoe size ", "email", " ", "first_name", "_LINE", "_reason", "e-mail"], USERS)
    assert header.unknown == ["Shoe size", "e-mail"]
    assert header.original == [0, 1, 2, 3, 4, 7]


def test_optional_columns_may_lack() -> None:
    assert read_header(["first_name", "email"], USERS) == Header(
        ("first_name", "email"), {"email": 1, "first_name": 0}
    )


def test_accents_may_be_composed_or_not() -> None:
    schema = schema_of({"name": "prénom"})
    header = read_header(["id", unicodedata.normalize("NFD", "PRÉNOM")], schema)
    assert header.positions["prénom"] == 1


@pytest.mark.parametrize(
    ("cells", "parts"),
    [
        (["first_name"], ["lacks the column email:", "found first_name"]),
        (["e-mail", "name"], ["lacks the column email, first_name:", "found e-mail, name"]),
        (["sep=", ""], ["lacks the column email, first_name:", "found sep="]),
        ([""], ["lacks the column email, first_name:"]),
        (["email", "first_name", "Email "], ["twice: email."]),
        (["email", "first_name", "x", "y", "Y", "X"], ["twice: x, y."]),
        (["email", "first_name", "_line", "_Line"], ["twice: _line."]),
        (["e\0m\0a\0i\0l"], ["no CSV", "UTF-8"]),
        (["email", "first_name", "pr\udce9nom"], ["no CSV", "UTF-8"]),
    ],
)
def test_what_is_no_header_is_told_what_is_wrong(cells: list[str], parts: list[str]) -> None:
    reason = rejection(*cells)
    for part in parts:
        assert part in reason


@pytest.mark.parametrize(
    "cells", [[f"column{n}" for n in range(200_000)], ["x" * 1_000_000], ["ab"] * 200_000]
)
def test_a_huge_header_is_refused_quickly_and_in_few_words(cells: list[str]) -> None:
    started = time.process_time()
    assert len(rejection(*cells)) < 2_000
    assert len(rejection(*cells, *cells)) < 2_000
    assert time.process_time() - started < 5


def test_a_huge_header_s_parts_are_found_quickly() -> None:
    started = time.process_time()
    header = read_header(["email", "first_name", *(f"column{n}" for n in range(200_000))], USERS)
    assert len(header.unknown) == 200_000
    assert len(header.original) == 200_002
    assert time.process_time() - started < 5


@given(st.text())
def test_a_name_is_compared_the_same_however_often_it_was_prepared(name: str) -> None:
    assert header_name(header_name(name)) == header_name(name)
    assert header_name(f" {name}\t") == header_name(name)
