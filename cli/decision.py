"""What every command that changes a stack has: a dry run, a question, progress, one JSON object."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from operations.errors import OperationError, UsageError
from operations.text import count

LINE_SECONDS = 1.0  # between two lines of progress, where the output is piped


@dataclass(frozen=True)
class Options:
    """How the operator wants it.

    Attributes:
        dry_run: Show what would be done, and change nothing.
        yes: Do it without asking.
        as_json: Print one JSON object on stdout; all else on stderr.
        reason: Only what has this text in its reason.
        discard: Delete letters that nothing can be done with, and no others.
    """

    dry_run: bool = False
    yes: bool = False
    as_json: bool = False
    reason: str | None = None
    discard: bool = False


def confirm(question: str, options: Options) -> None:
    """Go on if the operator says so.

    Raises:
        UsageError: there is no terminal to ask at.
        OperationError: the operator said no.
    """
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"{question} Expected an answer, got no terminal to ask at: add --yes, or --dry-run to look."
        )
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise OperationError("stopped, as you said; nothing was changed.")


@contextlib.contextmanager
def counting(console: Console, noun: str, total: int) -> Iterator[Callable[[int], None]]:
    """Progress towards `total`: a bar on a terminal, else a line a second; gives what adds to it."""
    if not console.is_terminal:
        yield _lines(console, noun, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"{noun}s", total=total)
        yield lambda number: progress.advance(task, number)


def _lines(console: Console, noun: str, total: int) -> Callable[[int], None]:
    done, due = 0, time.monotonic() + LINE_SECONDS

    def add(number: int) -> None:
        nonlocal done, due
        done += number
        if time.monotonic() >= due:
            due = time.monotonic() + LINE_SECONDS
            console.print(f"{done:,} of {count(total, noun)}", soft_wrap=True)

    return add
