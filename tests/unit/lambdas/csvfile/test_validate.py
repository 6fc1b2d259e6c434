import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.aws.limits import DYNAMODB_ITEM_BYTES
from lambdas.core.chunk import MAX_ROW_BYTES
from lambdas.csvfile.blocks import Block, UnreadableRow
from lambdas.csvfile.header import read_header
from lambdas.csvfile.validate import Parsed, Reject, RowEncoder

from ...helpers.csv_files import TEXTS, schema_of
from ...helpers.encoded_rows import GOOD, HEADER, TYPED, accepted, encode, reasons


def test_rows_become_json_with_their_line_and_the_schema_s_columns() -> None:
    parsed = encode(GOOD, ["y", "", "", "team"])
    assert accepted(parsed) == [
        (2, {"id": "x", "n": 1, "day": "2024-02-29", "plan": "free"}),
        (4, {"id": "y", "n": None, "day": None, "plan": "team"}),
    ]
    assert parsed.rejects == []


def test_columns_are_taken_from_where_they_are_and_unknown_ones_left_out() -> None:
    header = ["PLAN", "shoe size", " n ", "ID"]
    parsed = encode(["free", "42", "7", "x"], header=header)
    assert accepted(parsed) == [(2, {"id": "x", "n": 7, "plan": "free"})]


def test_a_row_that_breaks_the_schema_is_rejected_alone_with_every_reason() -> None:
    parsed = encode(GOOD, ["", "-1", "soon", "gold"], GOOD, ["x", "1", "", ""], GOOD)
    assert [line for line, _ in accepted(parsed)] == [2, 6, 10]
    assert reasons(parsed) == {
        4: (
            'id: a value is required, got none; n: expected 0 or more, got "-1";'
            ' day: expected a date as YYYY-MM-DD, got "soon"; plan: expected one of free, team, got "gold"'
        ),
        8: "plan: a value is required, got none",
    }
    assert parsed.rejects[0].cells == ["", "-1", "soon", "gold"]


def test_a_problem_is_a_reject_without_cells() -> None:
    row = UnreadableRow(7, "unreadable from 7 to 8", "unreadable", 'its "text')
    parsed = RowEncoder(TYPED, read_header(HEADER, TYPED)).encode(row)
    assert parsed == Parsed(rejects=[Reject(7, [], "unreadable from 7 to 8", ["unreadable"], 'its "text')])


def test_an_empty_block_is_nothing() -> None:
    assert encode() == Parsed()


def test_column_names_may_hold_what_templates_and_json_use() -> None:
    names = ['100% "sure"', "{a}", "%s", "back\\slash", "ünï"]
    schema = schema_of(*({"name": name} for name in names))
    parsed = encode(["x", "1", "%d", "{}", "\\", '"'], schema=schema, header=["id", *names])
    assert accepted(parsed) == [
        (2, {"id": "x", **dict(zip(names, ["1", "%d", "{}", "\\", '"'], strict=True))})
    ]


values = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["", "", "1", "-1", "2024-02-29", "free", "gold", " x\u200b", "x\udc80", "\0", "\x1b"]),
)


@given(
    st.lists(st.lists(values, min_size=3, max_size=7), max_size=30),
    st.sampled_from([HEADER, [*HEADER, "", ""], [*HEADER, "_line"]]),
    st.sampled_from([None, "windows-1252"]),
    st.booleans(),
)
def test_a_block_comes_to_what_its_rows_come_to_by_themselves(
    rows: list[list[str]], header: list[str], encoding: str | None, even: bool
) -> None:
    if even:
        rows = [[*row, *[""] * 5][:6] for row in rows]
    encoder = RowEncoder(TYPED, read_header(header, TYPED), encoding=encoding)
    together = encoder.encode(Block(list(range(len(rows))), rows))
    singly = Parsed()
    for line, row in enumerate(rows):
        parsed = encoder.encode(Block([line], [row]))
        assert len(parsed.accepted) + len(parsed.rejects) == 1
        singly.accepted += parsed.accepted
        singly.rejects += parsed.rejects
    assert together == singly


