"""Runs programs against Pulumi's mocks and keeps what they register."""

import json
import logging
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime.mocks import MockMonitor, set_mocks
from pulumi.runtime.proto.source_pb2 import StackTrace
from pulumi.runtime.stack import Stack

from local.provider_defaults import with_provider_defaults

from .answers import Answers

# Where in the source each resource stands, which no test asks, takes a sixth of a program's time here.
pulumi.runtime.resource._get_stack_trace = StackTrace


@dataclass(frozen=True)
class Registered:
    """One resource as the program registered it; `dependencies` are names."""

    kind: str
    name: str
    inputs: dict[str, Any]
    parent: str
    dependencies: frozenset[str]
    retain: bool
    protect: bool


@dataclass
class Recording:
    """What a run registered, and said: `messages` are warnings and errors, `told` is of less weight."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    component_outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def one(self, kind: str, name: str) -> Registered:
        """The resource of this kind (without "aws:") and name."""
        found = [r for r in self.resources if (r.kind, r.name) == (f"aws:{kind}", name)]
        assert len(found) == 1, f"{len(found)} resources aws:{kind} {name!r} in {self.names()}"
        return found[0]

    def inputs(self, kind: str, name: str) -> dict[str, Any]:
        """The inputs of the resource of this kind and name."""
        return self.one(kind, name).inputs

    def all(self, kind: str) -> list[Registered]:
        """All resources of this kind."""
        return [r for r in self.resources if r.kind == f"aws:{kind}"]

    def names(self) -> set[str]:
        """The names of all resources."""
        return {r.name for r in self.resources}

    def statements(self, policy: str) -> dict[str, tuple[Any, ...]]:
        """The statements of a role's policy: by Sid, the actions, the resources, and a condition if any."""
        document = json.loads(self.inputs("iam/rolePolicy:RolePolicy", policy)["policy"])
        found = {}
        for statement in document["Statement"]:
            assert statement.pop("Effect") == "Allow"
            sid, actions, resources = (statement.pop(key) for key in ("Sid", "Action", "Resource"))
            assert sid not in found
            assert set(statement) <= {"Condition"}
            found[sid] = (set(actions), set(resources), *statement.values())
        return found


class _Monitor(MockMonitor):
    def __init__(self, recording: Recording) -> None:
        super().__init__(Answers())
        self._recording = recording

    def RegisterResource(self, request: Any) -> Any:
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self._recording.resources.append(
                Registered(
                    kind=request.type,
                    name=request.name,
                    inputs=_completed(request),
                    parent=request.parent.rsplit("::", 1)[-1],
                    dependencies=frozenset(urn.rsplit("::", 1)[-1] for urn in request.dependencies),
                    retain=request.retainOnDelete,
                    protect=request.protect,
                )
            )
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:
        outputs = pulumi.runtime.rpc.deserialize_properties(request.outputs)
        self._recording.component_outputs[request.urn.rsplit("::", 1)[-1]] = outputs
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def _completed(request: Any) -> dict[str, Any]:
    """The inputs as they reach AWS: with what the provider fills in."""
    inputs: dict[str, Any] = pulumi.runtime.rpc.deserialize_properties(request.object)
    return with_provider_defaults(request.type, inputs)


class _Messages(logging.Handler):
    def __init__(self, recording: Recording) -> None:
        super().__init__(logging.INFO)
        self._recording = recording

    def emit(self, record: logging.LogRecord) -> None:
        heavy = record.levelno >= logging.WARNING
        (self._recording.messages if heavy else self._recording.told).append(record.getMessage())


def record(
    program: Callable[[], object], config: Mapping[str, str] | None = None, stack: str = "test"
) -> Recording:
    """Run a program to its end and return what it registered.

    Its outputs, those it exports and those in a dict that it returns, are awaited.
    """
    recording = Recording()
    logger = logging.Logger("pulumi")
    logger.addHandler(_Messages(recording))
    pulumi.runtime.set_all_config(dict(config or {}))
    set_mocks(Answers(), project="rowrelay", stack=stack, monitor=_Monitor(recording), logger=logger)
    root = pulumi.runtime.get_root_resource()
    assert isinstance(root, Stack)
    root.outputs = {}

    def run() -> pulumi.Output[Any]:
        returned = program()
        outputs = {**root.outputs, **(returned if isinstance(returned, dict) else {})}
        return pulumi.Output.from_input(outputs).apply(recording.outputs.update)

    awaited: Callable[[], None] = pulumi.runtime.test(run)  # type: ignore[no-untyped-call]
    awaited()
    return recording


def stack_config(root: Path, stack: str) -> dict[str, str]:
    """A stack file's settings, as the Pulumi CLI passes them to the program."""
    config = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def record_program(root: Path, stack: str, config: Mapping[str, str] | None = None) -> Recording:
    """Run the whole program in `root`, which must be the current folder, for one of its stacks."""
    assert Path.cwd() == root
    settings = stack_config(root, stack) if config is None else config

    def program() -> None:
        runpy.run_path(str(root / "__main__.py"))

    return record(program, settings, stack)
