"""`rowrelay logs`: what the functions wrote into their logs, of all imports or of one."""

import json
import re
import sys
import time
from collections.abc import Iterable

from rich.text import Text

from operations.errors import UsageError
from operations.log_lines import LogLine
from operations.logs import StackLogs, named_import
from operations.stack import find_stack
from operations.text import moment

from .printer import Printer, shown, wrapped

_UNITS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}
_DEFAULT = "1h"
_INDENT = 9  # of what a line goes on with: as wide as the time
_SCALARS = (str, int, float)  # what is shown of a line's details; all of it is in the JSON


def run_logs(stack_name: str | None, name: str | None, *, since: str | None, as_json: bool) -> bool:
    """Print the lines, the oldest first; returns whether all logs could be read."""
    seconds = _seconds(_DEFAULT if since is None else since)
    stack, import_id, begun = find_stack(stack_name), None, None
    if name is not None:
        import_id, begun = named_import(stack, name)
    start = begun if begun and since is None else max(0, time.time() - seconds)  # no log is from before 1970
    logs = StackLogs(stack, start, import_id)
    if as_json:
        _print_json(logs.lines())
    else:
        _print(Printer(), logs)
    for failed in logs.not_seen:
        print(f"rowrelay: {failed.what} could not be read: {failed.why}.", file=sys.stderr)
    return not logs.not_seen


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if not found:
        raise UsageError(f"--since: expected a number and s, m, h or d, such as 30m or 2d; got {text}.")
    return int(found[1]) * _UNITS[found[2]]


def _print_json(lines: Iterable[LogLine]) -> None:
    for line in lines:
        print(json.dumps(line.as_json(), ensure_ascii=False), flush=True)


def _print(printer: Printer, logs: StackLogs) -> None:
    """Print the lines under their days, or that there are none."""
    day = ""
    for line in logs.lines():
        date, _, clock = moment(line.at).rstrip("Z").partition("T")
        if date != day:
            printer.line(f"{date} (UTC)")
            day = date
        _print_line(printer, clock, _text(line, with_import=logs.import_id is None))
    if not day:
        about = f" about the import {logs.import_id}" if logs.import_id else ""
        printer.line(f"No line{about} since {moment(logs.since)}.")


def _print_line(printer: Printer, clock: str, text: str) -> None:
    """Print a line; a terminal's ends at blanks, and goes on under its first word."""
    console, whole = printer.console, shown(text, 2000)
    lines = wrapped(whole, console.width - _INDENT, "") if console.is_terminal else [whole]
    for before, line in zip((clock, *[""] * len(lines)), lines, strict=False):
        console.print(Text(f"{before:{_INDENT}}{line.strip()}"), soft_wrap=True)


def _text(line: LogLine, *, with_import: bool) -> str:
    level = "" if line.level == "INFO" else f"{line.level} "
    about = [f"import {line.import_id}"] if with_import and line.import_id else []
    details = [f"{name} {value}" for name, value in line.details.items() if isinstance(value, _SCALARS)]
    return " · ".join((f"{line.function} {level}{line.message}", *about, *details))
