"""What holds for every test of process_csv in memory."""

import pytest

from lambdas.aws import sqs

from ...helpers.pools import OneAfterAnother


@pytest.fixture(autouse=True)
def _messages_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the n'th call is the same each time; beside each other: tests/unit/lambdas/aws/test_sqs.py."""
    monkeypatch.setattr(sqs, "ThreadPoolExecutor", OneAfterAnother)
