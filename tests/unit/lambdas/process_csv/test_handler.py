"""The function `process_csv`: when it stops reading, and what it logs."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from lambdas.core.import_errors import import_errors
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
from lambdas.csvfile.transform import TransformError
from lambdas.process_csv import handler as module

from ....program import ROOT
from ...helpers.cloud import Context
from ...helpers.fakes import client_error
from ...helpers.imports import HEAD, KEY, QUEUE, TABLE, ImportScenario, person
from ...helpers.s3_events import eventbridge_event


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImportScenario]:
    world = ImportScenario(HEAD + person(1) + b"bad,Bob,Ray\n")
    clients: Mapping[str, Any] = {"s3": world.s3, "sqs": world.sqs, "dynamodb": world.dynamodb}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    settings = {
        "QUEUE_URL": QUEUE,
        "IMPORTS_TABLE": TABLE,
        "LEDGERS_EXPIRE_DAYS": "400",
        "READ_OPTIONS": DEFAULT_OPTIONS.dump(),
        "ROWS_PER_CHUNK": "100",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    schema = json.loads((ROOT / "schemas" / "users.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(module, "bundled", {"schema.json": schema}.__getitem__)
    module.importer.cache_clear()
    import_errors.cache_clear()
    yield world
    import_errors.cache_clear()
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
    begun, line = map(json.loads, log.getvalue().splitlines())
    assert (begun["message"], begun["import"]) == ("reading", world.upload.import_id)
    expected = {"import": world.upload.import_id, "status": "done", "read": 2, "accepted": 1, "rejected": 1}
    assert expected.items() <= line.items()
    assert not any(value in log.getvalue() for value in ("p1@example.com", "Ann1", "bad"))
    assert len(world.chunks) == 1


def test_files_are_read_as_the_environment_says(
    world: ImportScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ReadOptions(encoding="windows-1252", max_rows=5)
    monkeypatch.setenv("READ_OPTIONS", options.dump())
    context: Any = Context(lambda: 900.0)
    module.handler(event(world), context)
    assert ReadOptions.parse(world.entry["read_options"]) == options


def test_what_an_import_fails_by_is_noted(
    world: ImportScenario, logged: Callable[[Logger], io.StringIO]
) -> None:
    log = logged(module.logger)
    world.sqs.script("send_message_batch", *[client_error("AccessDenied", "p1@example.com")] * 9)
    context: Any = Context(lambda: 900.0)
    with pytest.raises(ClientError):
        module.handler(event(world), context)
    error = world.dynamodb.tables[TABLE][world.upload.import_id, "error#process_csv"]
    assert error["class"] == {"S": "ClientError AccessDenied"}
    _, line = map(json.loads, log.getvalue().splitlines())
    expected = {"level": "ERROR", "import": world.upload.import_id, "error": "ClientError AccessDenied"}
    assert expected.items() <= line.items()
    assert "p1@example.com" not in log.getvalue()


def test_a_module_in_the_bundle_changes_rows(
    world: ImportScenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = "def transform_row(row):\n    return row | {'first_name': 'Ada'}\n"
    (tmp_path / "transform_rows.py").write_text(source)
    monkeypatch.setattr(module, "BUNDLE", tmp_path)
    context: Any = Context(lambda: 900.0)
    module.handler(event(world), context)
    assert [row["first_name"] for _, row in world.chunks[0].rows] == ["Ada"]


def test_a_module_that_cannot_be_imported_fails_before_anything_is_read(
    world: ImportScenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "transform_rows.py").write_text("import no_such_package\n")
    monkeypatch.setattr(module, "BUNDLE", tmp_path)
    context: Any = Context(lambda: 900.0)
    for _ in range(2):
        with pytest.raises(TransformError, match=r"line 1: the module cannot be imported: .*no_such_package"):
            module.handler(event(world), context)
    assert world.dynamodb.items(TABLE) == []


def test_an_upload_that_comes_by_both_ways_is_imported_once(world: ImportScenario) -> None:
    context: Any = Context(lambda: 900.0)
    upload = world.upload
    by_eventbridge = eventbridge_event(KEY, etag=upload.etag, size=upload.size, sequencer="0001")
    for each in (by_eventbridge, event(world), by_eventbridge):
        module.handler(each, context)
    assert len(world.sqs.bodies(QUEUE)) == 1


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
