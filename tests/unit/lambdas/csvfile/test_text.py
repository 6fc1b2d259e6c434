import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.blanks import trimmed
from lambdas.csvfile.text import (
    all_trimmed,
    control_problem,
    is_blank,
    is_text,
    is_utf8,
    printable,
)

from .frictionless_differences import without_outer_blanks

CONTROLS = [
    char for char in map(chr, range(0x110000)) if unicodedata.category(char) == "Cc" and char not in "\t\n\r"
]
blank_texts = st.text(st.sampled_from("a é\u200b\u3164\t\n\ufe0f❤\u2800\U000e0067"), max_size=8)


@pytest.mark.parametrize(
    "value", ["", "a", "é", "😀", "\ufffd", "\ufeff", "a\tb\r\n", "é\t\n", "\ud7ff\ue000"]
)
def test_text_is_text(value: str) -> None:
    assert is_text(value)
    assert is_utf8(value)
    assert control_problem(value) is None
    assert printable(value) == value


@pytest.mark.parametrize("beside", ["a", "é", ""])
def test_every_control_character_is_no_text_and_named(beside: str) -> None:
    assert len(CONTROLS) == 62
    for control in CONTROLS:
        value = f"{beside}{control}\x07"
        assert not is_text(value)
        assert control_problem(value) == f"U+{ord(control):04X} is a control character, which is no text"
        assert is_utf8(value)


def test_every_byte_that_can_be_no_utf8_is_found() -> None:
    for byte in range(0x80, 0x100):
        value = bytes([0x61, byte]).decode("utf-8", "surrogateescape")
        assert not is_text(value)
        assert not is_utf8(value)
        assert printable(value) == "a\ufffd"


@pytest.mark.slow
def test_every_other_character_is_text() -> None:
    others = "".join(map(chr, range(sys.maxunicode + 1)))
    for control in [*CONTROLS, *map(chr, range(0xD800, 0xE000))]:
        others = others.replace(control, "")
    assert is_text(others)


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("  a b\t", "a b"),
        ("\u200ba\u3000", "a"),
        ("\ufeff\xad\u2800", ""),
        ("\u00a0", ""),
        ("❤\ufe0f", "❤\ufe0f"),
        ("\ufe0f❤\ufe0f ", "❤\ufe0f"),
        ("\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4\U000e0067\U000e007f"),
        ("\ufe0f", ""),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_what_shows_nothing_is_trimmed_from_the_ends(cell: str, rest: str) -> None:
    assert trimmed(cell) == rest
    assert is_blank([cell, " "]) == (not rest)


@given(st.one_of(st.text(), blank_texts))
def test_trimming_is_what_the_docs_say(cell: str) -> None:
    assert trimmed(cell) == without_outer_blanks(cell)
    assert trimmed(trimmed(cell)) == trimmed(cell)


@given(st.lists(st.one_of(st.text(max_size=4), blank_texts)))
def test_cells_are_trimmed_together_as_each_by_itself(cells: list[str]) -> None:
    assert all_trimmed(cells) == list(map(trimmed, cells))
    assert is_blank(cells) == (not any(map(trimmed, cells)))