plain = st.sampled_from(["", " ", "x", "1", "-1", "2024-02-29", " free", "gold", "'", "x" * 60_000])
REPORT = [*HEADER, "_line", "_reason", "_row"]


@given(
    st.sampled_from([4, 5, 7]).flatmap(
        lambda width: st.lists(
            st.one_of(
                st.tuples(*[plain] * width).map(list),
                *[plain.map(lambda more: [*GOOD, more, more, more][:width])] * 6,
            ),
            min_size=1,
            max_size=4,
        )
    ),
    st.sampled_from([HEADER, [*HEADER, ""], REPORT]),
)
def test_columns_come_to_what_their_rows_come_to(rows: list[list[str]], header: list[str]) -> None:
    encoder = RowEncoder(TYPED, read_header(header, TYPED))
    lines, columns = list(range(2, 2 + len(rows))), list(map(list, zip(*rows, strict=True)))
    by_columns = encoder.encode(Block(lines, plain=True, columns=columns))
    assert by_columns == encoder.encode(Block(lines, rows, plain=True))


def test_good_columns_are_never_made_into_rows() -> None:
    block = Block([2, 3], plain=True, columns=[[cell, cell] for cell in GOOD])
    parsed = RowEncoder(TYPED, read_header(HEADER, TYPED)).encode(block)
    assert [line for line, _ in accepted(parsed)] == parsed.lines == [2, 3]
    assert block._rows is None


def test_a_record_that_dynamodb_would_not_take_is_rejected_in_columns_too() -> None:
    columns = [["x", "y"], ["x" * DYNAMODB_ITEM_BYTES, "b"], ["", "c"]]
    encoder = RowEncoder(TEXTS, read_header(["id", "a", "b"], TEXTS))
    parsed = encoder.encode(Block([2, 3], plain=True, columns=columns))
    assert (parsed.lines, list(reasons(parsed))) == ([3], [2])


def large(text: str) -> Parsed:
    return encode(["x", text, ""], ["y", "b", "c"], schema=TEXTS, header=["id", "a", "b"])


@pytest.mark.parametrize(("character", "size"), [("x", 1), ("é", 2), ("漢", 3)])
def test_a_record_that_dynamodb_would_not_take_is_rejected_alone(character: str, size: int) -> None:
    most = min((DYNAMODB_ITEM_BYTES - 512) // size, (MAX_ROW_BYTES - 100) // 6)
    assert [line for line, _ in accepted(large(character * most))] == [2, 4]
    parsed = large(character * (DYNAMODB_ITEM_BYTES // size))
    assert [line for line, _ in accepted(parsed)] == [4]
    assert f"at most {DYNAMODB_ITEM_BYTES:,} bytes" in reasons(parsed)[2]
    assert parsed.rejects[0].kinds == [f"expected a record of at most {DYNAMODB_ITEM_BYTES:,} bytes"]


def test_a_row_that_no_message_can_carry_is_rejected_with_that_reason() -> None:
    # As a record it would fit; as JSON each of its characters takes six bytes.
    text = "é" * (MAX_ROW_BYTES // 6)
    assert len(text.encode()) < DYNAMODB_ITEM_BYTES - 512
    parsed = large(text)
    assert [line for line, _ in accepted(parsed)] == [4]
    assert f"at most {MAX_ROW_BYTES:,} bytes as JSON, got" in reasons(parsed)[2]
    assert parsed.rejects[0].kinds == [f"expected a row of at most {MAX_ROW_BYTES:,} bytes as JSON"]


@given(st.integers(0, 40))
def test_every_accepted_row_fits_a_message_and_an_item(extra: int) -> None:
    for text in ("x" * (DYNAMODB_ITEM_BYTES - 300 + extra * 10), '"' * (MAX_ROW_BYTES // 2 - 20 + extra)):
        parsed = large(text)
        assert len(parsed.accepted) + len(parsed.rejects) == 2
        for row in parsed.accepted:
            assert len(row) <= MAX_ROW_BYTES
            assert sum(len(str(v).encode()) for v in json.loads(row)[1].values()) < DYNAMODB_ITEM_BYTES
