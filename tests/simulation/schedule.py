"""EventBridge's schedule: a function each minute, perhaps twice, perhaps not at all; asynchronously, without
repetitions.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
"""

from tests.unit.helpers.fakes_tables import Table

from . import faults
from .functions import Function, Functions
from .network import Network
from .world import START

MINUTE = 60.0


class Schedule:
    """Invokes the function each minute while mails are owed; what is not due yet is not waited for."""

    def __init__(self, network: Network, functions: Functions, function: Function, mails: Table) -> None:
        self._network = network
        self._functions = functions
        self._function = function
        self._mails = mails
        self._awake = False
        self._quiet = 0
        self.every_minute = False  # also while nothing is due

    def wake(self) -> None:
        """The index has changed."""
        self._quiet = 0
        if not self._awake and self._next_due() is not None:
            self._awake = True
            self._network.world.after(MINUTE, self._tick)

    def _tick(self) -> None:
        world, strike = self._network.world, self._network.faults.strike
        due = self._next_due()
        if due is None:
            self._awake = False
            return
        now = START + world.now
        if due <= now or self.every_minute:
            for _ in range(0 if strike(faults.ROUND_MISSED) else 2 if strike(faults.ROUND_TWICE) else 1):
                world.after(
                    world.random.uniform(0, 2),
                    lambda: self._functions.run(self._function, {}, lambda *_: None),
                )
            due = now
        if self.every_minute:
            self._quiet = 0
        self._quiet += 1
        # Where nothing moves for long, most of the minutes are left out.
        minutes = max(1 << min(self._quiet // 3, 4), int((due - now) // MINUTE))
        world.after(minutes * MINUTE, self._tick)

    def _next_due(self) -> float | None:
        """When the first mail that is owed is due (Unix seconds)."""
        order = self._mails.indexes["by_due"]
        firsts = [entries[0][0] for name, entries in order.lists() if name.startswith("owed#")]
        return float(min(firsts)) if firsts else None
