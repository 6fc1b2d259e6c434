"""The files that a command is given."""

import stat
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from operations.errors import UsageError
from operations.standard_input import File, StandardInput

STANDARD_INPUT = "-"


def check_files(names: Sequence[str]) -> list[File]:
    """Returns files that can be read; `-` is standard input, which is read to its end.

    Raises:
        UsageError: with a line for each that cannot.
    """
    problems = [problem for name in names if name != STANDARD_INPUT and (problem := _problem(name))]
    if names.count(STANDARD_INPUT) > 1:
        problems.append(f"{STANDARD_INPUT} is given twice: standard input can be read once.")
    if problems:
        raise UsageError(*problems)
    return [_standard_input() if name == STANDARD_INPUT else Path(name) for name in names]


def _standard_input() -> StandardInput:
    if sys.stdin is None:  # it was closed
        raise UsageError(f"{STANDARD_INPUT} is standard input, which is closed: name a file.")
    try:
        return StandardInput(sys.stdin.buffer)
    except OSError as error:
        reason = error.strerror
        raise UsageError(f"{STANDARD_INPUT} is standard input, which cannot be read ({reason}).") from None


def _problem(name: str) -> str | None:
    try:
        name.encode()
        mode = Path(name).stat().st_mode
        if any(unicodedata.category(character) == "Cc" for character in name):
            return f"{name!r} has control characters, which no S3 key should have: rename the file."
        if stat.S_ISDIR(mode):
            return f"{name} is a folder: expected a CSV file. Name the files in it."
        if not stat.S_ISREG(mode):
            return f"{name} is not a regular file: pipe it into - (standard input)."
        with Path(name).open("rb"):
            return None
    except FileNotFoundError:
        return f"{name} does not exist: expected a CSV file. Check the path."
    except UnicodeEncodeError:
        return f"{name!r} is not a name in UTF-8, which S3 needs: rename the file."
    except OSError as error:
        return f"{name} cannot be read ({error.strerror}): expected a CSV file. Check its permissions."
