"""The embedded AWS: the emulator, started, with the program deployed into it."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .emulator import emulator
from .root import ROOT

if TYPE_CHECKING:
    from .access_key import AccessKey
    from .clients import Clients
    from .provision import RegisteredResource
    from .ses_limits import SesLimits


@dataclass(frozen=True)
class Deployment:
    """The program, deployed into a running emulator.

    Attributes:
        endpoint: where the emulator answers, `http://127.0.0.1:<port>`.
        access_key: its root user's, which requests are to be signed with.
        outputs: the stack's outputs, as plain values.
        seconds: how long starting and deploying took.
        resources: everything that the program registered, in the order of creation.
    """

    endpoint: str
    access_key: "AccessKey"
    outputs: dict[str, Any]
    seconds: float
    resources: "tuple[RegisteredResource, ...]"
    _clients: "Clients"

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator as its root user, us-east-1; one a service, shared.

        Args:
            service: boto3's name for it, such as `sqs`.
        """
        return self._clients.client(service)

    def mails(self) -> list[dict[str, Any]]:
        """All mails that SES took, in order (see `mailbox.read`)."""
        from .mailbox import read

        return read(self.endpoint, self.access_key)

    def limit_mails(self, limits: "SesLimits | None") -> None:
        """Set what SES may send from now on; None for everything, as at first."""
        from .mailbox import put_limits

        put_limits(self.endpoint, self.access_key, limits)


@contextlib.contextmanager
def embedded_aws(
    *,
    stack: str = "local",
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> Iterator[Deployment]:
    """Start the emulator, deploy the program into it, and take both down on leaving, however that happens.

    Args:
        stack: the stack whose `Pulumi.<stack>.yaml` holds the settings.
        port: the port to listen on (127.0.0.1 only); by default one that is free.
        settings: what wins over the stack's settings, with or without namespace: `{"rowsPerChunk": "10"}`.
        root: the folder of the Pulumi program; by default Rowrelay's.

    Raises:
        PortError: the port is not to be had.
        EmulatorError: the emulator does not start.
        EmbeddedAwsError: a settings file is missing or unreadable, or a resource could not be created.
        UnsupportedError: the program uses something that the embedded AWS does not know.
        Exception: whatever else the program raises, as it is.
    """
    start = time.perf_counter()
    with emulator(port) as running:
        # Imported while the emulator starts on another core: Pulumi and boto3 take most of a second.
        from .clients import Clients
        from .program import run_program
        from .project import read_project
        from .provision import Provisioner

        project = read_project(root, stack, settings or {})
        with contextlib.closing(Clients(running.endpoint, running.access_key)) as clients:
            engine = Provisioner(clients)
            running.wait_until_ready()
            outputs = run_program(project, engine)
            seconds = time.perf_counter() - start
            yield Deployment(
                running.endpoint, running.access_key, outputs, seconds, tuple(engine.resources), clients
            )
