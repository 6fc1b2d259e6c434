"""What both commands print with."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .text import shown

PIPED_WIDTH = 120  # columns, where there is no terminal to ask


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
