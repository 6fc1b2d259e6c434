"""Printing to a terminal or a pipe, with text from files and mails made safe and short."""

import contextlib
import sys
import unicodedata
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 120  # columns, where there is no terminal to ask
_GAP = 2  # between the columns of a table
_NARROW = 12  # columns: a name that has less beside its numbers stands above them
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode's control, format, surrogate … categories

_Cell = tuple[str | Text, int]  # and its width


class Printer:
    """Prints to standard output; text from files and services is shown as it is, and does nothing else."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal:
            self.console.width = PIPED_WIDTH

    def line(self, text: str = "") -> None:
        """Print one line, however long; a terminal's ends at blanks, where one fits its width.

        What has no blank, such as an id or a key, stays whole, so that it can be copied: the terminal itself
        goes on in its next line.
        """
        for line in self._lines(shown(text, 2000)):
            self.console.print(Text(line), soft_wrap=True)

    def command(self, before: str, command: str) -> None:
        """Print a command, behind what is before it; it stays whole, so that it can be copied."""
        self.console.print(Text(shown(before + command, 2000)), soft_wrap=True)

    def _lines(self, text: str) -> list[str]:
        if not self.console.is_terminal:
            return [text]
        indent = " " * (len(text) - len(text.lstrip(" ")))
        return wrapped(text.strip(" "), self.console.width, indent) or [""]

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int] | str]]
    ) -> None:
        """Print numbers by file; so narrow that ten columns fit a terminal's eighty.

        Args:
            title: What it shows.
            columns: Headings of the numbers.
            rows: A file's name and its numbers, or what there is to say in their place.
        """
        names = [Text(shown(name), overflow="fold") for name, _ in rows]
        cells = [[f"{n:,}" for n in of] for _, of in rows if not isinstance(of, str)]
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        room = self.console.width - sum(widths) - _GAP * (len(widths) + 1)
        longest = max(name.cell_len for name in names)
        width = 0 if room < min(longest, _NARROW) else max(len("File"), min(room, longest))
        self.line(title)
        if sum(widths) + len(widths) - 1 > self.console.width:  # even with one blank between them
            self._list(columns, rows)
            return
        self._row(("File", width), *zip(columns, widths, strict=True))
        for name, (_, of) in zip(names, rows, strict=True):
            if isinstance(of, str):
                rest = Text(shown(of, 2000), overflow="fold"), self.console.width - width - _GAP
                self._row((name, width), rest, justify="left")
            else:
                self._row((name, width), *zip([f"{number:,}" for number in of], widths, strict=True))
        self.line()

    def _list(self, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int] | str]]) -> None:
        """Print numbers that are too large for a table, whole: each behind its heading, under the name."""
        for name, of in rows:
            told = (
                of
                if isinstance(of, str)
                else ", ".join(f"{column} {number:,}" for column, number in zip(columns, of, strict=True))
            )
            self.line(shown(name))
            self.line(f"    {told}")
        self.line()

    def _row(self, name: _Cell, *cells: _Cell, justify: JustifyMethod = "right") -> None:
        """Print a row: a table of its own, since rich has no cell over several columns.

        A name without a width stands above its cells.
        """
        beside = (name, *cells) if name[1] else cells
        if not name[1]:
            self.console.print(name[0])
        widths = [width for _, width in beside]
        gap = _GAP if sum(widths) + _GAP * (len(widths) - 1) <= self.console.width else 1
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, gap, 0, 0))
        for cell in beside:
            table.add_column(width=cell[1], justify="left" if cell is name else justify, overflow="fold")
        table.add_row(*(text for text, _ in beside))
        self.console.print(table)


@contextlib.contextmanager
def printing(*, as_json: bool) -> Iterator[Printer]:
    """Yields a printer for people; with --json all that is printed goes to stderr meanwhile."""
    with contextlib.redirect_stdout(sys.stderr if as_json else sys.stdout):
        yield Printer()


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """Returns the text in lines of so many columns, but for words that are longer, which stay whole.

    Args:
        text: A line.
        width: Columns.
        indent: What the first line begins with; the others have two blanks more.
    """
    lines: list[str] = []
    line = indent
    for word in text.split(" "):
        longer = f"{line} {word}" if line.strip() else line + word
        if line.strip() and cell_len(longer) > width:
            lines.append(line)
            longer = f"{indent}  {word}"
        line = longer
    return [*lines, line]


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
