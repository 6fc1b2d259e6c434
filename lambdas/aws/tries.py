"""How often a request is made of which a service carries out a part, and puts off the rest."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from botocore.exceptions import ClientError

from .backoff import ATTEMPTS, longest_pause, pause
from .errors import is_put_off

# With these, functions of ten calls at once take what a new table gives, and are refused little more:
# tests/simulation/test_new_table.py.
_STEP_UP, _STEP_DOWN, _MOST_STEPS = 0.25, 0.05, 6.0


class Tries(Protocol):
    """Decides of one request at a time, in one or several calls."""

    def again(self, attempt: int) -> bool:
        """Whether to make the call for the attempt'th time, from 0 on; waits first where that is better."""

    def heard(self, *, put_off: bool) -> None:
        """The service has answered, and put off something or not."""

    def outlasts(self, error: ClientError) -> bool:
        """Whether a call that was refused as a whole is made again, though its client has given it up."""


class FixedTries:
    """A few tries, each after a longer pause."""

    def again(self, attempt: int) -> bool:
        """As of Tries."""
        if 0 < attempt < ATTEMPTS:
            pause(attempt)
        return attempt < ATTEMPTS

    def heard(self, *, put_off: bool) -> None:
        """As of Tries."""

    def outlasts(self, error: ClientError) -> bool:  # noqa: ARG002  # the client has tried as often
        """As of Tries."""
        return False


FIXED_TRIES = FixedTries()


class AdaptivePause:
    """The pause before each call to one table, which all calls of a process learn by what is put off.

    As botocore's adaptive mode does for whole calls, which does not see what is put off within an answer:
    https://docs.aws.amazon.com/boto3/latest/guide/retries.html#adaptive-retry-mode
    Threads that change it at once may lose a step, which the next one makes up for.
    """

    def __init__(self) -> None:
        self._steps = 0.0

    def wait(self) -> None:
        """Wait, if anything was put off lately."""
        if self._steps:
            time.sleep(random.uniform(0, longest_pause(self._steps)))

    def heard(self, *, put_off: bool) -> None:
        """Learn from an answer."""
        step = _STEP_UP if put_off else -_STEP_DOWN
        self._steps = min(max(self._steps + step, 0.0), _MOST_STEPS)


@dataclass(frozen=True)
class AdaptiveTries:
    """As many tries as there is time for.

    Attributes:
        pause: The pause before each.
        seconds_left: How long there is time for another.
    """

    pause: AdaptivePause
    seconds_left: Callable[[], float]

    def again(self, attempt: int) -> bool:  # noqa: ARG002  # time alone counts
        """As of Tries."""
        self.pause.wait()
        return self.seconds_left() > 0

    def heard(self, *, put_off: bool) -> None:
        """As of Tries."""
        self.pause.heard(put_off=put_off)

    def outlasts(self, error: ClientError) -> bool:
        """As of Tries."""
        again = is_put_off(error)
        if again:
            self.heard(put_off=True)
        return again
