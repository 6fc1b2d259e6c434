"""Where a row ends that is too long to be parsed, and lines in general."""

import re

# What may change the state: outside of quotes, and inside.
_MARKS = (re.compile(rb'\r\n|[\r\n"]'), re.compile(b'"'))


class RowEnd:
    """Finds where a row ends, by csv's rules, in bytes that arrive piece by piece."""

    def __init__(self, delimiter: str, *, in_quotes: bool) -> None:
        self.in_quotes = in_quotes
        self.found = False
        self._may_open = not in_quotes  # a quote counts only where a field starts, or right after a quote
        self._delimiter = delimiter.encode()

    def find(self, data: bytes) -> int:
        """Returns how many of these bytes belong to the row; `found` then tells whether it ends there."""
        at, opens_at = 0, 0 if self._may_open else -1
        while mark := _MARKS[self.in_quotes].search(data, at):
            at = mark.end()
            if self.in_quotes:
                self.in_quotes, opens_at = False, at
            elif mark[0] == b'"':
                self.in_quotes = opens_at == at - 1 or data.endswith(self._delimiter, 0, at - 1)
            else:
                self.found = True
                return at
        self._may_open = opens_at == len(data) or data.endswith(self._delimiter)
        return len(data)


def line_ends(data: bytes) -> int:
    """Returns how many lines end in the data."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
