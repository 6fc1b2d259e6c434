"""The function `process_csv`: when it stops reading, and what it logs."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger

from lambdas.process_csv import handler as module

from ....program import ROOT
from ...helpers.cloud import Context
from ...helpers.imports import HEAD, KEY, QUEUE, TABLE, ImportScenario, person


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImportScenario]:
    world = ImportScenario(HEAD + person(1) + b"bad,Bob,Ray\n")
    clients: Mapping[str, Any] = {"s3": world.s3, "sqs": world.sqs, "dynamodb": world.dynamodb}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    for name, value in {"QUEUE_URL": QUEUE, "IMPORTS_TABLE": TABLE, "ROWS_PER_CHUNK": "100"}.items():
        monkeypatch.setenv(name, value)
    schema = json.loads((ROOT / "schemas" / "users.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(module, "bundled", {"schema.json": schema}.__getitem__)
    module.importer.cache_clear()
    yield world
    module.importer.cache_clear()


def event(world: ImportScenario) -> dict[str, Any]:
    entry = {"key": KEY.replace(" ", "+"), "eTag": world.upload.etag, "size": world.upload.size}
    s3 = {"bucket": {"name": "bucket"}, "object": {**entry, "sequencer": "0001"}}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]}


def test_an_upload_is_imported_and_its_counts_are_logged(
    world: ImportScenario, logged: Callable[[Logger], io.StringIO]
) -> None:
    log, context = logged(module.logger), Context(lambda: 900.0)
    lambda_context: Any = context
    module.handler(event(world), lambda_context)
    (line,) = map(json.loads, log.getvalue().splitlines())
    expected = {"import": world.upload.import_id, "status": "done", "read": 2, "accepted": 1, "rejected": 1}
    assert expected.items() <= line.items()
    assert not any(value in log.getvalue() for value in ("p1@example.com", "Ann1", "bad"))
    assert len(world.chunks) == 1


@pytest.mark.parametrize(("limit", "reserve"), [(900, 60), (240, 60), (60, 15)])
def test_reading_stops_while_there_is_time_for_the_rest(limit: float, reserve: float) -> None:
    left = limit
    context: Any = Context(lambda: left)
    out_of_time = module.out_of_time(context)
    assert not out_of_time()
    left = reserve
    assert not out_of_time()
    left = reserve - 1
    assert out_of_time()
