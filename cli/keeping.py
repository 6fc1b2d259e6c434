"""The embedded AWS that `rowrelay demo --keep` leaves running."""

import contextlib
import json
import threading
from dataclasses import dataclass

from local.embedded import Deployment
from local.emulator import REGION
from local.kept import KeptRun, NameTakenError, publish, refuse_taken_name
from operations.errors import UsageError
from operations.stack import DEMO, is_demo_name
from operations.text import stack_option

from .printer import Printer, shown

_VALUE_SHOWN = 300  # characters of a stack's output


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Whether the embedded AWS is left running, and under which name; by default the first that is free."""

    keep: bool = False
    name: str | None = None

    def check(self) -> None:
        """Look whether it may have this name.

        Raises:
            UsageError: it may not, or nothing is kept.
            NameTakenError: another has it.
        """
        if self.name is None:
            return
        if not self.keep:
            raise UsageError("--name is a kept demo's: add --keep.")
        if not is_demo_name(self.name):
            expected = f"expected {DEMO}, or {DEMO}- and letters, digits, _ and -, such as {DEMO}-shop"
            raise UsageError(f"--name: {expected}, so that it is no deployed stack's; got {self.name}.")
        refuse_taken_name(self.name)

    def wait(self, printer: Printer, aws: Deployment) -> None:
        """Leave it running until Ctrl-C, found by the other commands meanwhile; say how to get at it."""
        key = aws.access_key
        printer.line(
            f"Running at {aws.endpoint} (access key {key.id}, secret key {key.secret}, region {REGION}) with:"
        )
        for name, value in aws.outputs.items():
            text = value if isinstance(value, str) else json.dumps(value)
            printer.line(f"  {name}: {shown(text, _VALUE_SHOWN)}")
        with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
            try:
                kept = KeptRun(aws.endpoint, key, aws.outputs)
                name = stack.enter_context(publish(kept, self.name or DEMO, exact=self.name is not None))
                printer.line(f"Its name is {name}. In another terminal, in any folder, try:")
                printer.command("  ", f"rowrelay status{stack_option(name)}")
            except (NameTakenError, OSError) as error:
                printer.line(f"`rowrelay status` and the other commands will not find it: {error}")
            printer.line("Press Ctrl-C to end it.")
            threading.Event().wait()
