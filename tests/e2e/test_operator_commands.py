"""What an operator types: status and redrive, on the embedded AWS kept running."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from typer.testing import CliRunner

from cli.app import app
from operations.imports import Import

from .command import commands_in, follow, found_by_commands, rowrelay
from .pipeline import HEADER, Pipeline, until
from .roles import restore, take_away

pytestmark = pytest.mark.e2e

NAMES = ("demo", "demo-shop")  # of kept demos
POLICY = "ingest-process-csv-policy"


@pytest.fixture(scope="module", autouse=True)
def kept(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with found_by_commands(pipeline, tmp_path_factory.mktemp("cache")):
        yield


def entry(status: Mapping[str, Any], one: Import) -> dict[str, Any]:
    """What a status says of an import."""
    [found] = [each for each in status["imports"] if each["key"] == one.key]
    assert isinstance(found, dict)
    return found


def queue_in(status: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a status says of a queue."""
    [found] = [each for each in status["queues"] if each["queue"] == name]
    assert isinstance(found, dict)
    return found


def make_stuck(pipeline: Pipeline, one: Import) -> None:
    """Let the bookkeeper have found an import to be stuck that is not settled, with these counts."""
    counts = TypeSerializer().serialize(asdict(pipeline.watch.ledger.refresh(one).books))
    times = {":stuck": "2026-01-01T00:15:00.000Z", ":at": "2026-01-01T00:00:00.000Z"}
    pipeline.deployment.client("dynamodb").update_item(
        TableName=pipeline.outputs["import_ledger"],
        Key={"import_id": {"S": str(one.id)}, "part": {"S": "import"}},
        UpdateExpression="SET stuck_since = :stuck, progress_at = :at, #counts = :counts",
        ExpressionAttributeNames={"#counts": "counts"},
        ExpressionAttributeValues={":counts": counts} | {name: {"S": time} for name, time in times.items()},
    )


def test_an_upload_that_could_not_be_read_is_imported_on_redrive(
    pipeline: Pipeline,
) -> None:
    take_away(pipeline, POLICY, "KeepBooks", "dynamodb:PutItem")
    one, lost = (
        pipeline.upload(name, HEADER + b"ingest@example.com,Ada,,,,\n") for name in ("one.csv", "lost.csv")
    )
    until(lambda: pipeline.watch.queues.waiting("ingest_failure_queue_url") == 2)
    pipeline.deployment.client("s3").delete_object(Bucket=pipeline.outputs["bucket"], Key=lost.key)
    restore(pipeline, POLICY)

    code, status = rowrelay("status")
    assert code == 1
    assert entry(status, one)["status"] == entry(status, lost)["status"] == "failed"
    assert "AccessDenied" in entry(status, one)["reason"]
    assert queue_in(status, "ingest_failure_queue")["oldest_seconds"] < 60
    assert commands_in(status) == ["rowrelay redrive ingest --dry-run"]

    code, dry = follow(status, "rowrelay redrive ingest --dry-run")
    assert (code, dry["chosen"], dry["done"]) == (0, 1, 0)
    whole = rowrelay("status", "--import", entry(status, lost)["import"])[1]
    assert follow(whole, "rowrelay redrive ingest --dry-run")[1] == dry
    code, done = rowrelay("redrive", "ingest", "--yes")
    assert (code, done["done"]) == (1, 1)
    assert [(each["is"], each["stays"].split(":")[0]) for each in done["stay"]] == [
        (lost.key, "the object has expired or was deleted")
    ]
    [again] = pipeline.watch.until_settled([one], lambda _: None)
    assert (again.books.mailed, again.balanced) == (1, True)

    assert rowrelay("redrive", "ingest", "--discard", "--yes")[1]["done"] == 1
    assert rowrelay("redrive", "ingest", "--yes") == (
        0,
        {"chosen": 0, "reasons": {}, "other_reasons": 0, "dry_run": False, "done": 0, "stay": []},
    )
    assert rowrelay("status")[0] == 0


def test_rows_that_could_not_be_written_are_written_on_redrive(
    pipeline: Pipeline,
) -> None:
    one = pipeline.run_one(HEADER + b"".join(b"writer%d@example.com,Ada,,,,\n" % n for n in range(3)))
    dead = [Import(one.file, one.key)]
    send = pipeline.deployment.client("sqs").send_message
    url = pipeline.outputs["dead_letter_queue_url"]
    rows = [[line, {"email": f"writer{line}@example.com", "first_name": "Ada"}] for line in (5, 6)]
    send(QueueUrl=url, MessageBody=json.dumps({"v": 1, "import": one.id, "chunk": 2, "rows": rows}))
    send(QueueUrl=url, MessageBody="poison")
    pipeline.deployment.client("dynamodb").update_item(
        TableName=pipeline.outputs["import_ledger"],
        Key={"import_id": {"S": str(one.id)}, "part": {"S": "import"}},
        UpdateExpression="ADD #read :two, accepted :two, openings :one SET #open = :open REMOVE settled_at",
        ExpressionAttributeNames={"#read": "read", "#open": "open"},
        ExpressionAttributeValues={":two": {"N": "2"}, ":one": {"N": "1"}, ":open": {"S": "open"}},
    )

    code, status = rowrelay("status", "--limit", "1")
    assert (code, len(status["imports"]), entry(status, one)["failed"]) == (1, 1, 2)
    assert commands_in(status) == ["rowrelay redrive writer --dry-run"]
    assert follow(status, "rowrelay redrive writer --dry-run")[1]["chosen"] == 1
    code, whole = rowrelay("status", "--import", one.key)
    assert (code, whole["failed"], commands_in(whole)) == (1, 2, commands_in(status))

    code, done = rowrelay("redrive", "writer", "--yes")
    assert (code, done["done"], [each["is"] for each in done["stay"]]) == (1, 1, ["a message from elsewhere"])
    until(lambda: pipeline.watch.ledger.refresh(dead[0]).books.mailed == 5)
    assert rowrelay("redrive", "writer", "--discard", "--yes")[1]["done"] == 1

    code, status = rowrelay("status")
    assert (code, commands_in(status)) == (0, [])
    found = entry(status, one)
    assert (found["read"], found["created"], found["failed"], found["mailed"]) == (5, 5, 0, 5)
    assert len({mail["To"][0] for mail in pipeline.mails()}) == len(pipeline.mails())


