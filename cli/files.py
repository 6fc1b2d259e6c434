"""The files that a command is given."""

import stat
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from operations.errors import UsageError


def check_files(names: Sequence[str]) -> list[Path]:
    """Returns the paths of files that can be read.

    Raises:
        UsageError: with a line for each that cannot.
    """
    problems = [problem for problem in map(_problem, names) if problem]
    if problems:
        raise UsageError(*problems)
    return [Path(name) for name in names]


def _problem(name: str) -> str | None:
    if not name:
        return "FILE is empty: expected the path of a CSV file."
    try:
        name.encode()
        mode = Path(name).stat().st_mode
        if any(unicodedata.category(character) == "Cc" for character in name):
            return f"{name!r} has control characters, which no S3 key should have: rename the file."
        if stat.S_ISDIR(mode):
            return f"{name} is a folder: expected a CSV file. Name the files in it."
        if not stat.S_ISREG(mode):
            return f"{name} is not a regular file: write its contents to a .csv file and name that."
        with Path(name).open("rb"):
            return None
    except FileNotFoundError:
        return f"{name} does not exist: expected a CSV file. Check the path."
    except UnicodeEncodeError:
        return f"{name!r} is not a name in UTF-8, which S3 needs: rename the file."
    except OSError as error:
        return f"{name} cannot be read ({error.strerror}): expected a CSV file. Check its permissions."
