import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.other_encoding import NotTextError, as_text


def escaped(*cells: bytes) -> list[str]:
    return [cell.decode("utf-8", "surrogateescape") for cell in cells]


@given(st.lists(st.text()), st.sampled_from([None, "windows-1252", "shift_jis"]))
def test_what_is_utf8_stays_as_it_is(cells: list[str], encoding: str | None) -> None:
    assert as_text(cells, encoding) is cells


@given(st.lists(st.text(st.characters(codec="cp1251"))))
def test_a_row_in_another_encoding_is_decoded_whole(cells: list[str]) -> None:
    # What the first cell has is no UTF-8, so that what looks like UTF-8 in the others is none either.
    row = escaped("Щи".encode("cp1251"), *(cell.encode("cp1251") for cell in cells))
    assert as_text(row, "windows-1251") == ["Щи", *cells]


def test_without_an_encoding_the_setting_is_named() -> None:
    with pytest.raises(NotTextError) as raised:
        as_text(escaped(b"a", b"caf\xe9"), None)
    assert str(raised.value) == (
        "bytes that are not UTF-8: save the file as UTF-8, or set encoding (such as windows-1252)"
    )


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            [b"a", "伟".encode("gbk")],
            "bytes that are text in UTF-8, and other text in gbk:"
            " save the file as UTF-8 with a byte order mark",
        ),
        (["伟".encode("gbk"), b"\xff"], "bytes that are neither UTF-8 nor gbk: save the file as UTF-8"),
    ],
)
def test_where_characters_take_several_bytes_a_row_is_not_guessed_at(cells: list[bytes], told: str) -> None:
    with pytest.raises(NotTextError) as raised:
        as_text([cell.decode("ascii", "surrogateescape") for cell in cells], "gbk")
    assert str(raised.value) == told


def test_what_is_not_in_the_encoding_either_names_it() -> None:
    with pytest.raises(NotTextError) as raised:
        as_text(escaped(b"caf\x81"), "windows-1252")
    assert str(raised.value) == "bytes that are neither UTF-8 nor windows-1252: save the file as UTF-8"
