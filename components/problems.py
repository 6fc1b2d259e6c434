"""What is wrong with a component's arguments.

A problem is kept in parts, so that a program whose settings become arguments can name the setting instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from .contracts import RowrelayError


@dataclass(frozen=True)
class Problem:
    """What is wrong with one argument; `str` of it is one line that names the argument.

    Attributes:
        argument: The argument's name.
        expected: What it must be, in a few words.
        got: What it is; None if it is missing.
        source: Whose rule it breaks, such as "Lambda's limits".
        detail: What exactly is wrong, where that is more than what was expected and got.
        excluded_by: The argument beside which this one must be left out, if it is wrong for that.
        example: A value that would do.
    """

    argument: str
    expected: str
    got: object = None
    source: str = ""
    detail: str = ""
    excluded_by: str = ""
    example: Any = ""

    def __str__(self) -> str:
        return f"{self.argument}: {self.detail or self._expected_and_got()}"

    def _expected_and_got(self) -> str:
        expected = f"{self.expected} ({self.source})" if self.source else self.expected
        if self.got is None:
            return f"missing; expected {expected}"
        if isinstance(self.got, pulumi.Output):
            return f"expected {expected}, known while the program runs; got another resource's output"
        return f"expected {expected}, got {_told(self.got)}"


def _told(value: object) -> str:
    """Returns the value; of an object that Python shows by its address, what it is one of."""
    plain = isinstance(value, str | bytes | int | float | Mapping | Sequence)
    return repr(value) if plain else f"a {type(value).__name__}"


class ArgumentsError(RowrelayError, ValueError):
    """A component's arguments are wrong; `problems` has everything that is wrong with them."""

    def __init__(self, component: str, name: str, problems: Sequence[Problem]) -> None:
        self.problems = problems
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{component} {name!r} cannot be created:\n{listed}")
