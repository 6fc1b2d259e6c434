"""The network between a handler and a service: every call of every client passes here, and may not arrive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.unit.helpers.fakes import Killed

from . import faults
from .faults import Faults
from .world import Process, World

_LATENCY_SECONDS = 0.05  # at most, where nothing is slow
_SLOW_SECONDS = 120.0  # at most


@dataclass(frozen=True)
class Network:
    """Carries calls, with what may happen to each before and after."""

    world: World
    faults: Faults

    def call(
        self,
        name: str,
        work: Callable[[], Any],
        throttled: ClientError,
        *,
        resends: bool = True,
        seconds: float = 0.0,
    ) -> Any:
        """Carry out a call.

        Args:
            name: What the replay calls it.
            work: What the service does.
            throttled: What it answers when it is called too often.
            resends: Whether the client, as botocore's do, sends a request again whose answer was lost.
            seconds: What it takes at the service.
        """
        world, strike = self.world, self.faults.strike
        assert world.current
        process = world.current.process
        world.sleep(world.random.uniform(0, _LATENCY_SECONDS) + seconds)
        if strike(faults.SLOW):
            world.sleep(world.random.uniform(0, _SLOW_SECONDS))
        self._maybe_kill(process, faults.KILLED_BEFORE, name)
        if strike(faults.THROTTLED):
            world.say(f"{process.name} {name}: throttled")
            # A new one, for an exception keeps the frames that it came through.
            raise ClientError(throttled.response, throttled.operation_name)
        if strike(faults.UNREACHABLE):
            world.say(f"{process.name} {name}: out of reach")
            raise EndpointConnectionError(endpoint_url="https://service")
        try:
            answer = work()
        except ClientError as error:
            world.say(f"{process.name} {name}: {error.response['Error']['Code']}")
            raise
        if world.telling:
            world.say(f"{process.name} {name}")
        self._maybe_kill(process, faults.KILLED_AFTER, name)
        if strike(faults.LOST):
            world.say(f"{process.name} {name}: the answer was lost")
            if not resends or world.random.random() < 0.5:
                raise ReadTimeoutError(endpoint_url="https://service")
            world.sleep(world.random.uniform(0, 1))
            return work()
        return answer

    def _maybe_kill(self, process: Process, kind: str, name: str) -> None:
        if self.faults.strike(kind):
            self.world.kill(process, f"{kind} ({name})")
        if process.killed:
            raise Killed
