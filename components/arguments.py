"""A component's arguments, read and checked: every problem is collected, and all are told in one ValueError.

Other languages' programs send whole numbers as floats; they are taken as the whole numbers they are.
"""

import re
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Any, cast

import pulumi

from . import defaults

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class Arguments:
    """The arguments of one component, read one by one; `finish` raises if any was wrong.

    A reader of a wrong value notes the problem and returns something of the right type, so that the rest can
    still be read.
    """

    def __init__(self, component: str, name: str, args: Mapping[str, Any], known: type) -> None:
        self._subject = f"{component} {name!r}"
        self._args = {key: value for key, value in args.items() if value is not None}
        self.problems: list[str] = []
        if not _NAME.fullmatch(name) or len(name) > defaults.COMPONENT_NAME_MAX:
            self.problems.append(
                "name: expected a letter, then letters, digits and hyphens, at most "
                f"{defaults.COMPONENT_NAME_MAX} (IAM's limit of 64 for its roles' names), got {name!r}"
            )
        for key in sorted(set(args) - set(known.__annotations__)):
            self.problems.append(
                f"{key}: unknown; the arguments are {', '.join(sorted(known.__annotations__))}"
            )

    def finish(self) -> None:
        """Raise ValueError with all problems, if there are any."""
        if self.problems:
            # Each once: an argument that is read twice is no more wrong than one that is read once.
            listed = "\n".join(f"  - {problem}" for problem in dict.fromkeys(self.problems))
            raise ValueError(f"{self._subject} cannot be created:\n{listed}")

    def given(self, *keys: str) -> list[str]:
        """Those of the arguments that were given."""
        return [key for key in keys if key in self._args]

    def whole_number(self, key: str, default: int, low: int, high: int, source: str) -> int:
        """A whole number in a range; `source` says whose limit it is."""
        value = self._args.get(key, default)
        number = _whole(value)
        if isinstance(number, int) and not isinstance(number, bool) and low <= number <= high:
            return number
        self._expected(key, f"a whole number from {low:,} to {high:,} ({source})", value)
        return default

    def one_of(self, key: str, default: Any, allowed: Collection[Any], source: str) -> Any:
        """One of a few values."""
        value = self._args.get(key, default)
        choice = _whole(value)
        if choice in allowed and not isinstance(choice, bool):  # True is equal to 1
            return choice
        self._expected(key, f"one of {', '.join(map(str, allowed))} ({source})", value)
        return default

    def flag(self, key: str) -> bool:
        """True or false; false by default."""
        value = self._args.get(key, False)
        if not isinstance(value, bool):
            self._expected(key, "true or false", value)
        return value is True

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; required if it has no default."""
        value = self._args.get(key, default)
        if isinstance(value, str) and _is_text(value):
            return value
        self._expected(key, "a text that is not empty", value)
        return ""

    def texts(self, key: str) -> list[str] | None:
        """A list of texts, or None if it is not given."""
        value = self._args.get(key)
        if value is None:
            return None
        if (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and all(isinstance(v, str) for v in value)
        ):
            return list(value)
        self._expected(key, "a list of texts", value)
        return None

    def document(self, key: str) -> dict[str, Any] | None:
        """A required JSON object, with its whole numbers whole; None if it is none."""
        value = self._args.get(key)
        if isinstance(value, Mapping):
            return cast(dict[str, Any], _whole(value))
        self._expected(key, "an object", value)
        return None

    def resource(self, key: str, *, required: bool = False) -> Any:
        """A name, URL or ARN that may be another resource's output; None if it is not given."""
        value = self._args.get(key)
        if not _is_reference(value) and (required or value is not None):
            self._expected(key, "a text that is not empty, or another resource's output", value)
        elif key.endswith("arn") and isinstance(value, str) and not value.startswith("arn:"):
            self._expected(key, "an ARN", value)
        return value

    def reference(self, key: str, parts: type, *, required: bool = False) -> Any:
        """A resource that exists already, told by its parts; None if it is not given."""
        value = self._args.get(key)
        if value is None and not required:
            return None
        names = set(parts.__annotations__)
        if isinstance(value, Mapping) and set(value) == names and all(map(_is_reference, value.values())):
            return value
        self._expected(key, f"an object of {' and '.join(sorted(names))}", value)
        return None

    def _expected(self, key: str, expected: str, got: object) -> None:
        if got is None:
            self.problems.append(f"{key}: missing; expected {expected}")
        elif isinstance(got, pulumi.Output):
            self.problems.append(
                f"{key}: expected {expected}, known while the program runs; got another resource's output"
            )
        else:
            self.problems.append(f"{key}: expected {expected}, got {got!r}")


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
