"""The function send_email in memory, and the events that invoke it."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger

from lambdas.send_email import handler as module

from ...helpers.clock import Clock
from ...helpers.cloud import (
    FAILURES,
    FUNCTION_TIMEOUT,
    IMPORTS,
    MAILS,
    RETRIES,
    Cloud,
    Context,
    failed_messages,
    image,
    mails,
    queue_message,
    stream_record,
)

THROTTLED = {"Status": "ACCOUNT_THROTTLED"}
QUOTA = {"Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED"}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    cloud = Cloud()
    monkeypatch.setattr(boto3, "client", cloud.client)
    settings = {
        "MAILS_TABLE": MAILS,
        "IMPORTS_TABLE": IMPORTS,
        "RETRY_QUEUE_URL": RETRIES,
        "FAILURE_QUEUE_URL": FAILURES,
        "SENDER": "hello@example.com",
        "CONFIGURATION_SET": "set",
        "ADDRESS_COLUMN": "email",
        "FUNCTION_TIMEOUT": str(FUNCTION_TIMEOUT),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    parts = {"subject": "Hi {{name}}", "text": "Hi {{name}}", "html": "Hi {{name}}"}
    monkeypatch.setattr(module, "bundled", {"mail.json": parts}.__getitem__)
    module.delivery.cache_clear()
    yield cloud
    module.delivery.cache_clear()


@pytest.fixture
def log(logged: Callable[[Logger], io.StringIO]) -> io.StringIO:
    return logged(module.logger)


@pytest.fixture
def seconds_left(clock: Clock) -> Callable[[], float]:
    ends = clock.now + FUNCTION_TIMEOUT
    return lambda: ends - clock.now


def invoke(seconds_left: Callable[[], float], *records: dict[str, Any]) -> list[str]:
    context: Any = Context(seconds_left)
    return failed_messages(module.handler({"Records": list(records)}, context))


def inserted(count: int) -> list[dict[str, Any]]:
    return [stream_record(image(f"p{n}@example.com", n)) for n in range(1, count + 1)]


def retried(count: int) -> list[dict[str, Any]]:
    return [queue_message(each.body(), f"m{n}") for n, each in enumerate(mails(count), 1)]


SecondsLeft = Callable[[], float]
