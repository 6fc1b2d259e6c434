"""Characters that show nothing: Unicode's white space, and characters of no width."""

# By first and last code point.
_SPACE = (
    (0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
    (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip
_NO_WIDTH = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian selectors and separator
    (0x200B, 0x200F),  # zero width; marks of direction
    (0x202A, 0x202E),  # embeddings and overrides of direction
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates of direction, deprecated ones
    (0x2800, 0x2800),  # Braille's blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # Hangul filler, halfwidth
    (0xFFF9, 0xFFFB),  # interlinear annotation
    (0x1BCA0, 0x1BCA3),  # shorthand format
    (0x1D173, 0x1D17A),  # musical format
)
NO_WIDTH = "".join(chr(code) for first, last in _NO_WIDTH for code in range(first, last + 1))
BLANKS = "".join(chr(code) for first, last in _SPACE for code in range(first, last + 1)) + NO_WIDTH
# What alters the character ahead of it, and shows nothing by itself: variation selectors, and tags.
_ALTERING = ((0xFE00, 0xFE0F), (0xE0001, 0xE0001), (0xE0020, 0xE007F), (0xE0100, 0xE01EF))
ALTERING = "".join(chr(code) for first, last in _ALTERING for code in range(first, last + 1))


def trimmed(cell: str) -> str:
    """Returns the cell without what shows nothing at its ends; of nothing else, nothing is left."""
    return cell.strip() if cell.isascii() else cell.lstrip(BLANKS + ALTERING).rstrip(BLANKS)
