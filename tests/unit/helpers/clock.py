"""The time as a test has it."""

from collections.abc import Sequence


class Clock:
    """The time; it passes when something sleeps, or a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def most_within(seconds: float, times: Sequence[float]) -> int:
    """How many of these times, which are in order, fall at most into any so many seconds."""
    most = first = 0
    for n, time in enumerate(times):
        while times[first] <= time - seconds:
            first += 1
        most = max(most, n + 1 - first)
    return most
