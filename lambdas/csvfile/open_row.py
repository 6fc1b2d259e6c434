"""The row that csv is reading, line by line, as it is in the file."""

from .multibyte import LineDecoder


class OpenRow:
    """The lines of a row that were given to csv so far.

    Args:
        max_bytes: The most that a row may have.
        decode: What decodes lines.
    """

    def __init__(self, max_bytes: int, decode: LineDecoder) -> None:
        self._max_bytes = max_bytes
        self._decode = decode
        self._data = bytearray()  # no list of lines: of a character each, they would take fifty times as much

    def add(self, line: bytes) -> None:
        """Take in its next line."""
        self._data += line

    def end(self) -> None:
        """Drop them: the next line begins another row."""
        self._data.clear()

    @property
    def is_too_long(self) -> bool:
        """Whether it is longer than it may be, without its line end."""
        return len(self._data) > self._max_bytes < len(self._without_end())

    @property
    def text(self) -> str:
        """Its text without its line end, at most `max_bytes` bytes, decoded as cells are."""
        return self._decode(bytes(self._without_end()[: self._max_bytes]))

    def _without_end(self) -> bytearray:
        return self._data.removesuffix(b"\n").removesuffix(b"\r")
