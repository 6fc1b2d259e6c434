"""Running a Pulumi program in this process, without the Pulumi CLI, against an engine of ours."""

import asyncio
import contextlib
import contextvars
import logging
import runpy
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pulumi
import pulumi.runtime
from pulumi.runtime.settings import Settings, configure, get_root_resource

from .project import Project
from .provision import Provisioner

ORGANIZATION = "organization"  # what Pulumi says where there is none
CREATIONS_AT_ONCE = 16  # more than the emulator can use; creating one resource may wait for AWS

_log = logging.getLogger("rowrelay.pulumi")
_one_at_a_time = threading.Lock()  # runpy and the current folder belong to the whole process


def run_program(project: Project, engine: Provisioner) -> dict[str, Any]:
    """Run a project's `__main__.py` to its end, all resources created.

    May be called again and again: the runtime's state lives in a thread and a context of the run's own.
    While it runs, the current folder is the project's, as under the Pulumi CLI.

    Args:
        project: the program, its stack and settings.
        engine: what creates its resources.

    Returns:
        The stack's outputs as plain values.

    Raises:
        Exception: whatever the program or the engine raised first, as it is.
    """
    done: Future[dict[str, Any]] = Future()
    thread = threading.Thread(target=_work, args=(project, engine, done), name="pulumi-program", daemon=True)
    thread.start()
    try:
        return done.result()
    except BaseException as error:  # Ctrl-C, too: the thread must not go on creating
        engine.stop(error)
        raise


def _work(project: Project, engine: Provisioner, done: "Future[dict[str, Any]]") -> None:
    try:
        with _one_at_a_time:
            done.set_result(contextvars.Context().run(_run, project, engine))
    except BaseException as error:  # including SystemExit: the caller's to deal with
        done.set_exception(engine.failure or error)


def _run(project: Project, engine: Provisioner) -> dict[str, Any]:
    outputs: dict[str, Any] = {}

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[None]:
        runpy.run_path(str(project.root / "__main__.py"), run_name="__main__")
        stack = get_root_resource()
        return pulumi.Output.from_input(stack.outputs).apply(outputs.update)  # type: ignore[union-attr]

    with _event_loop(), _in_folder(project):
        configure(Settings(project.name, project.stack, root_directory=str(project.root)))
        pulumi.runtime.set_all_config(dict(project.config))
        pulumi.runtime.set_mocks(
            engine, project.name, project.stack, preview=False, logger=_log, organization=ORGANIZATION
        )
        program()
    return outputs


@contextlib.contextmanager
def _event_loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(CREATIONS_AT_ONCE, thread_name_prefix="pulumi-resource")
    loop.set_default_executor(executor)
    try:
        yield
    finally:
        # After a failure some are still waiting for what will never come; that is no news.
        loop.set_exception_handler(lambda *_: None)
        for task in (tasks := asyncio.all_tasks(loop)):
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        executor.shutdown(cancel_futures=True)
        asyncio.set_event_loop(None)
        loop.close()


@contextlib.contextmanager
def _in_folder(project: Project) -> Iterator[None]:
    folder = str(project.root)
    added = folder not in sys.path
    if added:
        sys.path.insert(0, folder)
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        if added:
            sys.path.remove(folder)
