"""What an operator types to get files up, and back what became of them: upload, rejects, logs."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner

from cli.app import app
from operations.uploads import upload

from .command import found_by_commands, rowrelay
from .pipeline import HEADER, Pipeline, until
from .roles import restore, take_away

pytestmark = pytest.mark.e2e

GOOD, BAD = b"%s@example.com,Ada,,,,\n", b"no-address,Ada,,,,\n"
POLICY = "ingest-process-csv-policy"
MIB = 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def cache(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    cache = tmp_path_factory.mktemp("cache")
    with found_by_commands(pipeline, cache):
        yield cache


@pytest.fixture(scope="module", autouse=True)
def _no_schedule(pipeline: Pipeline) -> None:
    """So that the tests say when the bookkeeper looks."""
    events = pipeline.deployment.client("events")
    [rule] = [each["Name"] for each in events.list_rules()["Rules"] if "bookkeeper" in each["Name"]]
    events.disable_rule(Name=rule)


@contextlib.contextmanager
def kept_books(pipeline: Pipeline) -> Iterator[None]:
    """The bookkeeper looks twice a second."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            pipeline.keep_books()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def keys(pipeline: Pipeline) -> set[str]:
    """The objects in the bucket."""
    bucket = pipeline.outputs["bucket"]
    found = pipeline.deployment.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"] for each in found}


def test_files_are_followed_until_they_are_settled(pipeline: Pipeline, tmp_path: Path) -> None:
    good, mixed, refused = (tmp_path / name for name in ("good.csv", "mixed.csv", "refused.csv"))
    good.write_bytes(HEADER + GOOD % b"good")
    mixed.write_bytes(HEADER + GOOD % b"mixed" + BAD)
    refused.write_bytes(b"name\nBob\n")
    with kept_books(pipeline):
        code, told = rowrelay("upload", "--watch", *map(str, (good, mixed, refused)))
    assert code == 1
    first, second, third = told["files"]
    assert [first["import"][name] for name in ("read", "mailed", "owed")] == [1, 1, 0]
    assert first["import"]["settled_at"]
    assert (second["check"]["rejected"], second["import"]["rejected"]) == (1, 1)
    assert second["rejects_file"] == str(tmp_path / "mixed.rejects.csv")
    assert b"no-address" in (tmp_path / "mixed.rejects.csv").read_bytes()
    assert (third["uploaded"], third["import"]) == (False, None)
    assert third["refused"] == "it would be rejected as a whole"
    assert third["check"]["reason"].startswith("the header lacks the columns email")
    assert "uploads/mixed.csv" in keys(pipeline)
    assert "uploads/refused.csv" not in keys(pipeline)

    with kept_books(pipeline):
        code, told = rowrelay("upload", "--watch", str(good))
    [again] = told["files"]
    assert (code, again["import"]["duplicates"]) == (0, 1)
    assert again["import"]["import"] != first["import"]["import"]

    code, told = rowrelay("rejects", "uploads/mixed.csv", "--output", str(tmp_path / "mine.csv"))
    assert (code, told["rejected"]) == (0, 1)
    assert (tmp_path / "mine.csv").read_bytes() == (tmp_path / "mixed.rejects.csv").read_bytes()


def test_what_the_functions_logged_of_an_import_is_found(pipeline: Pipeline) -> None:
    others = pipeline.run_one(HEADER + GOOD % b"others")
    one = pipeline.run_one(HEADER + GOOD % b"logged" + GOOD % b"logged")
    expected = [
        ("process_csv", "reading"),
        ("process_csv", "import read"),
        ("insert_records", "rows not created"),
        ("insert_records", "chunks written"),
        ("send_email", "mails from the stream"),
    ]

    def told(lines: list[dict[str, str]]) -> list[tuple[str, str]]:
        return [(each["function"], each["message"]) for each in lines]

    def lines(*args: str) -> list[dict[str, str]]:
        result = CliRunner().invoke(app, ["logs", *args, "--json"])
        assert (result.exit_code, result.stderr) == (0, "")
        return [json.loads(line) for line in result.stdout.splitlines()]

    until(lambda: sorted(told(lines(str(one.id)))) == sorted(expected))
    assert told(lines(str(one.id)))[0] == expected[0]  # the functions run side by side after that
    of_key, everything = lines(one.key), lines()
    assert [each["at"] for each in everything] == sorted(each["at"] for each in everything)
    assert {each["import"] for each in of_key} == {one.id}
    assert {one.id, others.id} <= {each["import"] for each in everything}
    piped = CliRunner().invoke(app, ["logs", one.key]).stdout
    assert re.search(r"^\d\d:\d\d:\d\d process_csv import read · status done · read 2", piped, re.MULTILINE)


def test_what_an_upload_failed_by_is_found_in_the_log(pipeline: Pipeline) -> None:
    take_away(pipeline, POLICY, "KeepBooks", "dynamodb:PutItem")
    pipeline.upload("failed.csv", HEADER + GOOD % b"failed")
    try:
        until(lambda: pipeline.watch.queues.waiting("ingest_failure_queue_url") == 1)
    finally:
        restore(pipeline, POLICY)
    [failure] = pipeline.watch.queues.ingest_failures()
    result = CliRunner().invoke(app, ["logs", failure.import_id])
    assert "process_csv ERROR import not read · error ClientError AccessDeniedException" in result.stdout
    assert "process_csv ERROR the invocation ended by error" in result.stdout
    assert rowrelay("redrive", "ingest", "--yes")[1]["done"] == 1


def test_an_upload_that_is_interrupted_leaves_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    file, key, bucket = tmp_path / "large.csv", "uploads/large.csv", pipeline.outputs["bucket"]
    with file.open("wb") as large:
        large.truncate(200 * MIB)
    s3 = pipeline.deployment.client("s3")
    begun: list[dict[str, str]] = []
    one_at_a_time, heard = threading.Lock(), threading.Event()  # the parts are uploaded side by side

    def interrupt(_number: int) -> None:
        with one_at_a_time:
            if not begun:
                begun.extend(s3.list_multipart_uploads(Bucket=bucket)["Uploads"])
                os.kill(os.getpid(), signal.SIGINT)  # which the main thread gets, as by Ctrl-C
        assert heard.wait(30)
        time.sleep(0.01)  # so that the file, had nobody interrupted, would take many seconds more

    def hear(*_: object) -> NoReturn:
        heard.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hear)
    try:
        with pytest.raises(KeyboardInterrupt):
            upload(s3, bucket, {key: file}, interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert [each["Key"] for each in begun] == [key]
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
    assert key not in keys(pipeline)


def test_ctrl_c_says_how_to_go_on_watching(pipeline: Pipeline, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "watched.csv").write_bytes(HEADER + GOOD % b"watched")
    command = [sys.executable, "-m", "cli", "upload", "watched.csv", "--watch", "--stack", "demo"]
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert any("the books are settled within" in line for line in running.stdout)
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
    assert running.returncode == 130
    assert "watched.csv: uploaded as uploads/watched.csv; its import goes on.\n" in rest
    typed = re.search(
        r"^To go on watching:\n  rowrelay (status --import \w+ --stack demo)$", rest, re.MULTILINE
    )
    assert typed
    code, told = rowrelay(*typed[1].split())
    assert (code, told["key"], told["mailed"]) == (0, "uploads/watched.csv", 1)
    with kept_books(pipeline):
        until(lambda: rowrelay(*typed[1].split())[1]["settled_at"] is not None)
