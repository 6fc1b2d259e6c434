import time
import tracemalloc
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.schema import header_name
from lambdas.csvfile.header import DELIMITERS, Header, ImportRejectedError, find_delimiter, read_header
from lambdas.csvfile.no_header import NO_HEADER
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions

from ...helpers.csv_files import USERS, schema_of
from ...helpers.examples import examples


def rejection(*cells: str, options: ReadOptions = DEFAULT_OPTIONS) -> str:
    with pytest.raises(ImportRejectedError) as rejected:
        read_header(cells, USERS, options=options)
    return str(rejected.value)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    "cells",
    [
        ["email", "first_name"],
        ["a,b", "email", "x;y;z", "first_name", "t\tt", "p|p|p"],
        ["email", "first_name", "a line\nbreak"],
        [" Email ", '"FIRST_NAME"'],
        [" E-Mail ", '  "first\u200b.name" '],
    ],
)
def test_the_delimiter_is_the_one_that_finds_the_columns(delimiter: str, cells: list[str]) -> None:
    quoted = [f'"{cell}"' if set(cell) & {*DELIMITERS, "\n"} else cell for cell in cells]
    header = delimiter.join(quoted)
    assert find_delimiter(f"{header}\na,b;c;d|e|f\tg\n", USERS) == delimiter
    assert find_delimiter(f"\r\n \n{header}", USERS) == delimiter
    assert find_delimiter("\n".join([delimiter * 3, delimiter * 2]), USERS) == delimiter
    assert find_delimiter(f"{delimiter * 3}\n\u200b{delimiter} \n{header}", USERS) == delimiter


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
    assert header.names == header.cells == tuple(name.strip() for name in upper)
    assert header.unknown == []


@examples(30)
@given(st.permutations(USERS.columns), st.data())
def test_case_blanks_and_what_shows_nothing_do_not_count(columns: list[str], data: st.DataObject) -> None:
    def spelt(name: str) -> str:
        between = st.text(st.sampled_from("_-. \u200b\u00a0\ufeff\xad\u3164\t\ufe0f"), max_size=2)
        letters = [data.draw(st.sampled_from([char, char.upper()])) for char in name.replace("_", "")]
        return "".join(data.draw(between) + letter for letter in letters) + data.draw(between)

    header = read_header([spelt(name) for name in columns], USERS)
    assert header.positions == {name: columns.index(name) for name in USERS.columns}


def test_aliases_are_names() -> None:
    plain = schema_of({"name": "first_name"}, {"name": "city"})
    key, name, city = plain.fields
    schema = replace(plain, fields=(key, replace(name, aliases=("Vorname", "Given Name")), city))
    assert read_header(["GIVEN_NAME", "id"], schema).positions == {"id": 1, "first_name": 0}
    with pytest.raises(ImportRejectedError, match=r"twice: Vorname and First name \(first_name\)\. Leave"):
        read_header(["Vorname", "id", "First name"], schema)
    assert read_header(["given_nam", "id"], schema).nearest == {"given_nam": "first_name"}
    assert read_header(["Vorname", "given_nam", "id"], schema).nearest == {}


def test_unknown_columns_are_named_and_nameless_ones_are_not() -> None:
    header = read_header(
        ["", "Shoe size ", "email", " ", "first_name", "_LINE", "_reason", "-", "x", ""], USERS
    )
    assert header.unknown == ["Shoe size", "-", "x"]
    assert header.original == [0, 1, 2, 3, 4, 7, 8, 9]
    assert header.report == {"_line": 5, "_reason": 6}


def test_columns_that_nobody_reads_may_have_one_name() -> None:
    header = read_header(["x", "email", "first_name", "X", "x", "Phone-Home", "phone home"], USERS)
    assert header.positions == {"email": 1, "first_name": 2}
    assert header.unknown == ["x", "X", "x", "Phone-Home", "phone home"]


def test_unknown_columns_have_the_nearest_that_the_file_lacks() -> None:
    header = read_header(["email", "first_name", "e mial", "compny", "Shoe size"], USERS)
    assert header.nearest == {"compny": "company"}


@pytest.mark.parametrize("name", ["line", "Line", "reason", "ROW", "Re-ason", "_reason_", "import_id"])
def test_the_report_s_columns_are_compared_to_the_letter(name: str) -> None:
    header = read_header(["email", "first_name", name, "_Line", "_reason ", "_ROW"], USERS)
    assert header.unknown == [name]
    assert header.original == [0, 1, 2]
    assert header.report == {"_line": 3, "_reason": 4, "_row": 5}


def test_a_schema_s_column_is_not_the_report_s_of_that_name() -> None:
    schema = schema_of({"name": "line"}, {"name": "Reason"})
    assert read_header(["id", "_line", "_reason", "LINE"], schema).positions == {"id": 0, "line": 3}


@pytest.mark.parametrize("surplus", [[""], ["", " ", "\u200b"], ["\ufeff"] * 50])
def test_empty_cells_at_its_end_are_no_columns(surplus: list[str]) -> None:
    header = read_header(["email", "", "first_name", *surplus], USERS)
    assert header.names == ("email", "", "first_name")
    assert header.cells == (*header.names, *[""] * len(surplus))
    assert header.unknown == []
    assert header.original == list(range(3 + len(surplus)))  # what stands under them is the uploader's, too


