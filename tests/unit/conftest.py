"""Fixtures of the unit tests."""

import io
import time
from collections.abc import Callable

import pytest
from aws_lambda_powertools import Logger

from .helpers.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Takes the place of the real clock, so that nothing waits."""
    clock = Clock()
    monkeypatch.setattr(time, "time", clock.time)
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    monkeypatch.setattr(time, "sleep", clock.sleep)
    return clock


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[Logger], io.StringIO]:
    """Takes a handler's logger, and returns the stream of what it logs from then on."""

    def capture(logger: Logger) -> io.StringIO:
        stream = io.StringIO()
        monkeypatch.setattr(logger.registered_handler, "stream", stream)
        return stream

    return capture
