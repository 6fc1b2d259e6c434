"""Reading the Pulumi project's files as the Pulumi CLI does: name, declared settings, a stack's settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import EmbeddedAwsError


@dataclass(frozen=True)
class Project:
    """The project in a folder, as one stack sees it.

    Attributes:
        root: the folder, with `Pulumi.yaml` and `__main__.py`.
        name: the project's name, which is also the namespace of its settings.
        stack: the stack's name.
        config: every setting that has a value, by its full name (`rowrelay:sender`), as Pulumi's runtime
            takes them: text, with lists and objects as JSON.
    """

    root: Path
    name: str
    stack: str
    config: Mapping[str, str]


def read_project(root: Path, stack: str, settings: Mapping[str, str]) -> Project:
    """Read `Pulumi.yaml` and `Pulumi.<stack>.yaml`.

    Args:
        root: the project's folder.
        stack: the stack's name.
        settings: what wins over the files, by names with or without the project's namespace.

    Raises:
        EmbeddedAwsError: a file is missing or no YAML, a value is encrypted, or `settings` names what the
            project does not declare.
    """
    project = _load(root / "Pulumi.yaml", "Is this the folder of the Pulumi program?")
    name = str(project.raw["name"])
    declared = _section(project)
    values = {
        _full(name, key): _default(setting)
        for key, setting in declared.items()
        if not isinstance(setting.plain, dict) or setting.plain.keys() & {"default", "value"}
    }
    values |= _stack_values(root / f"Pulumi.{stack}.yaml", name, stack)
    known = {_full(name, key) for key in declared}
    overrides = {_full(name, key): value for key, value in settings.items()}
    for key in overrides:
        if key not in known and key.startswith(f"{name}:"):
            raise EmbeddedAwsError(
                f"There is no setting {key}. Pulumi.yaml declares: {', '.join(sorted(known)) or 'none'}."
            )
    return Project(root, name, stack, values | overrides)


@dataclass(frozen=True)
class _Node:
    """A YAML value twice: with its scalars as written (Pulumi keeps those) and as typed (for JSON)."""

    raw: Any
    plain: Any

    def __getitem__(self, key: str) -> "_Node":
        return _Node(self.raw[key], self.plain[key])

    def text(self) -> str:
        """The value as Pulumi's runtime takes it."""
        return json.dumps(self.plain) if isinstance(self.plain, dict | list) else str(self.raw)


def _default(setting: _Node) -> str:
    """The value that `Pulumi.yaml` gives to a setting: declared with its type, or in short."""
    if not isinstance(setting.plain, dict):
        return setting.text()
    return setting["value" if "value" in setting.plain else "default"].text()


def _stack_values(path: Path, name: str, stack: str) -> dict[str, str]:
    stacks = sorted(file.name.split(".")[1] for file in path.parent.glob("Pulumi.*.yaml"))
    hint = f"There is no stack {stack!r} here; there are: {', '.join(stacks) or 'none'}."
    section = _section(_load(path, hint))
    for key, value in section.items():
        if isinstance(value.plain, dict) and value.plain.keys() == {"secure"}:
            raise EmbeddedAwsError(
                f"{key} in {path.name} is encrypted, and only the Pulumi CLI can decrypt it. "
                "Give it as a setting of this run, or use another stack."
            )
    return {_full(name, key): value.text() for key, value in section.items()}


def _load(path: Path, hint: str) -> _Node:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EmbeddedAwsError(f"Cannot read {path}: {error.strerror}. {hint}") from None
    try:
        # BaseLoader builds nothing but text, lists and dicts: as safe as safe_load.
        return _Node(yaml.load(text, yaml.BaseLoader) or {}, yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        raise EmbeddedAwsError(f"{path} is no YAML: {error}") from None


def _section(file: _Node) -> dict[str, _Node]:
    if not isinstance(file.plain, dict) or not file.plain.get("config"):
        return {}
    config = file["config"]
    return {key: config[key] for key in config.plain}


def _full(namespace: str, key: str) -> str:
    return key if ":" in key else f"{namespace}:{key}"
