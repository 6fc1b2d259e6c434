"""What a reason shows of a text: what cannot be seen, or be told from ASCII, by its code point."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.blanks import BLANKS
from lambdas.csvfile.visible import visible


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "~!@#$%^&*()_+-=[]{}|;':\",./<>?`",
        "Müller",
        "привет",
        "Ωμέγα",
        "שלום",
        "漢字",
        "😀",
        "É ß",
        "x…",
    ],
)
def test_what_can_be_seen_and_told_apart_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb", "a<U+200B>b"),
        ("a\tb\r\n", "a<U+0009>b<U+000D><U+000A>"),
        ("\x1b[31m", "<U+001B>[31m"),
        ("\u202eabc", "<U+202E>abc"),
        ("❤\ufe0f", "❤<U+FE0F>"),
        ("\U000e0041", "<U+E0041>"),
        ("\ue000\u0378", "<U+E000><U+0378>"),
        ("1\u00a0000", "1<U+00A0>000"),
        ("ad\uff41@x\uff0ecom", "ad<U+FF41>@x<U+FF0E>com"),
        ("\U0001d400da \ufb01x", "<U+1D400>da <U+FB01>x"),
        ("2026\u201301\u201131", "2026<U+2013>01<U+2011>31"),
        ("\u22125", "<U+2212>5"),
        ("O\u2019Brien \u201cX\u201e", "O<U+2019>Brien <U+201C>X<U+201E>"),
        ("p\u0430ypal", "p<U+0430>ypal"),  # Cyrillic in a word of Latin
        ("\u0441\u043e\u0440", "<U+0441><U+043E><U+0440>"),  # nothing but such letters
        ("\u03bf", "<U+03BF>"),
        ("\u0555\u0585X", "<U+0555><U+0585>X"),
        (
            "\u0441\u043e\u044e\u0437 a",
            "\u0441\u043e\u044e\u0437 a",
        ),  # a word of Cyrillic beside one of Latin
        ("caf\udce9", "caf\ufffd"),
    ],
)
def test_what_cannot_is_shown_by_its_code_point(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_blank_but_a_space_is_shown() -> None:
    assert visible(" ") == " "
    for blank in set(BLANKS) - {" "}:
        assert visible(f"a{blank}") == f"a<U+{ord(blank):04X}>"


@given(st.text())
def test_what_is_shown_can_be_seen(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown
    plain = {unicodedata.normalize("NFKC", char) for char in shown if not char.isascii()}
    assert not [each for each in plain if len(each) == 1 and each.isascii()]
