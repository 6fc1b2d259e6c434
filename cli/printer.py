"""Printing to a terminal or a pipe, with text from files and mails made safe and short."""

import unicodedata
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 120  # columns, where there is no terminal to ask
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode's control, format, surrogate … categories


class Printer:
    """Prints to standard output; text from files and services is shown as it is, and does nothing else."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal:
            self.console.width = PIPED_WIDTH

    def line(self, text: str = "") -> None:
        """Print one line, however long."""
        self.console.print(Text(shown(text, 2000)), soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> None:
        """Print numbers by file; so narrow that eight columns fit a terminal's eighty.

        Args:
            title: What it shows.
            columns: Headings of the numbers.
            rows: A file's name and its numbers.
        """
        table = Table("File", title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(column, justify="right")
        for name, numbers in rows:
            table.add_row(Text(shown(name), overflow="fold"), *(f"{number:,}" for number in numbers))
        self.console.print(table, "")


def shown(value: str, limit: int = 500, *, lines: bool = False) -> str:
    """Returns the text with what would move or colour the terminal as U+FFFD, cut to `limit`.

    Args:
        value: Any text.
        limit: Characters.
        lines: Keep line breaks and tabs.
    """
    kept = "\n\t" if lines else ""
    value = value.replace("\r\n", "\n")
    safe = (c if c in kept or unicodedata.category(c) not in _HIDDEN else "\ufffd" for c in value[:limit])
    return "".join(safe) + ("…" if len(value) > limit else "")
