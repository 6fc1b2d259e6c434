"""Progress on standard error: a bar on a terminal, else a line now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_PLAIN_SECONDS = 10.0  # between two lines


@contextmanager
def progress(what: str, count: int) -> Iterator[Callable[[int], None]]:
    """Show how many of so many are done, as the function that is given is told."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(what, count, console)
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=count)
        yield lambda done: bar.update(task, completed=done)


def _lines(what: str, count: int, console: Console) -> Callable[[int], None]:
    started = told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _PLAIN_SECONDS or (done == count and told < now):
            told = now
            console.print(f"{done:,} of {count:,} {what} after {now - started:,.0f} s")

    return tell
