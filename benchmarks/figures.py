"""Figures and tables as `make bench` prints them: Markdown, for docs/performance.md.

`printed` has the tables of this run by their titles.
"""

import statistics
from collections.abc import Iterable, Sequence

from rich.console import Console

printed: dict[str, str] = {}
_console = Console(stderr=True, highlight=False)


def spread(samples: Iterable[float], digits: int = 0) -> str:
    """The median, and the least and the most where there are several; a dash where there is none."""
    numbers = sorted(samples)
    if not numbers:
        return "-"
    middle = f"{statistics.median(numbers):,.{digits}f}"
    return (
        middle if len(numbers) == 1 else f"{middle} ({numbers[0]:,.{digits}f} to {numbers[-1]:,.{digits}f})"
    )


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    lines = (heads, ["---", *["---:"] * (len(heads) - 1)], *rows)
    printed[title] = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    print(f"\n**{title}**\n\n{printed[title]}", end="", flush=True)


def announce(what: str) -> None:
    """Say what is being measured, which takes a while."""
    _console.print(f"… {what}")
