"""Texts of a file as a reason shows them: what cannot be seen, or looks like ASCII, by its code point."""

import re
import unicodedata

from ..core.blanks import ALTERING, BLANKS
from .text import printable, shortened

_NAME_CHARACTERS = 60

# Letters that look like one of ASCII's, as Unicode has them for Greek, Cyrillic and Armenian:
# https://www.unicode.org/reports/tr39/#Confusable_Detection, confusables.txt
_GREEK = (
    0x37F, 0x391, 0x392, 0x395, 0x396, 0x397, 0x399, 0x39A, 0x39C, 0x39D, 0x39F, 0x3A1, 0x3A4, 0x3A5, 0x3A7,
    0x3B1, 0x3B3, 0x3B9, 0x3BD, 0x3BF, 0x3C1, 0x3C3, 0x3C5, 0x3D2, 0x3DC, 0x3F1, 0x3F2, 0x3F3, 0x3F9, 0x3FA,
)  # fmt: skip
_CYRILLIC = (
    0x405, 0x406, 0x408, 0x410, 0x412, 0x415, 0x417, 0x41A, 0x41C, 0x41D, 0x41E, 0x420, 0x421, 0x422, 0x423,
    0x425, 0x42C, 0x430, 0x431, 0x433, 0x435, 0x43E, 0x440, 0x441, 0x443, 0x445, 0x455, 0x456, 0x458, 0x461,
    0x474, 0x475, 0x4AE, 0x4AF, 0x4BB, 0x4BD, 0x4C0, 0x4CF, 0x4E0, 0x501, 0x50C, 0x51B, 0x51C, 0x51D,
)  # fmt: skip
_ARMENIAN = (
    0x54D, 0x54F, 0x555, 0x561, 0x563, 0x566, 0x570, 0x578, 0x57C, 0x57D, 0x581, 0x584, 0x585,
)  # fmt: skip
_LETTERS = frozenset(map(chr, (*_GREEK, *_CYRILLIC, *_ARMENIAN)))
# Quotes, dashes, slashes and colons from there that Unicode's categories for quotes and dashes lack.
_MARKS = frozenset(
    "\u00b4\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02d0\u02d7\u02dc\u055a\u0589\u05f3"
    "\u05f4\u060d\u066b\u201a\u201e\u2032\u2033\u2034\u2035\u2036\u2037\u2043\u2044\u204e\u2212\u2215\u2217"
    "\u2223\u2236\u223c\ua789"
)
_QUOTES_AND_DASHES = {"Pd", "Pi", "Pf"}
_NOT_SEEN = frozenset(BLANKS + ALTERING) - {" "}
_WORD = re.compile(r"\w+|\W")
_ASCII_LETTER = re.compile("[A-Za-z]")


def visible(text: str) -> str:
    """Returns a text in which nothing can be overlooked.

    What cannot be seen, and what looks like an ASCII character, is written as `<U+200B>`; letters of other
    scripts only in words that have ASCII letters, or nothing but such letters. Bytes that were no text are
    U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    return _WORD.sub(lambda word: _shown(word[0]), printable(text))


def shown_name(name: str) -> str:
    """Returns a column's name as `visible` shows it, and not too long a one."""
    return visible(shortened(name, _NAME_CHARACTERS))


def _shown(word: str) -> str:
    in_disguise = _ASCII_LETTER.search(word) or all(c in _LETTERS or c.isdecimal() for c in word)
    return "".join(f"<U+{ord(c):04X}>" if _is_odd(c) or (in_disguise and c in _LETTERS) else c for c in word)


def _is_odd(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if character in _NOT_SEEN or character in _MARKS or not character.isprintable():
        return True
    if unicodedata.category(character) in _QUOTES_AND_DASHES:
        return True
    plain = unicodedata.normalize("NFKC", character)  # "A" of a letter in full width
    return plain.isascii() and (len(plain) == 1 or plain.isalnum())
