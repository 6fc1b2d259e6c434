"""What holds for every test of insert_records in memory."""

import pytest

from lambdas.insert_records import handler

from ...helpers.pools import OneAfterAnother


@pytest.fixture(autouse=True)
def _messages_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the n'th call is the same each time; beside each other: test_side_by_side.py."""
    monkeypatch.setattr(handler, "ThreadPoolExecutor", OneAfterAnother)
