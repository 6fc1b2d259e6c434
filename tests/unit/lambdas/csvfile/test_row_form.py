"""The form of rows: text, as wide as the header but for empty cells, and none that a report only names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.blocks import Block
from lambdas.csvfile.header import read_header
from lambdas.csvfile.row_form import RowForm
from lambdas.csvfile.validate import Parsed

from ...helpers.csv_files import schema_of
from ...helpers.encoded_rows import GOOD, HEADER, TYPED, accepted, encode, reasons


@pytest.mark.parametrize(
    ("row", "got"),
    [(["x"], 1), ([*GOOD, "y"], 5), ([*GOOD, "", " y", ""], 7), (["x", "1", "2024-02-29"], 3), (["", ""], 2)],
)
def test_a_row_of_another_width_is_rejected_alone(row: list[str], got: int) -> None:
    parsed = encode(GOOD, row, GOOD)
    assert [line for line, _ in accepted(parsed)] == [2, 6]
    assert reasons(parsed) == {4: f"expected 4 fields as in the header, got {got}"}
    assert parsed.rejects[0].cells == row
    assert parsed.rejects[0].kinds == ["expected 4 fields as in the header"]


BLANK_CELLS = st.lists(st.sampled_from(["", " ", "\u200b", "\u00a0\t"]), max_size=4)


@given(BLANK_CELLS, st.lists(BLANK_CELLS, min_size=1, max_size=4), st.booleans())
def test_empty_cells_at_the_end_of_rows_or_header_do_no_harm(
    of_header: list[str], of_rows: list[list[str]], other: bool
) -> None:
    rows = [[*GOOD, *blanks] for blanks in of_rows]
    bad = [["x", "1", "2024-02-29"]] if other else []
    parsed = encode(*rows, *bad, header=[*HEADER, *of_header])
    assert [line for line, _ in accepted(parsed)] == [2 * n + 2 for n in range(len(rows))]
    assert {str(values) for _, values in accepted(parsed)} == {str(accepted(encode(GOOD))[0][1])}
    assert [each.cells for each in parsed.rejects] == bad


def block(rows: list[list[str]]) -> Block:
    """Some rows, each a line."""
    return Block(list(range(2, len(rows) + 2)), rows)


def test_rows_with_as_many_surplus_blanks_are_cut_together() -> None:
    form = RowForm(read_header([*HEADER, ""], TYPED), None)
    assert form.fit_all(block([[*GOOD, "a", "", " "], [*GOOD, "b", "\u200b", ""]])) == [
        [*GOOD, "a"],
        [*GOOD, "b"],
    ]
    assert form.fit_all(block([[*GOOD, "a", "", " "], [*GOOD, "b", "c", ""]])) is None
    assert form.fit_all(block([[*GOOD, "a", ""], [*GOOD, "b"]])) is None
    rows = [[*GOOD, "a"], [*GOOD, "\t"]]
    assert form.fit_all(block(rows)) is rows


@pytest.mark.parametrize("rows", [[[*GOOD, "", "a", "b"]], [[*GOOD, "", "a", "b"], GOOD]])
def test_what_stands_under_the_header_s_empty_cells_is_ignored(rows: list[list[str]]) -> None:
    assert encode(*rows, header=[*HEADER, "", "", " "]).rejects == []
    assert list(reasons(encode(*rows, header=[*HEADER, "", ""]))) == [2]


@pytest.mark.parametrize("position", [0, 3, 4, 5, 6])
def test_bytes_that_are_not_utf8_reject_their_row_in_any_column(position: int) -> None:
    header = [*HEADER, "other", "", ""]
    row = ["x", "1", "2024-02-29", "free", "unknown column", "nameless", "at the end"]
    bad = [*row]
    bad[position] = "caf\udce9"
    parsed = encode(row, bad, row, header=header)
    assert [line for line, _ in accepted(parsed)] == [2, 6]
    how = "save the file as UTF-8, or set encoding (such as windows-1252)"
    assert reasons(parsed)[4] == f"the row holds bytes that are not UTF-8: {how}"
    assert parsed.rejects[0].cells == bad


@pytest.mark.parametrize(
    ("position", "name"),
    [(0, "id"), (3, "Plan"), (4, "x<U+200B>y"), (5, "column 6"), (6, "column 7"), (7, "column 8")],
)
@pytest.mark.parametrize(
    ("control", "code"), [("\0", "0000"), ("\x1b[31m", "001B"), ("\x85", "0085"), ("é\x7f", "007F")]
)
def test_a_control_character_rejects_its_row_in_any_column(
    position: int, name: str, control: str, code: str
) -> None:
    header = ["id", "n", "day", " Plan ", "x\u200by", "", "", ""]

    row = ["x", "1", "2024-02-29", "free", *"abcd"]
    bad = [*row]
    bad[position] += control
    parsed = encode(row, bad, row, header=header)
    assert [line for line, _ in accepted(parsed)] == [2, 6]
    reason = f"{name}: U+{code} is a control character, which is no text"
    assert reasons(parsed) == {4: reason}
    assert parsed.rejects[0].kinds == [reason]
    assert parsed.rejects[0].cells == bad


def test_every_column_with_a_control_character_is_named() -> None:
    row = ["a\x1b\x07", "1", "2024-02-29", "\x07"]
    kinds = [
        "id: U+001B is a control character, which is no text",
        "plan: U+0007 is a control character, which is no text",
    ]
    (reject,) = encode(row).rejects
    assert (reject.reason, list(reject.kinds)) == ("; ".join(kinds), kinds)


def test_tabs_and_line_breaks_are_text() -> None:
    schema = schema_of({"name": "a"})
    assert accepted(encode(["x", "a\tb\r\nc"], schema=schema, header=["id", "a"])) == [
        (2, {"id": "x", "a": "a\tb\r\nc"})
    ]


def test_a_row_in_another_encoding_is_decoded_whole() -> None:
    rows = [
        ["M\udcfcller", "1", "", "free", "\udcdf"],
        ["ü", "2", "", "free", "ß"],
        ["\udc81", "1", "", "free", ""],
    ]
    parsed = encode(*rows, header=[*HEADER, "other"], encoding="windows-1252")
    assert [values["id"] for _, values in accepted(parsed)] == ["Müller", "ü"]
    assert reasons(parsed) == {
        6: "the row holds bytes that are neither UTF-8 nor windows-1252: save the file as UTF-8"
    }
    assert parsed.rejects[0].cells == rows[2]


def test_a_decoded_row_s_cells_are_those_that_it_is_rejected_with() -> None:
    cells = ["M\udcfcller", "-1", "", "free"]
    (reject,) = encode(cells, encoding="windows-1252").rejects
    assert list(reject.cells) == ["Müller", "-1", "", "free"]
    (reject,) = encode([*cells, "\udcdf"], encoding="windows-1252").rejects
    assert list(reject.cells) == ["Müller", "-1", "", "free", "ß"]


REPORT = [*HEADER, "_line", "_REASON", " _row "]


def report(*cells: str, encoding: str | None = None) -> Parsed:
    return encode([*GOOD, "7", "", ""], [*cells], header=REPORT, encoding=encoding)


def test_a_report_s_row_that_was_corrected_is_accepted() -> None:
    parsed = report(*GOOD, "9", "n: expected a number, got caf\ufffd", " \u200b")
    assert [line for line, _ in accepted(parsed)] == [2, 4]


def test_a_report_s_row_that_is_not_split_is_rejected_again() -> None:
    (reject,) = report("", "", "", "", "9", "a quote …", 'x,"1,2\x07\ufffd').rejects
    assert (reject.line, reject.reason) == (
        4,
        "the row could not be read: write what _row has into its columns, and empty that",
    )
    (reject,) = report(*GOOD, "9", "a quote …", "x").rejects
    assert reject.kinds == ["the row could not be read: write what _row has into its columns, and empty that"]


def test_a_report_s_row_with_what_was_no_text_is_rejected_again() -> None:
    for position in (0, 3):
        cells = [*GOOD]
        cells[position] += "\ufffd"
        (reject,) = report(*cells, "9", "bytes …", "").rejects
        assert reject.reason == f"{HEADER[position]}: U+FFFD stands for bytes that were no text: replace it"


def test_a_report_s_surplus_cells_reject_their_row_again() -> None:
    (reject,) = report(*GOOD, "9", "expected 4 fields …", "", "Countess").rejects
    assert reject.reason == "expected 4 fields as in the header, got 5"


def test_elsewhere_u_fffd_is_text() -> None:
    assert encode(["caf\ufffd", *GOOD[1:]]).rejects == []


def test_a_control_character_is_named_beside_other_faults() -> None:
    named = f"{HEADER[0]}: U+001B is a control character, which is no text"
    short, wide, bytes_ = encode(["\x1b"], ["\x1b", *GOOD], ["\x1b", *GOOD[1:-1], "\udcf6"]).rejects
    assert short.reason == f"{named}; expected 4 fields as in the header, got 1"
    assert wide.reason == f"{named}; expected 4 fields as in the header, got 5"
    assert bytes_.reason.startswith(f"{named}; the row holds bytes that are not UTF-8")


def test_u_fffd_in_a_column_that_is_not_read_is_the_uploader_s() -> None:
    header = [*HEADER, "note", "_line", "_reason", "_row"]
    assert encode([*GOOD, "caf\ufffd", "7", "", ""], header=header).rejects == []
    assert encode(["\ufffd", *GOOD[1:], "7"], header=[*HEADER, "_line"]).rejects == []
