"""Lambda: invocations of the real handlers, each a process that may be killed; asynchronous ones repeat.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.helpers.cloud import Context
from tests.unit.helpers.fakes import Killed, client_error

from . import faults
from .network import Network
from .queues import Queues
from .world import Process

_RETRY_SECONDS = (60, 120)
_SKEWS = (90, 600, 7_200)  # seconds that a clock is wrong by, to either side
_LATE_SECONDS = 3_600
# What an invocation came to: its answer; nothing if it failed, and then why.
Done = Callable[[Any, str], None]


@dataclass(frozen=True)
class Function:
    """A function: its handler and the seconds that it may run."""

    name: str
    handler: Callable[[Any, Any], Any]
    timeout: float


class Functions:
    """Runs functions; `counts` tells the invocations of each."""

    def __init__(self, network: Network, queues: Queues, failures: str) -> None:
        self._network = network
        self._queues = queues
        self._failures = failures
        self.by_name: dict[str, Function] = {}
        self.counts: Counter[str] = Counter()

    def run(self, function: Function, event: Mapping[str, Any], done: Done) -> None:
        """Invoke a function once; `done` hears how it ended."""
        world = self._network.world
        self.counts[function.name] += 1
        process = Process(f"{function.name} {self.counts.total()}", self._skew())
        deadline = world.now + function.timeout
        context = Context(lambda: deadline - world.now)
        ended = False

        def end(answer: Any, failure: str) -> None:
            nonlocal ended
            if not ended:
                ended = True
                if world.telling:
                    world.say(f"{process.name} {failure or 'returns ' + json.dumps(answer)}")
                done(answer, failure)

        def timed_out() -> None:
            if not ended:
                world.kill(process, "timed out")
                end(None, "Task timed out")

        def worked(answer: Any, error: BaseException | None) -> None:
            if isinstance(error, Killed):
                end(None, "killed")
            elif error:
                end(None, f"raised {type(error).__name__}: {error}")
            else:
                end(answer, "")

        copy = json.dumps(event)  # by value, as Lambda has it
        world.spawn(process, lambda: function.handler(json.loads(copy), context), worked)
        world.after(function.timeout, timed_out)

    def send_event(self, function: Function, event: Mapping[str, Any]) -> None:
        """Invoke a function asynchronously: at least once, and again when it fails."""
        world, strike = self._network.world, self._network.faults.strike
        times = 2 if strike(faults.EVENT_TWICE) else 1
        for _ in range(times):
            late = strike(faults.EVENT_LATE)
            self._attempt(function, event, 0, world.random.uniform(0, _LATE_SECONDS if late else 1))

    def invoke(self, **request: Any) -> Any:
        """The client's operation, asynchronous."""
        assert request["InvocationType"] == "Event"
        throttled = client_error("TooManyRequestsException", "rate exceeded", status=429)

        def work() -> Any:
            self.send_event(self.by_name[request["FunctionName"]], json.loads(request["Payload"]))
            return {"StatusCode": 202}

        return self._network.call("invoke", work, throttled)

    def _attempt(self, function: Function, event: Mapping[str, Any], number: int, delay: float) -> None:
        def done(_: Any, failure: str) -> None:
            if not failure:
                return
            if number < len(_RETRY_SECONDS):
                self._attempt(function, event, number + 1, _RETRY_SECONDS[number])
            else:
                self._set_aside(event, failure)

        self._network.world.after(delay, lambda: self.run(function, event, done))

    def _set_aside(self, event: Mapping[str, Any], failure: str) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
        record = {
            "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
            "requestPayload": event,
            "responsePayload": {"errorMessage": failure},
        }
        self._queues.put(self._failures, json.dumps(record))

    def _skew(self) -> float:
        if not self._network.faults.strike(faults.CLOCK):
            return 0
        return self._network.world.random.choice(_SKEWS) * self._network.world.random.choice((-1, 1))
