"""The program in a folder of its own, under the real engine, with the embedded AWS behind its provider."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import yaml

from ..program import copy_program
from .installed import PYTHON, pulumi_cli
from .plugin.provider import Provider, serving

DRIVER = Path(__file__).with_name("driver.py")
# What a step says of a resource that nothing happens to.
UNTOUCHED = frozenset({"same", "read"})


@dataclass(frozen=True)
class Ran:
    """What came of an operation.

    Attributes:
        steps: What happened (or would, in a preview), by type and name: "aws:sqs/queue:Queue writer-queue".
        inputs: The resources' inputs, likewise.
        messages: What the engine and the program said: (severity, text).
        error: Why it failed; None if it did not.
    """

    steps: Mapping[str, str]
    inputs: Mapping[str, Mapping[str, Any]]
    messages: list[tuple[str, str]]
    error: str | None

    @property
    def changes(self) -> dict[str, str]:
        """The steps that change something, by the resource's name; the stack itself left out."""
        return {
            key.split(" ")[1]: step
            for key, step in self.steps.items()
            if step not in UNTOUCHED and not key.startswith("pulumi:")
        }

    def said(self, severity: str) -> str:
        """All messages of a severity."""
        return "\n".join(text for of, text in self.messages if of == severity)


@dataclass
class Project:
    """A copy of the program.

    Attributes:
        folder: Where it is.
        provider: What answers for AWS.
        environment: What the Pulumi CLI needs to work on its stacks.
    """

    folder: Path
    provider: Provider
    environment: Mapping[str, str]
    _requests: IO[str]
    _answers: IO[str]
    _log: Path

    def run(self, operation: str, stack: str) -> Ran:
        """Preview, up or destroy a stack."""
        answer = self._ask(operation, stack)
        steps = {key: step for key, (step, _) in answer["steps"].items()}
        inputs = {key: of for key, (_, of) in answer["steps"].items()}
        return Ran(steps, inputs, [(of, text) for of, text in answer["messages"]], answer["error"])

    def succeed(self, operation: str, stack: str) -> Ran:
        """The same, of what must not fail."""
        ran = self.run(operation, stack)
        assert ran.error is None, ran.error
        return ran

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs."""
        outputs: dict[str, Any] = self._ask("outputs", stack)["outputs"]
        return outputs

    def configure(self, stack: str, **settings: Any) -> None:
        """Change settings in the stack's file; None takes one out."""
        path = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, value in settings.items():
            content["config"].pop(f"rowrelay:{name}", None)
            if value is not None:
                content["config"][f"rowrelay:{name}"] = value
        path.write_text(yaml.safe_dump(content), encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file of the program."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _ask(self, operation: str, stack: str) -> Any:
        print(json.dumps({"operation": operation, "stack": stack}), file=self._requests, flush=True)
        answer = self._answers.readline()
        assert answer, self._log.read_text(errors="replace")
        return json.loads(answer)


@contextlib.contextmanager
def project(
    folder: Path,
    provider_clients: Any,
    program: Path | None = None,
    *,
    python: Path = PYTHON,
    hosts: Path | None = None,
) -> Iterator[Project]:
    """Let a program run.

    Args:
        folder: A new folder for the engine's state.
        provider_clients: The clients of the emulator that stands for AWS.
        program: The program's folder; by default a copy of this repository's program is made.
        python: What runs it.
        hosts: Where language hosts of our own are, if the program needs any.
    """
    program = program or copy_program(folder / "program")
    provider = Provider(provider_clients, program)
    with serving(provider) as port:
        environment = engine_environment(folder, port, hosts)
        log = folder / "driver.log"
        with log.open("w") as output, _driver(program, environment, output, python) as driver:
            assert driver.stdin
            assert driver.stdout
            yield Project(program, provider, environment, driver.stdin, driver.stdout, log)


@contextlib.contextmanager
def _driver(
    program: Path, environment: Mapping[str, str], log: IO[str], python: Path
) -> Iterator["subprocess.Popen[str]"]:
    driver = subprocess.Popen(
        [str(python), "-I", str(DRIVER)],
        cwd=program,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        yield driver
    finally:
        assert driver.stdin
        driver.stdin.close()
        driver.wait()


def engine_environment(folder: Path, port: int, hosts: Path | None = None) -> dict[str, str]:
    """The environment of the Pulumi CLI: its state in the folder, our provider at the port, nobody's AWS."""
    cli = pulumi_cli()
    assert cli
    (folder / "state").mkdir()
    return {
        "PATH": os.pathsep.join(
            [*([str(hosts)] if hosts else []), str(cli.parent), os.environ.get("PATH", os.defpath)]
        ),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PULUMI_HOME": str(folder / "pulumi"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "of a test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
        "PIP_NO_INDEX": "1",  # what a program needs is in the environment; a test downloads nothing
    }
