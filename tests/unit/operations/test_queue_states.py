import time
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

import operations.queue_states
from operations.messages import Letter
from operations.queue_states import QueueState, metered_age


def test_letters_are_noted_as_they_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 100.0)
    letters = [Letter(str(n), "body", reason, 100.0 - n, "h") for n, reason in enumerate(["a", "b", "a"])]
    state = QueueState("dead_letter_queue", 3)
    assert list(state.watch(passing(letters), lambda letter: letter.reason)) == letters
    assert state.as_json() == {
        "queue": "dead_letter_queue",
        "messages": 3,
        "oldest_seconds": 2,
        "reasons": {"a": 2, "b": 1},
    }


def test_so_many_letters_are_looked_at_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.queue_states, "LOOKED_AT", 2)
    closed: list[bool] = []
    state = QueueState("dead_letter_queue", 3)
    letters = passing([Letter("m", "body", "why", 0.0, "h")] * 3, closed)
    assert len(list(state.watch(letters, lambda letter: letter.reason))) == 2
    assert closed == [True]


def passing(letters: list[Letter], closed: list[bool] | None = None) -> Generator[Letter, None, None]:
    """Letters as a queue gives them; notes that it was closed."""
    try:
        yield from letters
    finally:
        if closed is not None:
            closed.append(True)


class Metrics:
    """CloudWatch with these minutes' maxima of a queue."""

    def __init__(self, *minutes: tuple[int, float]) -> None:
        self.minutes = minutes

    def get_metric_statistics(self, **request: Any) -> Any:
        assert request["Dimensions"] == [{"Name": "QueueName", "Value": "retries"}]
        assert request["StartTime"] < request["EndTime"]
        points = [
            {"Timestamp": datetime(2026, 1, 1, 0, m, tzinfo=UTC), "Maximum": age} for m, age in self.minutes
        ]
        return {"Datapoints": points}


@pytest.mark.parametrize(
    ("minutes", "age"), [((), None), (((3, 40.0), (5, 10.0), (4, 100.0)), 10.0)], ids=["none", "the last"]
)
def test_the_age_is_the_last_that_cloudwatch_knows(minutes: Any, age: float | None) -> None:
    metrics: Any = Metrics(*minutes)
    assert metered_age(metrics, "https://sqs.eu-central-1.amazonaws.com/123456789012/retries") == age
