"""Running a command's work: what a user can cause is a line on stderr and an exit code."""

import sys
from collections.abc import Callable

import typer
from botocore.exceptions import BotoCoreError, ClientError

from local.errors import EmbeddedAwsError
from operations.errors import OperationError, UsageError

from .printer import shown

OK, NOT_OK, USAGE, INTERRUPTED = 0, 1, 2, 130


def run(work: Callable[[], bool | int]) -> None:
    """Do the work and end with its exit code: a number that it returns, or whether it went well."""
    try:
        ended = work()
        code = (OK if ended else NOT_OK) if isinstance(ended, bool) else int(ended)
    except KeyboardInterrupt:
        code = _complain(INTERRUPTED, "stopped; it may be run again.")
    except UsageError as problem:
        code = _complain(USAGE, *map(str, problem.args))
    except (OperationError, EmbeddedAwsError, BotoCoreError, ClientError, OSError) as error:
        code = _complain(NOT_OK, str(error))
    raise typer.Exit(code)


def _complain(code: int, *messages: str) -> int:
    for message in messages:
        print(f"rowrelay: {shown(message, 10_000, lines=True)}", file=sys.stderr)
    return code