def test_status_is_to_be_read_too(pipeline: Pipeline) -> None:
    rowrelay("mails", "pause", "--all")
    one = pipeline.run_one(HEADER + b"shown@example.com,Ada,,,,\nbad,,,,,\nShown@example.com,Ada,,,,\n")
    refused = pipeline.run_one(b"name\nBob\n")
    result = CliRunner().invoke(app, ["status"])
    assert f" {refused.key}  rejected: the header lacks the columns email, first_name: " in result.stdout
    told = f"{one.key}: 1 row with the key of a row before: line 4 (as line 2)\n"
    assert told in result.stdout
    assert "\n  first_name: a value is required · 1 row, line 3\n" in result.stdout
    assert f" {one.key}  " in result.stdout
    assert "\n1 mail owed\n    all are paused: rowrelay mails resume --all\n" in result.stdout
    assert f"\n    {one.key} (import {one.id}): 1 owed since " in result.stdout
    assert f"\n    {one.id}: " in result.stdout
    assert "notifier failure queue: 0 messages" in result.stdout
    whole = CliRunner().invoke(app, ["status", "--import", str(one.id)]).stdout
    assert whole.startswith(f"Import {one.id} of {one.key}\ndone\n")
    assert "\nread 3 = accepted 2 + rejected 1\n" in whole
    assert "\ncreated 1 = mailed 0 + undeliverable 0 + held 0 + cancelled 0 + owed 1\n" in whole
    assert f"\nRejects: s3://{pipeline.outputs['bucket']}/{one.rejects}\n" in whole
    make_stuck(pipeline, one)
    code, stuck = follow(rowrelay("status")[1], "rowrelay status --import IMPORT")
    assert (code, stuck["import"], stuck["stuck_since"]) == (1, one.id, "2026-01-01T00:15:00.000Z")
    needed = "  1 mail waits for the pause of all to be taken back.\n    Type: rowrelay mails resume --all\n"
    assert (result.exit_code, needed in result.stdout) == (1, True)
    assert follow(rowrelay("status")[1], "rowrelay mails resume --all")[0] == 0
    pipeline.round()
    assert rowrelay("status")[1]["mails"]["owed"] == 0


def test_lambdas_notes_of_what_it_gave_up_stay_until_they_are_discarded(pipeline: Pipeline) -> None:
    note = json.dumps({"DDBStreamBatchInfo": {"shardId": "1"}})
    url = pipeline.outputs["notifier_failure_queue_url"]
    pipeline.deployment.client("sqs").send_message(QueueUrl=url, MessageBody=note)
    code, status = rowrelay("status")
    assert (code, commands_in(status)) == (
        1,
        ["rowrelay redrive notifier --dry-run"],
    )
    assert follow(status, "rowrelay redrive notifier --dry-run")[1]["chosen"] == 0
    code, kept = rowrelay("redrive", "notifier", "--yes")
    assert (code, [each["stays"] for each in kept["stay"]]) == (
        1,
        ["`rowrelay reconcile` finds its records"],
    )
    assert rowrelay("redrive", "notifier", "--discard", "--yes")[1]["done"] == 1
    assert rowrelay("status")[0] == 0


@contextlib.contextmanager
def kept_demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A demo that is kept running, once the commands find it; its cache is in the folder."""
    env = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    demo = [sys.executable, "-m", "cli", "demo", "--keep", *options]
    with subprocess.Popen(demo, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as kept:
        try:
            assert kept.stdout
            assert any("rowrelay status" in line for line in kept.stdout)
            yield kept
        finally:
            kept.send_signal(signal.SIGINT)


def typed(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own, in a folder."""
    env = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    command = [sys.executable, "-m", "cli", *args]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_demo_kept_running_is_found_from_another_process_until_it_ends(tmp_path: Path) -> None:
    with kept_demo(tmp_path):
        running = typed(tmp_path, "status")
    assert (running.returncode, running.stderr) == (0, "")
    assert "uploads/1/users.csv" in running.stdout
    ended = typed(tmp_path, "status")
    assert ended.returncode == 2
    assert ended.stderr.startswith("rowrelay: no stack: expected --stack NAME")


def test_two_kept_demos_are_told_apart_by_name(tmp_path: Path) -> None:
    with kept_demo(tmp_path), kept_demo(tmp_path, "--name", "demo-shop"):
        taken = typed(tmp_path, "demo", "--keep", "--name", "demo-shop")
        unnamed = typed(tmp_path, "status")
        paused = typed(tmp_path, "mails", "pause", "--all", "--stack", "demo-shop")
        named = [json.loads(typed(tmp_path, "status", "--stack", name, "--json").stdout) for name in NAMES]
    assert (taken.returncode, "has the name demo-shop already" in taken.stderr) == (1, True)
    assert unnamed.returncode == 2
    assert re.search(r"several demos are kept running: demo \(http\S+\), demo-shop \(http", unnamed.stderr)
    assert paused.returncode == 0
    assert [each["stack"].split(" at ")[0] for each in named] == ["the demo demo", "the demo demo-shop"]
    assert [each["mails"]["all_paused"] for each in named] == [False, True]
