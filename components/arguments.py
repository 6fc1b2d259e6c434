"""A component's arguments, read and checked: every problem is collected, and one error tells them all.

Other languages' programs send whole numbers as floats; they are taken as the whole numbers they are.
"""

import copy
import difflib
import re
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard, cast

import pulumi

from . import defaults
from .problems import ArgumentsError, Problem
from .references import FORMS

Listed: TypeAlias = pulumi.Input[list[pulumi.Input[str]]]
"""A list of names or ARNs, each of which, or all of it, may be another resource's output."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class Arguments:
    """The arguments of one component, read one by one; `finish` raises if any was wrong.

    A reader of a wrong value notes the problem and returns something of the right type, so that the rest can
    still be read. An argument that is None is one that is not given.
    """

    def __init__(self, component: str, name: str, args: Mapping[str, Any], known: type) -> None:
        self._component = component
        self._name = name
        self._within = ""
        self._problems: list[Problem] = []
        if not _NAME.fullmatch(name) or len(name) > defaults.COMPONENT_NAME_MAX:
            most = f"at most {defaults.COMPONENT_NAME_MAX} (IAM's limit of 64 for its roles' names)"
            self.add_problem("name", f"a letter, then letters, digits and hyphens, {most}", name)
        if not isinstance(args, Mapping):
            self.add_problem("args", "one dict of arguments, before the options", args)
            args = {}
        self._take(args, known, "arguments")

    def _take(self, args: Mapping[str, Any], known: type, called: str) -> None:
        self._args = {key: value for key, value in args.items() if value is not None}
        listed = ", ".join(sorted(known.__annotations__))
        for key in sorted(set(args) - set(known.__annotations__)):
            near = difflib.get_close_matches(key, known.__annotations__, 1)
            hint = f"did you mean {near[0]}? The" if near else "the"
            self.add_problem(key, "left out", args[key], detail=f"unknown; {hint} {called} are {listed}")

    def members(self, key: str, known: type) -> "Arguments":
        """The members of an argument that is an object, to be read like arguments; none if it is not given.

        What is wrong with them is collected here, as `key.member`. An argument that is no object is noted,
        and from then on not given.
        """
        value = self._args.get(key, {})
        if not isinstance(value, Mapping):
            self.add_problem(key, "an object", self._args.pop(key))
            value = {}
        inner = copy.copy(self)
        inner._within = f"{self._within}{key}."
        inner._take(value, known, "members")
        return inner

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
        self._problems.append(Problem(self._within + key, expected, got, source, detail, example=example))

    def exclude(self, key: str, *, beside: str, because: str = "") -> None:
        """Note a problem if an argument is given that must be left out, as another one is given."""
        if key in self._args:
            detail = f"contradicts {beside}{because and ', '}{because}; leave one out"
            argument, got = self._within + key, self._args[key]
            problem = Problem(argument, "left out", got, detail=detail, excluded_by=beside)
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

    def one_of(self, key: str, default: Any, allowed: Collection[Any], source: str = "") -> Any:
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

    def texts(
        self, key: str, *, expected: str = "a list of texts", least: int = 0, example: str = ""
    ) -> list[str] | None:
        """A list of so many texts, or None if it is not given; `example` is one of them."""
        value = self._args.get(key)
        if value is None:
            return None
        listed = isinstance(value, Sequence) and not isinstance(value, str)
        if listed and len(value) >= least and all(isinstance(text, str) for text in value):
            return list(value)
        self.add_problem(key, expected, value, example=[example])
        return None

    def document(self, key: str, expected: str = "an object") -> dict[str, Any] | None:
        """A required JSON object, with its whole numbers whole; None if it is none, or not known yet."""
        value = self._args.get(key)
        if not isinstance(value, Mapping):
            self.add_problem(key, expected, value)
            return None
        try:
            if not _has_outputs(value):
                return cast(dict[str, Any], _whole(value))
            detail = "another resource's output stands in it; expected what is known before any is created"
        except RecursionError:  # hundreds of brackets
            detail = "nested too deeply to be read; take levels out"
        self.add_problem(key, expected, value, detail=detail)
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
        if form and not _has_form(value, form):
            self.add_problem(key, expected, value, example=example)
        return value

    def resources(
        self,
        key: str,
        most: int,
        form: re.Pattern[str],
        expected: str,
        *,
        least: int = 0,
        example: str = "",
    ) -> Any:
        """A list of so many names or ARNs of a form, or of outputs, or an output; none if it is not given."""

        def fits(each: object) -> bool:
            return _is_reference(each) and _has_form(each, form)

        value: Any = self._args.get(key, None if least else [])
        if isinstance(value, pulumi.Output | Awaitable):
            return value
        listed = isinstance(value, Sequence) and not isinstance(value, str)
        if listed and least <= len(value) <= most and all(map(fits, value)):
            return list(value)
        self.add_problem(key, f"{least} to {most} {expected}", value, example=[example])
        return []

    def named_inputs(self, key: str) -> dict[str, pulumi.Input[str]]:
        """An object of texts and outputs by name; empty if it is not given."""
        value = self._args.get(key, {})
        if not isinstance(value, Mapping):
            self.add_problem(key, "an object of texts", value)
            return {}
        for name, item in value.items():
            if not isinstance(item, str | pulumi.Output | Awaitable):
                detail = f"expected a text for {name}, got {item!r}"
                self.add_problem(key, "an object of texts", value, detail=detail)
        return dict(value)

    def reference(self, key: str, parts: type, *, required: bool = False) -> Any:
        """A resource that exists already, told by its parts; None if it is not given."""
        value = self._args.get(key)
        if value is None and not required:
            return None
        needed, known = _parts_of(parts)
        expected = f"an object of {' and '.join(needed)}"
        told = {part: of for part, of in value.items() if of is not None} if _is_object(value) else {}
        if not set(needed) <= set(told) <= set(known) or not all(map(_is_reference, told.values())):
            self.add_problem(key, expected, value)
            return None
        for part, (form, what) in FORMS[parts].items():
            if not _has_form(told[part], form):
                detail = f"expected {what} as {part}, got {told[part]!r}"
                self.add_problem(key, expected, value, detail=detail)
        return told


def _parts_of(parts: Any) -> tuple[list[str], list[str]]:
    """The members of a TypedDict that are needed, and all of them."""
    return sorted(parts.__required_keys__), sorted(parts.__annotations__)


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_reference(value: object) -> bool:
    return isinstance(value, pulumi.Output | Awaitable) or _is_text(value)


def _has_form(value: object, form: re.Pattern[str]) -> bool:
    return not isinstance(value, str) or form.fullmatch(value) is not None


def _has_outputs(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_outputs, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_outputs, value))
    return isinstance(value, pulumi.Output | Awaitable)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return value
