"""A component's arguments, read and checked: every problem is collected, and one error tells them all.

Other languages' programs send whole numbers as floats; they are taken as the whole numbers they are.
"""

import re
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Any, cast

import pulumi

from . import defaults
from .problems import ArgumentsError, Problem

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class Arguments:
    """The arguments of one component, read one by one; `finish` raises if any was wrong.

    A reader of a wrong value notes the problem and returns something of the right type, so that the rest can
    still be read. An argument that is None is one that is not given.
    """

    def __init__(self, component: str, name: str, args: Mapping[str, Any], known: type) -> None:
        self._component = component
        self._name = name
        self._args = {key: value for key, value in args.items() if value is not None}
        self._problems: list[Problem] = []
        if not _NAME.fullmatch(name) or len(name) > defaults.COMPONENT_NAME_MAX:
            most = f"at most {defaults.COMPONENT_NAME_MAX} (IAM's limit of 64 for its roles' names)"
            self.add_problem("name", f"a letter, then letters, digits and hyphens, {most}", name)
        arguments = ", ".join(sorted(known.__annotations__))
        for key in sorted(set(args) - set(known.__annotations__)):
            self.add_problem(key, "left out", args[key], detail=f"unknown; the arguments are {arguments}")

    def add_problem(
        self,
        key: str,
        expected: str,
        got: object,
        *,
        source: str = "",
        detail: str = "",
        example: Any = "",
    ) -> None:
        """Note that an argument is wrong; `Problem` says what the parts mean."""
        self._problems.append(Problem(key, expected, got, source, detail, example=example))

    def exclude(self, key: str, *, beside: str, because: str = "") -> None:
        """Note a problem if an argument is given that must be left out, as another one is given."""
        if key in self._args:
            detail = f"contradicts {beside}{because and ', '}{because}; leave one out"
            problem = Problem(key, "left out", self._args[key], detail=detail, excluded_by=beside)
            self._problems.append(problem)

    def given(self, key: str) -> bool:
        """Whether an argument is given."""
        return key in self._args

    def finish(self) -> None:
        """Raise ArgumentsError with all problems, if there are any."""
        if self._problems:
            raise ArgumentsError(self._component, self._name, self._problems)

    def whole_number(self, key: str, default: int, low: int, high: int, source: str) -> int:
        """A whole number in a range; `source` says whose limit it is."""
        value = self._args.get(key, default)
        number = _whole(value)
        if isinstance(number, int) and not isinstance(number, bool) and low <= number <= high:
            return number
        expected = f"a whole number from {low:,} to {high:,}"
        self.add_problem(key, expected, value, source=source, example=default)
        return default

    def one_of(self, key: str, default: Any, allowed: Collection[Any], source: str) -> Any:
        """One of a few values."""
        value = self._args.get(key, default)
        choice = _whole(value)
        if choice in allowed and not isinstance(choice, bool):  # True is equal to 1
            return choice
        expected = f"one of {', '.join(map(str, allowed))}"
        self.add_problem(key, expected, value, source=source, example=default)
        return default

    def flag(self, key: str) -> bool:
        """True or false; false by default."""
        value = self._args.get(key, False)
        if not isinstance(value, bool):
            self.add_problem(key, "true or false", value, example=False)
        return value is True

    def text(
        self,
        key: str,
        default: str | None = None,
        *,
        expected: str = "a text that is not empty",
        example: str = "",
    ) -> str:
        """A text that is not empty; required if it has no default."""
        value = self._args.get(key, default)
        if isinstance(value, str) and _is_text(value):
            return value
        self.add_problem(key, expected, value, example=default or example)
        return ""

    def texts(self, key: str, *, expected: str = "a list of texts", example: str = "") -> list[str] | None:
        """A list of texts, or None if it is not given; `example` is one of them."""
        value = self._args.get(key)
        if value is None:
            return None
        listed = isinstance(value, Sequence) and not isinstance(value, str)
        if listed and all(isinstance(text, str) for text in value):
            return list(value)
        self.add_problem(key, expected, value, example=[example])
        return None

    def document(self, key: str) -> dict[str, Any] | None:
        """A required JSON object, with its whole numbers whole; None if it is none."""
        value = self._args.get(key)
        if isinstance(value, Mapping):
            return cast(dict[str, Any], _whole(value))
        self.add_problem(key, "an object", value)
        return None

    def resource(
        self,
        key: str,
        form: re.Pattern[str] | None = None,
        expected: str = "",
        *,
        required: bool = False,
        example: str = "",
    ) -> Any:
        """A name or ARN, of a form if one is told, or another resource's output; None if it is not given."""
        value = self._args.get(key)
        if not _is_reference(value):
            if required or value is not None:
                self.add_problem(key, "a text that is not empty, or another resource's output", value)
            return None
        if form and isinstance(value, str) and not form.fullmatch(value):
            self.add_problem(key, expected, value, example=example)
        return value

    def reference(self, key: str, parts: type, *, required: bool = False) -> Any:
        """A resource that exists already, told by its parts; None if it is not given."""
        value = self._args.get(key)
        if value is None and not required:
            return None
        names = set(parts.__annotations__)
        if isinstance(value, Mapping) and set(value) == names and all(map(_is_reference, value.values())):
            return value
        self.add_problem(key, f"an object of {' and '.join(sorted(names))}", value)
        return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_reference(value: object) -> bool:
    return isinstance(value, pulumi.Output | Awaitable) or _is_text(value)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return value
