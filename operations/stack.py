"""The stack that a command works on: its outputs, and clients for its services."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3

from local.root import INSTALLED, ROOT

from .errors import OperationError, UsageError
from .text import stack_option

# A stack on AWS needs none of the embedded AWS's modules, so they are imported where they are needed.
if TYPE_CHECKING:
    from local.access_key import AccessKey
    from local.kept import KeptRun

# https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
_AWS_QUEUE = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/")
# What the names of kept demos begin with, so that none is taken for a deployed stack.
DEMO = "demo"
_DEMO_NAME = re.compile(rf"{DEMO}(-[A-Za-z0-9_]+)*")
_INSTALL = "https://www.pulumi.com/docs/iac/download-install/"


class Outputs(dict[str, Any]):
    """A stack's outputs, or what one of them has by name; what is asked for and is not there is told.

    Args:
        stack: What to call the stack.
        values: The outputs; one without a value is none.
        within: What comes before their names.
    """

    def __init__(self, stack: str, values: Mapping[str, Any], within: str = "") -> None:
        super().__init__({name: value for name, value in values.items() if value is not None})
        self._stack, self._within = stack, within

    @classmethod
    def of(cls, stack: str, values: Mapping[str, Any]) -> "Outputs":
        """Returns a stack's outputs, with those of its functions' names."""
        functions = values.get("functions")
        if isinstance(functions, Mapping):
            values = {**values, "functions": cls(stack, functions, "functions.")}
        return cls(stack, values)

    def __missing__(self, name: str) -> Any:
        raise OperationError(
            f"{self._stack} has no output {self._within}{name}, which this command needs: it is another"
            " program's, or was deployed by another version. Name another with --stack, or deploy it anew."
        )


@dataclass(frozen=True)
class Stack:
    """A deployed stack.

    Attributes:
        name: What to call it in a message.
        option: What to add to another command for the same stack: " --stack dev", or nothing.
        outputs: The stack's outputs, by the names that the program gives them; see `Outputs`.
        client: Returns the client of a service, by boto3's name for it.
    """

    name: str
    option: str
    outputs: Mapping[str, Any]
    client: Callable[[str], Any]


def find_stack(name: str | None) -> Stack:
    """Find the stack of this name, or the demo that is kept running.

    Args:
        name: A kept demo's name, or else the Pulumi stack's; None for the only demo that is kept.

    Raises:
        UsageError: no name, and none is kept running, or several are.
        OperationError: Pulumi is not installed, or does not know the stack or its outputs.
    """
    if name is None:
        return _kept_stack()
    if is_demo_name(name) and (kept := _kept_demos().get(name)):
        return _demo(kept, f"the demo {name}", stack_option(name))
    outputs, called = _outputs(name), f"stack {name}"
    return Stack(called, stack_option(name), Outputs.of(called, outputs), _clients(outputs["queue_url"]))


def is_demo_name(name: str) -> bool:
    """Whether a kept demo may have this name."""
    return bool(_DEMO_NAME.fullmatch(name))


def _kept_stack() -> Stack:
    demos = _kept_demos()
    if len(demos) == 1:
        [kept] = demos.values()
        return _demo(kept, "the embedded AWS", "")
    if demos:
        told = ", ".join(f"{name} ({kept.endpoint})" for name, kept in sorted(demos.items()))
        raise UsageError(f"no stack: expected --stack NAME, for several demos are kept running: {told}.")
    raise UsageError(
        "no stack: expected --stack NAME, or an embedded AWS that is kept running, got neither. "
        "Name a deployed stack, or run `rowrelay demo --keep` in another terminal."
    )


def _kept_demos() -> "Mapping[str, KeptRun]":
    from local.kept import find_kept

    return find_kept()


def _demo(kept: "KeptRun", name: str, option: str) -> Stack:
    client, called = _emulator_clients(kept.endpoint, kept.access_key), f"{name} at {kept.endpoint}"
    return Stack(called, option, Outputs.of(called, kept.outputs), client)


def _outputs(name: str) -> Mapping[str, Any]:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise OperationError(
            f"The outputs of stack {name} cannot be read: expected the Pulumi CLI, `pulumi`, on the PATH, "
            f"got none. Install it ({_INSTALL}) and log in to where the stack is kept."
        )
    command = [pulumi, "stack", "output", "--json", "--stack", name, "--non-interactive"]
    project = Path.cwd() if INSTALLED else ROOT  # installed, the command is for any project of this program
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ended.returncode:
        told = ended.stderr.strip() or f"exit code {ended.returncode}"
        raise OperationError(f"`pulumi stack output --stack {name}` failed: {told}")
    outputs: dict[str, Any] | None = json.loads(ended.stdout)
    if not outputs or outputs.get("queue_url") is None:
        raise OperationError(
            f"Stack {name} has no output queue_url, so it is not deployed: run `pulumi up --stack {name}`."
        )
    return outputs


def _clients(queue_url: str) -> Callable[[str], Any]:
    """Returns clients for where the queue is: a region of AWS, or an emulator `pulumi up` deployed to."""
    aws = _AWS_QUEUE.match(queue_url)
    if aws:
        return _SharedClients(boto3.Session(region_name=aws[1])).client
    emulator = urlsplit(queue_url)
    return _emulator_clients(f"{emulator.scheme}://{emulator.netloc}", _key_in_environment())


class _SharedClients:
    """One client a service, made when first asked for: they are thread-safe, and making one is not.

    https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    """

    def __init__(self, session: boto3.Session) -> None:
        self._session, self._lock, self._clients = session, threading.Lock(), dict[str, Any]()

    def client(self, service: str) -> Any:
        """Returns the client of a service, by boto3's name for it."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(service)  # type: ignore[call-overload]  # literal names only
            return self._clients[service]


def _emulator_clients(endpoint: str, access_key: "AccessKey") -> Callable[[str], Any]:
    from local.clients import Clients

    return Clients(endpoint, access_key).client


def _key_in_environment() -> "AccessKey":
    """Returns the emulator's key from where Pulumi's provider takes it, too."""
    from local.access_key import AccessKey

    key_id, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        raise UsageError(
            "the stack is in an emulator: expected its key as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in "
            "the environment, got none. Type the two lines that `rowrelay emulator` printed."
        )
    return AccessKey(key_id, secret)
