"""Runs a Pulumi program through the Automation API, in an environment that has what `pulumi up` has.

A program in Python runs in this process; one in YAML, which its Pulumi.yaml is, through the language's host.

Run as `python driver.py`, in the program's folder: each line of its standard input is a request, a JSON
object {"operation": "preview", "stack": "dev"}; its answer is a line on its standard output. Nothing of this
repository is imported here, so that the program finds what its own folder and environment hold, and no more.
"""

import json
import os
import runpy
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pulumi import automation


def program() -> None:
    """Run the program as a language host does: nothing of it is left from the run before."""
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{Path.cwd()}{os.sep}"):
            del sys.modules[name]
    runpy.run_path("__main__.py", run_name="__main__")


@cache  # to select one is to start the CLI four times
def select(stack: str) -> automation.Stack:
    """The stack, made if there is none yet."""
    here = str(Path.cwd())
    if not Path("__main__.py").exists():
        return automation.create_or_select_stack(stack, work_dir=here)
    options = automation.LocalWorkspaceOptions(work_dir=here)
    project = automation.LocalWorkspace(work_dir=here).project_settings().name
    return automation.create_or_select_stack(stack, project, program, opts=options)


def carry_out(request: dict[str, Any]) -> dict[str, Any]:
    """Carry out a request.

    Returns:
        Its `steps` (by the resource's type and name, the operation and the inputs), its `messages` (severity
        and text), the stack's `outputs`, and the `error`, if it failed.
    """
    stack = select(request["stack"])
    if request["operation"] == "outputs":
        return {"outputs": {name: output.value for name, output in stack.outputs().items()}}
    steps: dict[str, tuple[str, Any]] = {}
    messages: list[tuple[str, str]] = []

    def on_event(event: automation.EngineEvent) -> None:
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            steps[f"{step.type} {step.urn.rsplit('::', 1)[-1]}"] = (
                step.op.value,
                step.new.inputs if step.new else {},
            )
        if event.diagnostic_event and not event.diagnostic_event.ephemeral:
            messages.append((event.diagnostic_event.severity, event.diagnostic_event.message))

    error = None
    try:
        if request["operation"] == "destroy":  # the CLI looks first, the Automation API does not
            stack.preview_destroy(on_event=on_event)
        getattr(stack, request["operation"])(on_event=on_event)
    except automation.CommandError as failed:
        error = str(failed)
    return {"steps": steps, "messages": messages, "error": error}


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the program prints is no answer
    sys.path.insert(0, str(Path.cwd()))
    for line in sys.stdin:
        print(json.dumps(carry_out(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
