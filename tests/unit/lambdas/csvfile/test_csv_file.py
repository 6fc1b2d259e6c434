import codecs
import gzip
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.core.blanks import trimmed
from lambdas.csvfile.csv_file import open_csv
from lambdas.csvfile.header import DELIMITERS, ImportRejectedError
from lambdas.csvfile.options import ReadOptions
from lambdas.csvfile.text import is_text

from ...helpers.csv_files import (
    TEXTS,
    USERS,
    Outcome,
    awkward_texts,
    cells,
    csv_text,
    cut,
    cuts,
    delimiters,
    limits,
    parse,
    rows_by_csv,
)

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}


def parse_or_reason(data: bytes, name: str) -> Outcome | str:
    """What parsing the file came to, or why it was rejected as a whole."""
    try:
        return parse(data, TEXTS, name)
    except ImportRejectedError as rejected:
        return str(rejected)


def members(data: bytes, at: list[int]) -> bytes:
    """The data as gzip of as many members."""
    return b"".join(map(gzip.compress, cut(data, at)))


def values_of(key: str, a: str, b: str) -> dict[str, str | None]:
    """A row's values by the schema TEXTS."""
    return {
        "id": unicodedata.normalize("NFC", trimmed(key)),
        "a": trimmed(a) or None,
        "b": trimmed(b) or None,
    }


@given(
    table=st.lists(st.tuples(cells, cells, cells), max_size=12),
    delimiter=delimiters,
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    gzipped=st.one_of(st.none(), cuts),
    at=cuts,
    piece=st.integers(4, 60),
)
def test_every_form_of_a_table_comes_to_the_rows_that_csv_reads(
    table: list[tuple[str, ...]],
    delimiter: str,
    end: str,
    encoding: str,
    gzipped: list[int] | None,
    at: list[int],
    piece: int,
) -> None:
    text = csv_text([("id", "a", "b"), *table], delimiter, end)
    data = ENCODINGS[encoding](text)
    name = "t.csv" if gzipped is None else "t.csv.gz"
    with limits(piece=piece):
        outcome = parse(cut(data if gzipped is None else members(data, gzipped), at), TEXTS, name)
    by_csv = rows_by_csv(text, delimiter)
    assert [tuple(row.cells) for row in by_csv[1:]] == table
    rows = [row for row in by_csv[1:] if not row.blank]
    good = [row for row in rows if trimmed(row.cells[0]) and is_text("".join(row.cells))]
    assert outcome.accepted == [(row.line, values_of(*row.cells)) for row in good]
    bad = [(row.line, row.cells) for row in rows if row not in good]
    assert [(reject.line, list(reject.cells)) for reject in outcome.rejects] == bad


@given(awkward_texts, delimiters, cuts, cuts, st.integers(4, 40))
def test_how_the_bytes_arrive_changes_nothing(
    text: str, delimiter: str, at: list[int], otherwise: list[int], piece: int
) -> None:
    data = f"id{delimiter}a{delimiter}b\n{text}".encode()
    options = ReadOptions(max_row_bytes=60)
    with limits(piece=piece):
        once = parse(cut(data, at), TEXTS, options=options)
        assert parse(cut(data, otherwise), TEXTS, options=options) == once
        assert parse(cut(gzip.compress(data), at), TEXTS, "t.csv.gz", options=options) == once


@given(st.binary(max_size=120), st.integers(4, 40))
@example(b'x,y,z\nq"\xff,"\0"\n"', 4)
def test_every_row_of_whatever_bytes_is_accepted_or_rejected_once(data: bytes, piece: int) -> None:
    data = b"id,a,b\n" + data
    with limits(piece=piece):
        outcome = parse(data, TEXTS)
    by_csv = rows_by_csv(data.decode("utf-8", "surrogateescape"), ",")
    assert outcome.lines == [row.line for row in by_csv[1:] if not row.blank]


@given(
    st.one_of(st.binary(max_size=80), awkward_texts.map(str.encode)),
    st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"\x1f\x8b\x08"]),
    st.sampled_from(["t.csv", "t.csv.gz"]),
    st.booleans(),
)
def test_whatever_a_file_holds_it_is_parsed_or_refused_with_a_reason(
    data: bytes, start: bytes, name: str, with_header: bool
) -> None:
    data = start + b"id,a,b\n" * with_header + data
    packed = [data, gzip.compress(data)] if name.endswith("gz") else [data]
    for each in packed:
        outcome = parse_or_reason(each, name)
        assert outcome
        if isinstance(outcome, Outcome):
            assert len(set(outcome.lines)) == len(outcome.lines)
            assert all(outcome.reasons.values())


TEXT = "id,a,b\r\n" + "".join(f'{n},"x\r\ny",café\r\n' for n in range(300))
PACKED = gzip.compress(TEXT.encode())
WHOLE = parse(TEXT.encode(), TEXTS)


@given(st.integers(1, len(PACKED) - 1))
def test_gzip_that_breaks_off_keeps_what_came_before_and_says_where(
    length: int,
) -> None:
    outcome = parse_or_reason(PACKED[:length], "t.csv.gz")
    if isinstance(outcome, str):
        assert "breaks off" in outcome
        return
    assert outcome.accepted == WHOLE.accepted[: len(outcome.accepted)]
    assert list(outcome.reasons) == [2 * len(outcome.accepted) + 2]
    assert "breaks off" in outcome.rejects[0].reason


@given(st.integers(0, len(PACKED) * 8 - 1))
def test_one_wrong_bit_in_gzip_is_reported_or_harmless(bit: int) -> None:
    damaged = bytearray(PACKED)
    damaged[bit // 8] ^= 1 << bit % 8
    outcome = parse_or_reason(bytes(damaged), "t.csv.gz")
    if isinstance(outcome, str):
        assert "gzip" in outcome or "header" in outcome or "CSV" in outcome
    elif outcome != WHOLE:
        assert "nothing from this line on was read" in outcome.rejects[-1].reason


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found_behind_blank_lines(delimiter: str) -> None:
    text = "\n \r\n" + "EMAIL;First_Name ;x\na@b.co;Ann;1,2|3\t4\n".replace(";", delimiter)
    file = open_csv("people.CSV", [text.encode()], USERS)
    assert file.delimiter == delimiter
    assert file.header.names == ("EMAIL", "First_Name", "x")


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found_between_quotes_with_blanks(delimiter: str) -> None:
    others = "".join(DELIMITERS).replace(delimiter, "") * 3 + "x"
    header = delimiter.join(['\xa0"id" ', '\u200b"a"\xa0', ' "b" ', f'"{others}"'])
    row = delimiter.join([' "1" ', '"x"', ' "y"', '"" '])
    file = open_csv("t.csv", [f"{header}\n{row}\n".encode()], TEXTS)
    assert file.delimiter == delimiter
    assert file.header.names == ("id", "a", "b", others)
    assert sum(len(parsed.accepted) for parsed in file) == 1
