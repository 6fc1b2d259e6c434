"""What counts as text in a cell, and what stands in a report for what does not."""

import re

# Bytes that are no UTF-8 decode to U+DC80 to U+DCFF ("surrogateescape"); NUL tells binary data, or UTF-16
# without its byte order mark, from text.
_NOT_TEXT = re.compile("[\0\udc80-\udcff]")


def is_text(value: str) -> bool:
    """Whether everything in it was text in the file."""
    return (value.isascii() and "\0" not in value) or not _NOT_TEXT.search(value)


def printable(value: str) -> str:
    """Returns the value with U+FFFD for what was no text."""
    return _NOT_TEXT.sub("\ufffd", value)
