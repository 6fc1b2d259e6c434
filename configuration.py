"""A stack's configuration: its texts made into values, and what is wrong with them told in its own terms."""

import difflib
import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components.problems import Problem


class SettingsError(pulumi.RunError):
    """Settings that are wrong or missing: each with what it must be, what it is, and how to set it."""


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: Its name in Pulumi.yaml.
        argument: The components' argument that it becomes; `a.b` for the member `b` of the argument `a`.
        read: Makes the argument of its text; raises OSError or ValueError if it cannot.
        default: Its text where it is empty; without one, the component's default applies.
        must_be: What it must be, if that is not what the argument must be.
        optional: Whether nothing stands for it where it is empty.
    """

    name: str
    argument: str
    read: Callable[[str], Any] = str
    default: str = ""
    must_be: str = ""
    optional: bool = False


class Configuration:
    """The stack's configuration as Pulumi passes it, of which only these settings are known."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        self._config = pulumi.Config()
        self._settings = {setting.argument: setting for setting in settings}
        self._unread: list[Problem] = []

    def read(self) -> dict[str, Any]:
        """The settings' values by argument, `a.b` in `a`; None for one that is empty or cannot be read."""
        values: dict[str, Any] = {}
        for setting in self._settings.values():
            *outer, name = setting.argument.split(".")
            within = values
            for argument in outer:
                within = within.setdefault(argument, {})
            within[name] = self._value(setting)
        return values

    def finish(self, problems: Sequence[Problem]) -> None:
        """Raise SettingsError if there are problems, or settings that could not be read or do not exist."""
        lines = [*self._explain([*self._unread, *problems]), *self._unknown()]
        if lines:
            head = f"The settings in Pulumi.{pulumi.get_stack()}.yaml need attention:"
            raise SettingsError("\n".join([head, *lines]))

    def _text(self, setting: Setting) -> str:
        return (self._config.get(setting.name) or "").strip()

    def _value(self, setting: Setting) -> Any:
        text = self._text(setting) or setting.default
        try:
            return setting.read(text) if text else None
        except (OSError, ValueError) as error:
            self._unread.append(Problem(setting.argument, setting.must_be, text, detail=str(error)))
            return None

    def _explain(self, problems: Sequence[Problem]) -> Iterator[str]:
        """The settings that have problems, in their own order; then what no setting has brought about."""
        for setting in self._settings.values():
            if of_setting := [problem for problem in problems if problem.argument == setting.argument]:
                yield from self._explain_setting(setting, of_setting)
        for problem in problems:
            if problem.argument not in self._settings:
                yield f"  - {problem}"

    def _explain_setting(self, setting: Setting, problems: Sequence[Problem]) -> Iterator[str]:
        text, first = self._text(setting), problems[0]
        name = self._full_name(setting.name)
        yield f"  - {name} must be {self._must_be(setting, first)}; it is {repr(text) if text else 'not set'}"
        for detail in dict.fromkeys(problem.detail for problem in problems if not problem.excluded_by):
            if detail:
                yield f"      {detail}"
        example = setting.default or first.example
        if isinstance(example, list):  # it is set item by item
            name, example = f"--path '{name}[0]'", example[0]
        value = example if isinstance(example, str) else json.dumps(example)
        yield f"    Set it: pulumi config set {name} {shlex.quote(value)}"

    def _must_be(self, setting: Setting, problem: Problem) -> str:
        if problem.excluded_by:
            return f"empty if {self._full_name(self._settings[problem.excluded_by].name)} is set"
        return (setting.must_be or problem.expected) + (", or empty" if setting.optional else "")

    def _unknown(self) -> Iterator[str]:
        # Pulumi's public interface reads one setting by its name, and lists none.
        prefix = self._full_name("")
        known = [setting.name for setting in self._settings.values()]
        given = (key for key in {**get_config_env(), **CONFIG.get()} if key.startswith(prefix))
        for name in sorted(given):
            if name.removeprefix(prefix) not in known:
                nearest = difflib.get_close_matches(name.removeprefix(prefix), known, 1, 0)[0]
                yield f"  - {name} is no setting of this project; did you mean {prefix}{nearest}?"
                yield f"    Take it out: pulumi config rm {name}"

    def _full_name(self, name: str) -> str:
        return f"{self._config.name}:{name}"
