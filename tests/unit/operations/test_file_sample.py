"""A file's first rows, and what a draft tells of those that could not be read."""

from pathlib import Path

import pytest

import operations.file_sample
from lambdas.core.schema import parse_schema
from lambdas.csvfile.options import ReadOptions
from operations.errors import OperationError
from operations.file_sample import read_sample
from operations.schema_draft import SchemaDraft, draft_schema

from ..helpers.csv_files import parse


def draft(folder: Path, text: str) -> SchemaDraft:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return draft_schema(read_sample(path), "people.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "id,n\n1,1\n2,2,2\n3,3\n",
            "looked at 2 of 3 rows; 1 could not be read: expected 2 fields as in the header (line 3)",
        ),
        (
            "id,n\n1\n2,\a\n3\n4,4\n",
            "looked at 1 of 4 rows; 3 could not be read, most often:"
            " expected 2 fields as in the header (lines 2, 4)",
        ),
    ],
)
def test_rows_that_could_not_be_read_are_counted_with_the_reason(
    tmp_path: Path, text: str, told: str
) -> None:
    assert draft(tmp_path, text).notes == [told]


def test_a_file_without_a_row_that_can_be_read_names_the_reason(tmp_path: Path) -> None:
    with pytest.raises(OperationError) as refused:
        draft(tmp_path, "id,n\n1\n2\n")
    assert str(refused.value) == (
        "people.csv: no row could be looked at; 2 could not be read:"
        " expected 2 fields as in the header (lines 2, 3)."
    )


@pytest.mark.parametrize("other", ["Phone-Home", "phone  home", "Phone Home"])
def test_columns_of_one_name_are_all_left_out(tmp_path: Path, other: str) -> None:
    drafted = draft(tmp_path, f"id,Phone Home,{other}\n1,2,3\n")
    same = f"is the same name as {other!r} (case, blanks, _ - . do not count)"
    assert f"left out 'Phone Home': {same}" in drafted.notes
    path = tmp_path / "people.csv"
    assert len(parse(path.read_bytes(), parse_schema(drafted.document)).accepted) == 1


def test_blanks_by_the_header_s_quotes_are_no_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('email, "First Name" , "Work, City"\na@b.de,Ada,Rome\n', encoding="utf-8")
    assert list(read_sample(path).columns) == ["email", "First Name", "Work, City"]


def test_the_header_is_read_in_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("id,prénom\n1,Zoé\n2,Bob\n".encode("latin-1"))
    sample = read_sample(path, ReadOptions(encoding="latin-1"))
    assert (sample.columns, sample.unreadable) == ({"id": ["1", "2"], "prénom": ["Zoé", "Bob"]}, 0)
    with pytest.raises(OperationError, match="the header holds bytes that are not UTF-8"):
        read_sample(path)


@pytest.mark.parametrize("encoding", ["gbk", "shift_jis"])
def test_a_header_of_several_bytes_a_character_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("id|名|ポ\n1|弘|ポール\n".encode(encoding))
    sample = read_sample(path, ReadOptions(encoding=encoding))
    assert sample.columns == {"id": ["1"], "名": ["弘"], "ポ": ["ポール"]}


def test_a_header_that_is_utf8_too_is_read_as_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    for encoding, names, cell in [("gbk", ["id", "伟"], "陈"), ("utf-8-sig", ["id", "é"], "x")]:
        path.write_text(f"{','.join(names)}\n1,{cell}\n", encoding=encoding)
        assert list(read_sample(path, ReadOptions(encoding="gbk")).columns) == names


@pytest.mark.parametrize(
    ("cell", "what"), [("person0@example.com", "an e-mail address"), ("2025-12-31", "a date")]
)
def test_a_first_row_that_looks_like_data_is_no_header(tmp_path: Path, cell: str, what: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"Ada,{cell}\nBob,{cell}\n", encoding="utf-8")
    with pytest.raises(OperationError) as refused:
        read_sample(path)
    assert str(refused.value) == (
        f"{path}: the first row looks like data (cell 2 of 2 is {what})."
        " The file seems to have no header: write one above its first row."
    )


def test_unreadable_rows_are_told_where_a_draft_is_of_the_first_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations.file_sample, "SAMPLE_ROWS", 1)
    path = tmp_path / "people.csv"
    path.write_text("id,n\n1\n2,2\n3,3\n", encoding="utf-8")
    told = "looked at the first 1 row; 1 could not be read: expected 2 fields as in the header (line 2)"
    assert draft_schema(read_sample(path), "people.csv").notes == [told]
