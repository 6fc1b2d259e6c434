"""The functions send_email and mail_round in memory, and the events that invoke them."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger

from lambdas.core.import_errors import import_errors
from lambdas.send_email import handler, round_handler, set_up

from ...helpers.clock import Clock
from ...helpers.cloud import (
    EXPIRE_DAYS,
    FUNCTION_TIMEOUT,
    IMPORTS,
    MAILS,
    ROUND_TIMEOUT,
    Cloud,
    Context,
    failed_messages,
    image,
    stream_record,
)

QUOTA = {"Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED"}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    cloud = Cloud()
    monkeypatch.setattr(boto3, "client", cloud.client)
    settings = {
        "MAILS_TABLE": MAILS,
        "IMPORTS_TABLE": IMPORTS,
        "SENDER": "hello@example.com",
        "CONFIGURATION_SET": "set",
        "ADDRESS_COLUMN": "email",
        "CLAIM_SECONDS": str(ROUND_TIMEOUT),
        "LEDGERS_EXPIRE_DAYS": str(EXPIRE_DAYS),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    parts = {"subject": "Hi {{name}}", "text": "Hi {{name}}", "html": "Hi {{name}}"}
    monkeypatch.setattr(set_up, "bundled", {"mail.json": parts}.__getitem__)
    set_up.set_up.cache_clear()
    round_handler.owed_counts.cache_clear()
    import_errors.cache_clear()
    yield cloud
    import_errors.cache_clear()
    set_up.set_up.cache_clear()
    round_handler.owed_counts.cache_clear()


@pytest.fixture
def log(logged: Callable[[Logger], io.StringIO]) -> io.StringIO:
    """What both functions log: their loggers write to one stream."""
    return logged(handler.logger)


@pytest.fixture
def seconds_left(clock: Clock) -> Callable[[], float]:
    ends = clock.now + FUNCTION_TIMEOUT
    return lambda: ends - clock.now


def invoke(seconds_left: Callable[[], float], *records: dict[str, Any]) -> list[str]:
    context: Any = Context(seconds_left)
    return failed_messages(handler.handler({"Records": list(records)}, context))


def run_round() -> None:
    """A round with all the time there is."""
    context: Any = Context(lambda: ROUND_TIMEOUT)
    round_handler.handler({}, context)


def inserted(count: int) -> list[dict[str, Any]]:
    return [stream_record(image(f"p{n}@example.com", n)) for n in range(1, count + 1)]


SecondsLeft = Callable[[], float]
