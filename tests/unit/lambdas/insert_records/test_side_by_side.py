"""The messages of a batch are written beside each other, by threads, and none costs another anything."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdas.aws.tries import AdaptivePause, AdaptiveTries
from lambdas.insert_records import handler
from lambdas.insert_records.inserter import Counts

AT_ONCE = 10
TRIES = AdaptiveTries(AdaptivePause(), lambda: 1)
MESSAGES = [
    {"messageId": str(n), "body": f"message {n}", "attributes": {"ApproximateReceiveCount": "1"}}
    for n in range(AT_ONCE)
]


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "ThreadPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "5")


class Inserter:
    """Writes messages once all are under way at once; one fails."""

    def __init__(self, failing: str = "") -> None:
        self._all = threading.Barrier(AT_ONCE, timeout=30)
        self._failing = failing

    def insert(self, body: str, _tries: Any) -> Counts:
        self._all.wait()
        if body == self._failing:
            raise ValueError(body)
        return Counts(created=1)


def test_a_batch_is_under_way_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inserter = Inserter()
    monkeypatch.setattr(handler, "inserter", lambda: inserter)
    assert [outcome.done for outcome in handler.write_all(MESSAGES, TRIES)] == [True] * AT_ONCE


def test_one_that_fails_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    inserter = Inserter(failing="message 3")
    monkeypatch.setattr(handler, "inserter", lambda: inserter)
    done = [outcome.done for outcome in handler.write_all(MESSAGES, TRIES)]
    assert [n for n, each in enumerate(done) if not each] == [3]
