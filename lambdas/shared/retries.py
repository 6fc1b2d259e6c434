"""How long to wait before trying a service again."""

import random
import time

_FIRST_PAUSE_SECONDS = 0.05


def pause(attempt: int) -> None:
    """Wait before the attempt'th retry: longer each time, and never in step with others."""
    # https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    time.sleep(random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt))
