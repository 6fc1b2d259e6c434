import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import DELIMITERS, ImportRejectedError
from lambdas.csvfile.header_search import columns_below, sep_line_delimiter
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions

from ...helpers.csv_files import USERS, parse

QUOTES_LETTERS_DIGITS = f"\"'{string.ascii_letters}{string.digits} "
SEPARATORS = sorted({"\t", *map(chr, range(0x20, 0x7F))} - {*QUOTES_LETTERS_DIGITS})
SEP_LINES = ["sep={}\r\n", "SEP={}\n", '"sep={}"\r', "Sep={}", " sep={} \n"]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("line", SEP_LINES)
def test_a_sep_line_sets_the_delimiter(line: str, separator: str) -> None:
    assert sep_line_delimiter(line.format(separator) + "a,b\n" * (line[-1] in "\r\n")) == separator


@pytest.mark.parametrize(
    "sample",
    ["", "sep=", "sep=\n;", "sep=;x\n", "a\nsep=;\n", "xsep=;\n", "sep=\x1b\n", "sep=é\n"]
    + [f"sep={char}\n" for char in QUOTES_LETTERS_DIGITS],
)
def test_other_lines_set_none(sample: str) -> None:
    assert sep_line_delimiter(sample) is None


@pytest.mark.parametrize("separator", sorted({*SEPARATORS} - {*"@._"}))  # which the cells have
def test_a_sep_line_is_skipped_and_counted(separator: str) -> None:
    rows = [f"sep={separator}", "email|first_name", "ada@example.com|Ada", "bob@example.com|"]
    outcome = parse("\r\n".join(row.replace("|", separator) for row in rows).encode())
    assert outcome.accepted == [(3, {"email": "ada@example.com", "first_name": "Ada"})]
    assert [(each.line, list(each.cells)) for each in outcome.rejects] == [(4, ["bob@example.com", ""])]


def rejection(text: str, options: ReadOptions = DEFAULT_OPTIONS) -> str:
    with pytest.raises(ImportRejectedError) as rejected:
        open_csv("t.csv", [text.encode("latin-1")], USERS, options=options)
    return str(rejected.value)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    ("above", "hint"),
    [
        (["Report of today"], "The columns stand in line 2: delete line 1 above it"),
        (["Report", ""], "The columns stand in line 3: delete lines 1 to 2 above it"),
        (["", "Report, as of; today"], "The columns stand in line 3: delete lines 1 to 2 above it"),
        (["# a comment", *["#"] * 18], "The columns stand in line 20: delete lines 1 to 19 above it"),
        (["R\xe4port"], "The columns stand in line 2: delete line 1 above it"),
        (["Report,Report"], "The columns stand in line 2: delete line 1 above it"),
        (['"Report" of today'], "The columns stand in line 2: delete line 1 above it"),
        (["sep=^", "Report"], "The columns stand in line 3: delete line 2 above it"),
        (["sep=^", "Report", ""], "The columns stand in line 4: delete lines 2 to 3 above it"),
    ],
)
def test_columns_further_down_are_found(above: list[str], hint: str, delimiter: str) -> None:
    header = delimiter.join(["Email", "x", " First Name "])
    for end in ("\n", "\r\n", "\r"):
        assert rejection(end.join([*above, header, "1"])).endswith(f". {hint}")


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_blanks_by_the_quotes_of_columns_further_down_do_not_count(delimiter: str) -> None:
    header = delimiter.join(["Email", ' "x\ny" ', ' "First Name" ', f'\u00a0"a{delimiter} b" '])
    told = "The columns stand in line 2: delete line 1 above it"
    assert rejection(f"Report\n{header}\n1").endswith(told)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["Report"] * 20 + ["email,first_name"]),
        "Report\nemail,last_name",
        "email,email,first_name\n",
        "\n\nemail,email,first_name\n",
        "Report",
    ],
)
def test_where_no_columns_stand_below_nothing_is_said_of_it(text: str) -> None:
    assert "stand in" not in rejection(text)


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ('sep=","', ","),
        ("sep = ;", ";"),
        ("\u200bsep=;;;", ";"),
        ('"sep=,",,', ","),
        ("sep=\\t", "\t"),
        ("sep=;\xa0", ";"),
    ],
)
def test_a_line_that_sets_the_delimiter_may_be_written_in_many_ways(line: str, delimiter: str) -> None:
    assert sep_line_delimiter(f"{line}\r\nemail") == delimiter


def test_columns_in_the_encoding_are_found() -> None:
    text = "Report\nEmail,First\xa0name\n"
    for encoding in (None, "latin-1"):  # without it, the header is told of once it is the first line
        assert "columns stand in line 2" in rejection(text, ReadOptions(encoding=encoding))


def test_of_a_transform_s_columns_one_is_enough() -> None:
    def below(*, may_lack: bool) -> str:
        return columns_below("x\nlast_name\n", 1, ",", USERS, may_lack=may_lack, options=DEFAULT_OPTIONS)

    assert below(may_lack=True) == ". The columns stand in line 2: delete line 1 above it"
    assert below(may_lack=False) == ""


def test_too_many_columns_further_down_are_not_looked_at() -> None:
    text = "Report\nemail,first_name,x\n"
    assert "stand in line 2" in rejection(text, ReadOptions(max_columns=3))
    assert "stand in" not in rejection(text, ReadOptions(max_columns=2))


@given(st.text(st.sampled_from('a,;"\n\r\t= sep|emailfirst_name'), max_size=60))
def test_whatever_stands_there_is_searched(text: str) -> None:
    assert isinstance(columns_below(text, 1, ",", USERS, may_lack=False, options=DEFAULT_OPTIONS), str)


@pytest.mark.parametrize("first", [",,,", "sep=,"])
def test_columns_by_another_delimiter_than_the_lines_above_are_found(first: str) -> None:
    told = rejection(f"{first}\nemail;first_name\na@b.co;A\n")
    assert told.endswith(". The columns stand in line 2: delete line 1 above it")
