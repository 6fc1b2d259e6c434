"""The bookkeeper's schedule: each minute while anything is open and moves, perhaps twice, or not at all."""

from tests.unit.helpers.fakes_tables import Table

from . import faults
from .functions import Function, Functions
from .network import Network
from .schedule import MINUTE

# So many looks that end well and change nothing; then the next would not either, unless something is written.
_QUIET = 4


class Bookkeeping:
    """Invokes the function; `wake` is to be called when the import ledger has changed."""

    def __init__(self, network: Network, functions: Functions, function: Function, imports: Table) -> None:
        self._network = network
        self._functions = functions
        self._function = function
        self._imports = imports
        self._awake = False
        self._quiet = 0

    def wake(self) -> None:
        """The ledger or its index has changed."""
        self._quiet = 0
        if not self._awake and self._any_open():
            self._awake = True
            world = self._network.world
            world.after(world.random.uniform(0, MINUTE), self._tick)

    def _tick(self) -> None:
        if self._quiet >= _QUIET or not self._any_open():
            self._awake = False
            return
        world, strike = self._network.world, self._network.faults.strike
        for _ in range(0 if strike(faults.ROUND_MISSED) else 2 if strike(faults.ROUND_TWICE) else 1):
            world.after(world.random.uniform(0, 2), self._invoke)
        world.after(MINUTE, self._tick)

    def _invoke(self) -> None:
        before = self._put_off()

        def done(_: object, failure: str) -> None:
            self._quiet += not failure and self._put_off() == before

        self._functions.run(self._function, {}, done)

    def _put_off(self) -> int:
        """How often anything was, by which a look may end well and have seen nothing."""
        injected = self._network.faults.injected
        return injected[faults.THROTTLED] + injected[faults.CONFLICT]

    def _any_open(self) -> bool:
        return any(True for _ in self._imports.indexes["by_open"].lists())
