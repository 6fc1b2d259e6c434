"""Virtual time and what runs in it: tasks that take turns, in an order that one seed decides.

A task is a greenlet: it runs until it waits for something, and then another has its turn. So one thread runs
any number of invocations beside each other, the same way each time.
"""

import heapq
import itertools
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

from tests.unit.helpers.fakes import Killed

START = 1_800_000_000.0  # the world's first second, as Unix has it
_MOST_STEPS = 100_000  # more than a seed's run takes that will ever end


class Process:
    """What is killed as one: the tasks of an invocation. `skew`: how far its clock is off, in seconds."""

    def __init__(self, name: str, skew: float = 0.0) -> None:
        self.name = name
        self.skew = skew
        self.killed = ""


class Task:
    """Something that runs in a process; `done` is called once with its result and the error it ended with.

    `parent`: the task that waits for it, if one does.
    """

    def __init__(
        self,
        hub: greenlet,
        process: Process,
        work: Callable[[], Any],
        done: Callable[[Any, BaseException | None], None],
        parent: "Task | None" = None,
    ) -> None:
        self.process = process
        self.parent = parent
        self._work = work
        self._done = done
        self.greenlet = greenlet(self._run, hub)

    def _run(self) -> None:
        result, error = None, None
        try:
            result = self._work()
        except (Exception, Killed) as ended:
            error = ended
        try:
            self._done(result, error)
        finally:
            del error  # whose traceback has this frame, so that nothing of both would be freed


class World:
    """The clock, the tasks, and the seed's randomness."""

    def __init__(
        self, seed: int, say: Callable[[str], None] | None = None, *, most_steps: int = _MOST_STEPS
    ) -> None:
        self._most_steps = most_steps
        self.random = Random(seed)
        self.now = 0.0
        self.current: Task | None = None
        self._say = say
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._steps_left = most_steps
        self._hub = getcurrent()

    def time(self) -> float:
        """Unix time, as the process that asks has it."""
        return START + self.now + (self.current.process.skew if self.current else 0.0)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something later."""
        heapq.heappush(self._events, (self.now + seconds, next(self._order), action))

    def spawn(
        self,
        process: Process,
        work: Callable[[], Any],
        done: Callable[[Any, BaseException | None], None] = lambda _result, _error: None,
        parent: Task | None = None,
    ) -> None:
        """Start a task, beside whatever runs."""
        task = Task(self._hub, process, work, done, parent)
        self.after(0, partial(self._resume, task))

    def sleep(self, seconds: float) -> None:
        """Let a task wait. If its process is killed meanwhile, it never comes back."""
        task = self.current
        assert task, "only a task can wait"
        at = self.now + seconds
        if self._steps_left and not (self._events and self._events[0][0] <= at):
            # Nothing else happens until then, so the task need not be left to come back to it.
            self._steps_left -= 1
            self.now = max(self.now, at)
            if task.process.killed:
                raise Killed
            return
        self.after(seconds, partial(self._resume, task))
        self.wait()

    def wait(self) -> None:
        """Let a task wait until something resumes it."""
        task = self.current
        assert task
        self._hub.switch()
        if task.process.killed:
            raise Killed

    def resume(self, task: Task) -> None:
        """Let a task that waits go on."""
        self.after(0, partial(self._resume, task))

    def together(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run these beside each other in the task's process, and wait for all; the first error is raised."""
        task = self.current
        assert task
        results: dict[int, Any] = {}
        errors: dict[int, BaseException] = {}
        left = len(works)

        def done(n: int, result: Any, error: BaseException | None) -> None:
            nonlocal left
            left -= 1
            results[n] = result
            if error:
                errors[n] = error
            if not left:
                self.after(0, partial(self._resume, task))

        for n, work in enumerate(works):
            self.spawn(task.process, work, lambda result, error, n=n: done(n, result, error), task)  # type: ignore[misc]
        if works:
            self.wait()
        if errors:
            try:
                raise errors[min(errors)]
            finally:
                errors.clear()  # for they have this frame
        return [results[n] for n in range(len(works))]

    def kill(self, process: Process, why: str) -> None:
        """End a process at once: nothing more of it runs."""
        if not process.killed:
            process.killed = why
            self.say(f"{process.name} {why}")

    def say(self, text: str) -> None:
        """A line of the replay."""
        if self._say:
            self._say(f"{self.now:12.3f}  {text}")

    @property
    def telling(self) -> bool:
        """Whether anybody listens."""
        return self._say is not None

    def run(self) -> None:
        """Go on until nothing is left to happen."""
        self._steps_left = self._most_steps
        while self._steps_left:
            if not self._events:
                return
            self._steps_left -= 1
            at, _, action = heapq.heappop(self._events)
            if at > self.now:
                self.now = at
            action()
        raise AssertionError(f"something still moves after {self._most_steps:,} steps")

    def _resume(self, task: Task) -> None:
        if task.greenlet.dead:
            return
        self.current = task
        if task.process.killed and not task.greenlet:
            task._done(None, Killed())  # killed before it began
        else:
            task.greenlet.switch()
        self.current = None
