"""Waiting before a retry."""

import random

import pytest

from lambdas.aws.backoff import pause

from ...helpers.clock import Clock


def test_pauses_grow_and_are_never_in_step(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    for attempt in range(1, 9):
        pause(attempt)
    assert clock.sleeps == [0.05, 0.1, 0.2, 0.4, 0.8, 1, 1, 1]
