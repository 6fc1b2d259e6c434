"""Progress, of rows on their way or of anything counted: bars on a terminal, lines where it is piped."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from lambdas.core.books import Books
from operations.imports import Import, total
from operations.text import count

from .printer import shown

LINE_SECONDS = 1.0  # between two lines, at least
_NAME_SHOWN = 30  # characters of a file's name, beside a bar


class Bars(AbstractContextManager["Bars"]):
    """A bar for each stage, for a terminal."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[rows]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks = [self._add(name) for name in ("process_csv ", "insert_records ", "send_email ")]

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, imports: Sequence[Import]) -> None:
        """Draw the imports as they are."""
        books = total(imports)
        all_read = all(one.ended for one in imports)
        ends = [
            (
                sum(one.ended for one in imports),
                len(imports),
                f"{books.read:,} read, {books.rejected:,} rejected",
            ),
            (books.written, books.accepted if all_read else None, f"{books.created:,} created"),
            (books.notified, books.created if all_read else None, f"{books.mailed:,} mailed"),
        ]
        for task, (completed, of, rows) in zip(self._tasks, ends, strict=True):
            self._progress.update(task, completed=completed, total=of, rows=rows)

    def _add(self, name: str) -> TaskID:
        return self._progress.add_task(name, total=None, rows="")


class Lines(nullcontext["Lines"]):
    """A line a second while something changes, for a pipe or a log."""

    def __init__(self, console: Console) -> None:
        super().__init__(self)
        self._console = console
        self._started = time.monotonic()
        self._next = 0.0
        self._last = self._line(Books())

    def show(self, imports: Sequence[Import]) -> None:
        """Print the imports as they are, if it is time and something has changed."""
        line = self._line(total(imports))
        now = time.monotonic() - self._started
        if line != self._last and (now >= self._next or all(one.balanced for one in imports)):
            self._last, self._next = line, now + LINE_SECONDS
            self._console.print(f"{now:6.1f} s  {line}", soft_wrap=True)

    @staticmethod
    def _line(books: Books) -> str:
        return (
            f"{count(books.read, 'row')} read, {books.rejected:,} rejected, {books.created:,} created,"
            f" {books.duplicates:,} duplicates, {books.mailed:,} mailed"
        )


def progress(console: Console) -> Bars | Lines:
    """Returns bars for a terminal, lines for anything else."""
    return Bars(console) if console.is_terminal else Lines(console)


@contextlib.contextmanager
def counting(console: Console, noun: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show progress towards `total`, if it is known: a bar on a terminal, else a line a second.

    Yields what adds to it.
    """
    if not console.is_terminal:
        yield _lines(console, noun, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"{noun}s", total=total)
        yield lambda number: progress.advance(task, number)


@contextlib.contextmanager
def sending(console: Console, name: str, size: int) -> Iterator[Callable[[int], None]]:
    """Show how much of a file is sent: a bar on a terminal, else a line a second.

    Args:
        console: Where to.
        name: The file's.
        size: Its bytes.

    Yields what adds bytes to it, from any thread.
    """
    if not console.is_terminal:
        add = _lines(console, "byte", size)
        lock = threading.Lock()

        def add_alone(number: int) -> None:
            with lock:
                add(number)

        yield add_alone
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(shown(name, _NAME_SHOWN), total=size)
        yield lambda number: progress.advance(task, number)


def _lines(console: Console, noun: str, total: int | None) -> Callable[[int], None]:
    done, due = 0, time.monotonic() + LINE_SECONDS

    def add(number: int) -> None:
        nonlocal done, due
        done += number
        if time.monotonic() >= due:
            due = time.monotonic() + LINE_SECONDS
            told = count(done, noun) if total is None else f"{done:,} of {count(total, noun)}"
            console.print(told, soft_wrap=True)

    return add
