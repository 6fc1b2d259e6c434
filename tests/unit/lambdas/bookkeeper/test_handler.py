"""The function `bookkeeper`: what it reports, and what it may log."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger

from lambdas.bookkeeper import handler as module
from lambdas.core.import_metrics import ImportMetric
from lambdas.core.metrics import DIMENSION

from ...helpers.cloud import IMPORT, IMPORTS, Context
from ...helpers.fakes import client_error
from .conftest import Scenario

MARKER = "erika.mustermann@example.com"


@pytest.fixture
def deployed(without_mails: Scenario, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scenario]:
    clients = {
        "dynamodb": without_mails.cloud.dynamodb,
        "s3": without_mails.s3,
        "events": without_mails.events,
    }
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    settings = {"IMPORTS_TABLE": IMPORTS, "EVENT_BUS": "bus", "STUCK_MINUTES": "0"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    module.bookkeeper.cache_clear()
    yield without_mails
    module.bookkeeper.cache_clear()


def invoke() -> None:
    context: Any = Context()
    module.handler({}, context)


def reported(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return list(map(json.loads, capsys.readouterr().out.splitlines()))


def test_what_is_open_and_stuck_is_reported_while_anything_is(
    deployed: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.read(1, 1)
    for _ in range(2):
        invoke()
    first, second = reported(capsys)
    assert (first["ImportsOpen"], first["ImportsStuck"]) == (1, 0)
    assert (second["ImportsOpen"], second["ImportsStuck"], second[DIMENSION]) == (1, 1, "function")
    deployed.chunk(1, created=[2])
    for _ in range(2):
        invoke()
    assert reported(capsys) == []
    assert deployed.told == [f"{IMPORT}#1"]


def test_an_error_fails_the_invocation_by_its_class_alone(
    deployed: Scenario, capsys: pytest.CaptureFixture[str], logged: Callable[[Logger], io.StringIO]
) -> None:
    log = logged(module.logger)
    deployed.cloud.dynamodb.script("get_item", client_error("AccessDeniedException", MARKER))
    with pytest.raises(RuntimeError, match=r"^books of 1 imports not looked at: ClientError AccessDenied"):
        invoke()
    assert [line["ImportsOpen"] for line in reported(capsys)] == [1]
    assert IMPORT in log.getvalue()
    assert MARKER not in log.getvalue()


def test_open_imports_that_are_not_found_are_an_error(deployed: Scenario) -> None:
    deployed.cloud.dynamodb.script("query", client_error("ResourceNotFoundException", MARKER))
    with pytest.raises(RuntimeError, match=r"^open imports not found: ClientError Resource"):
        invoke()


def test_the_metrics_names_are_those_that_cloudwatch_takes() -> None:
    assert all(metric.isalpha() and metric != DIMENSION for metric in ImportMetric)
