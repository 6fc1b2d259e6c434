"""How often a request is tried that a service puts off, and how long to wait in between."""

import random
import time

# With the time-outs in clients.py, so many fit into a function's time: tests/unit/lambdas/test_time_outs.py.
ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2


def pause(attempt: int) -> None:
    """Wait before the attempt'th retry: longer each time up to a bound, and never in step with others."""
    time.sleep(pause_seconds(attempt))


def pause_seconds(attempt: int) -> float:
    """Returns how long that wait is to be."""
    # https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    return random.uniform(0, longest_pause(attempt))


def longest_pause(attempt: float) -> float:
    """Returns the bound of that wait, in seconds."""
    return min(_FIRST_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS)


def longest_pauses() -> float:
    """Returns the seconds that the pauses between all attempts take at most."""
    return sum(map(longest_pause, range(1, ATTEMPTS)))