def test_a_read_header_s_cells_come_to_the_same_header() -> None:
    header = read_header(["email", " First\u200bName", "Compny", "_line", "", ""], USERS)
    assert read_header(header.cells, USERS) == header


def test_more_columns_than_may_be_are_told_with_the_setting() -> None:
    cells = ["email", "first_name", "", ""]
    two = read_header(
        ["email", "first_name", "_line", "_reason", "_row"], USERS, options=ReadOptions(max_columns=2)
    )
    assert two.names[:2] == ("email", "first_name")  # a report's columns are no more than its file's
    assert read_header(cells, USERS, options=ReadOptions(max_columns=4)).names == ("email", "first_name")
    with pytest.raises(ImportRejectedError) as rejected:
        read_header(cells, USERS, options=ReadOptions(max_columns=3))
    assert str(rejected.value) == (
        "the header has more columns than max_columns (3; setting maxColumns):"
        " delete those that are not needed, or raise that"
    )


def test_of_a_header_of_a_million_cells_nothing_is_made() -> None:
    cells = [""] * 1_000_001
    tracemalloc.start()
    try:
        with pytest.raises(
            ImportRejectedError, match=r"more columns than max_columns \(1,000; setting maxColumns\)"
        ):
            read_header(cells, USERS)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_header_in_the_encoding_is_decoded() -> None:
    schema = schema_of({"name": "prénom"})
    cells = ["id", "pr\udce9nom"]
    assert read_header(cells, schema, options=ReadOptions(encoding="latin-1")).names == ("id", "prénom")
    with pytest.raises(ImportRejectedError) as rejected:
        read_header(["id", "\udc81"], schema, options=ReadOptions(encoding="windows-1252"))
    assert str(rejected.value) == (
        "the header holds bytes that are neither UTF-8 nor windows-1252: save the file as UTF-8"
    )


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
        (["emial", "note"], ["lacks the columns email, first_name:", "found emial (nearest: email), note"]),
        (
            ["first name", "\u0435mail"],
            ["lacks the column email:", "found first name, <U+0435>mail (nearest:"],
        ),
        (["x\u200by", "z"], ["found x<U+200B>y, z"]),
        (["sep=", ""], ["lacks the columns email, first_name:", "found sep="]),
        ([""], ["lacks the columns email, first_name:"]),
        (["email", "first_name", "E\u200b-Mail "], ["twice: email and E<U+200B>-Mail (email). Leave one"]),
        (
            ["First Name", "email", "first-name", "E.mail"],
            ["First Name and first-name (first_name); email and"],
        ),
        (["email", "first_name", "_line", "_Line"], ["twice: _line and _Line."]),
        (["email", "first_name", "", "a\x07"], ["column 4 of the header: U+0007 is a control"]),
        (["e\0m\0a\0i\0l"], ["no CSV", "UTF-8"]),
        (
            ["email", "first_name", "pr\udce9nom"],
            ["the header holds bytes that are not UTF-8", "set encoding"],
        ),
    ],
)
def test_what_is_no_header_is_told_what_is_wrong(cells: list[str], parts: list[str]) -> None:
    reason = rejection(*cells)
    for part in parts:
        assert part in reason


@pytest.mark.parametrize(
    ("cells", "found", "advice"),
    [
        (
            ["Ada", "ada@example.com"],
            "what looks like data: cell 2 of 2 is an e-mail address",
            f". {NO_HEADER}",
        ),
        (["Ada", "4711"], "what may be data: cell 2 of 2 is a number", ""),
        (["+49 30 1234", "Ada", "31.12.2025"], "what may be data: cell 1 of 3 is a number", ""),
        (["Ada", "Lovelace"], "Ada, Lovelace", ""),
        (["email", "ada@example.com"], "what looks like data: cell 2 of 2 is an e-mail address", None),
    ],
)
def test_what_may_be_data_is_not_quoted(cells: list[str], found: str, advice: str | None) -> None:
    with pytest.raises(ImportRejectedError) as rejected:
        read_header(cells, USERS)
    assert str(rejected.value).endswith(f"company, plan, joined_on, found {found}")
    assert rejected.value.advice == (f". {NO_HEADER}" if advice is None else advice)


def test_a_control_character_is_told_without_its_cell() -> None:
    told = rejection("ada@example.com", "Ada\x07")
    assert told == "column 2 of the header: U+0007 is a control character, which is no text"


@pytest.mark.parametrize("cells", [[f"column{n}" for n in range(20_000)], ["x" * 1_000_000], ["ab"] * 20_000])
def test_a_huge_header_is_refused_quickly_and_in_few_words(cells: list[str]) -> None:
    many = ReadOptions(max_columns=1_000_000)
    started = time.process_time()
    assert len(rejection(*cells, options=many)) < 2_000
    assert len(rejection(*cells, *cells, options=many)) < 3_000
    assert time.process_time() - started < 10


def test_a_huge_header_s_parts_are_found_quickly() -> None:
    started = time.process_time()
    cells = ["email", "first_name", *(f"column{n}" for n in range(20_000))]
    header = read_header(cells, USERS, options=ReadOptions(max_columns=1_000_000))
    assert len(header.unknown) == 20_000
    assert len(header.original) == 20_002
    assert time.process_time() - started < 5


@given(st.text())
def test_a_name_is_compared_the_same_however_often_it_was_prepared(name: str) -> None:
    assert header_name(header_name(name)) == header_name(name)
    assert header_name(f" -{name}_\t") == header_name(name)
