"""How long to wait before trying a service again."""

import random
import time

_FIRST_PAUSE_SECONDS = 0.05
# So that ten attempts leave a function of a minute time to do something else.
_LONGEST_PAUSE_SECONDS = 2


def pause(attempt: int) -> None:
    """Wait before the attempt'th retry: longer each time up to a bound, and never in step with others."""
    # https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    time.sleep(random.uniform(0, min(_FIRST_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS)))
