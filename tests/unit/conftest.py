"""Fixtures of the unit tests."""

import io
import threading
import time
from collections.abc import Callable

import pytest
from aws_lambda_powertools import Logger

from .helpers.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Takes the place of the real clock, so that nothing waits but what others' threads do all along."""
    clock, real = Clock(), time.sleep
    # MiniStack's modules, where a test imported them, each have one that sleeps and looks, for ever.
    others = {*threading.enumerate()} - {threading.current_thread()}

    def sleep(seconds: float) -> None:
        (real if threading.current_thread() in others else clock.sleep)(seconds)

    monkeypatch.setattr(time, "time", clock.time)
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    monkeypatch.setattr(time, "sleep", sleep)
    return clock


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[Logger], io.StringIO]:
    """Takes a handler's logger, and returns the stream of what it logs from then on."""

    def capture(logger: Logger) -> io.StringIO:
        stream = io.StringIO()
        monkeypatch.setattr(logger.registered_handler, "stream", stream)
        return stream

    return capture
