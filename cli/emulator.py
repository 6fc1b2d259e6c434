"""`rowrelay emulator`: an empty emulator for `pulumi up --stack local`."""

import contextlib
import sys
import threading
from collections.abc import Iterator

from local.emulator import Emulator, emulator
from local.errors import PortError
from operations.errors import OperationError

from .options import LOCAL_STACK_PORT


def run_emulator(port: int) -> bool:
    """Serve an empty emulator until Ctrl-C.

    Standard output has what the terminals that use it need, for a shell to read; the rest is on stderr.

    Raises:
        OperationError: the port is taken.
        EmulatorError: it does not start.
    """
    with _listening(port) as running:
        running.wait_until_ready()
        print(f"export AWS_ACCESS_KEY_ID={running.access_key.id}")
        print(f"export AWS_SECRET_ACCESS_KEY={running.access_key.secret}", flush=True)
        print(_advice(running.endpoint, port), file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return True


@contextlib.contextmanager
def _listening(port: int) -> Iterator[Emulator]:
    try:
        with emulator(port) as running:
            yield running
    except PortError as error:
        raise OperationError(
            f"{error} Give another with --port, and name it in `aws:endpoints` of Pulumi.local.yaml."
        ) from None


def _advice(endpoint: str, port: int) -> str:
    lines = [
        f"Running at {endpoint}: type these two lines in the terminal that runs",
        "`pulumi stack init local` (once) and `pulumi up --stack local`.",
    ]
    if port != LOCAL_STACK_PORT:
        lines.append(f"The stack's `aws:endpoints` must name this port, not {LOCAL_STACK_PORT}.")
    return "\n".join([*lines, "Press Ctrl-C to end it."])
