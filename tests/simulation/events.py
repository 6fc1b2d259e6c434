"""EventBridge: a bus that takes an event or not, behind an unreliable network."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.unit.helpers.fakes import client_error
from tests.unit.helpers.fakes_events import FakeEvents

from . import faults
from .network import Network

_THROTTLED = client_error("ThrottlingException", "rate exceeded")


class Events(FakeEvents):
    """The bus."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def _call(self, name: str, work: Callable[[], Any], request: Mapping[str, Any]) -> Any:
        def maybe_not_taken() -> Any:
            step = self.refuse("InternalFailure")
            return step(request) if self._network.faults.strike(faults.PARTIAL) and callable(step) else work()

        return self._network.call(name, maybe_not_taken, _THROTTLED)
