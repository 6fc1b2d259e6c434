"""The command as a user runs it: a process of its own, its output, its exit code, and nothing left behind."""

import contextlib
import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.demo import SAMPLE
from local.access_key import AccessKey
from local.clients import Clients
from operations.imports import Import

from .pipeline import HEADER, Pipeline, comes_true

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds
PROC = Path("/proc")
needs_proc = pytest.mark.skipif(not PROC.exists(), reason="processes are looked up in /proc")
Start = Callable[..., "Command"]
SAMPLE_ENDS = {"read": 19, "rejected": 7, "duplicates": 2, "mailed": 10}


class Command:
    """The command, running in a folder of its own, with another for temporary files."""

    def __init__(self, folder: Path, *args: str | Path) -> None:
        self._folder = folder
        self._started: set[int] = set()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", *map(str, args)],
            cwd=folder.parent,
            env={**os.environ, "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder.parent / "cache")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err

    def interrupt(self, number: int) -> None:
        """Send a signal to the command alone, once its emulator runs."""
        assert comes_true(lambda: len(self._descendants()) > 1 and any(self._folder.iterdir()), 60)
        self._started = self._descendants()
        self.process.send_signal(number)

    def left_nothing(self) -> bool:
        """Whether all that had been started when it was interrupted is gone."""
        return comes_true(
            lambda: not self._started & processes().keys() and not any(self._folder.iterdir()), 10
        )

    def _descendants(self) -> set[int]:
        parents, found = processes(), {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}


def processes() -> dict[int, int]:
    """This machine's processes and the parent of each, zombies left out."""
    found = {}
    for entry in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name, in brackets, may hold any
            state, parent, *_ = entry.read_text(errors="replace").rpartition(")")[2].split()
            if state != "Z":
                found[int(entry.parent.name)] = int(parent)
    return found


@pytest.fixture
def rowrelay(tmp_path: Path) -> Iterator[Start]:
    commands: list[Command] = []
    folder = tmp_path / "tmp"
    folder.mkdir()

    def start(*args: str | Path) -> Command:
        commands.append(Command(folder, *args))
        return commands[-1]

    yield start
    for command in commands:
        command.process.kill()
        command.process.communicate()


def test_the_sample_goes_from_upload_to_mail_and_the_user_sees_it(rowrelay: Start, tmp_path: Path) -> None:
    code, out, err = rowrelay("demo").end()
    assert (code, err) == (0, "")
    assert "Where every row ended" in out
    assert "users.csv    19      10           2         7       0              0     0" in out
    assert "\n  email: expected an e-mail address · 2 rows, lines 5, 8\n" in out
    assert "users.csv (users.rejects.csv):\n" in out
    assert 'line 8: email: expected an e-mail address, got "not-an-address"' in out
    with (tmp_path / "users.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert [reject["_line"] for reject in rejects] == ["5", "8", "11", "12", "14", "15", "18"]
    assert "Subject: Welcome, Ada!" in out
    assert out.splitlines()[-1].endswith(": every row is accounted for.")


def test_json_is_one_object_and_the_same_file_twice_is_two_imports(rowrelay: Start, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong ü+%20.csv"
    wrong.write_text("name,age\nBob,3\n")
    sample = ROOT / SAMPLE
    code, out, _ = rowrelay("demo", "--json", sample, sample, wrong).end()
    assert code == 1  # one file was refused
    document = json.loads(out)
    assert document.keys() == {"imports", "balanced", "ended_because", "seconds", "endpoint", "outputs"}
    assert document["balanced"] is True
    first, second, third = document["imports"]
    fields = (
        "file key import status reason read accepted rejected created duplicates failed mailed undeliverable"
        " held cancelled owed summary rejects reasons repeated_keys ignored_columns started_at uploaded_by"
        " waits_for progress_at stuck_since settled_at revision errors rejects_file"
    )
    assert " ".join(first) == fields
    assert {end: first[end] for end in SAMPLE_ENDS} == SAMPLE_ENDS
    assert first["key"] == "uploads/1/users.csv"
    assert (second["key"], second["created"], second["duplicates"]) == ("uploads/2/users.csv", 0, 12)
    assert first["import"] != second["import"]
    assert first["reasons"][0]["rows"] == 2
    assert (first["rejects_file"], second["rejects_file"]) == ("users.rejects.csv", "users.rejects.csv")
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["users.rejects.csv", wrong.name]
    assert (third["file"], third["status"], third["rejects"]) == (str(wrong), "rejected", None)
    assert (third["rejects_file"], third["reasons"]) == (None, [])
    assert third["reason"].startswith("the header lacks the column")
    assert third["summary"].startswith(f"reports/uploads/3/{wrong.name}/")


@needs_proc
def test_keep_leaves_it_running_until_ctrl_c_and_nothing_after(rowrelay: Start) -> None:
    command = rowrelay("demo", "--json", "--keep")
    assert command.process.stdout
    document = json.loads(command.process.stdout.readline())
    with urllib.request.urlopen(f"{document['endpoint']}/_ministack/health") as answer:
        assert answer.status == 200
    key = AccessKey(**document["access_key"])
    with contextlib.closing(Clients(document["endpoint"], key)) as clients:
        clients.client("s3").head_bucket(Bucket=document["outputs"]["bucket"])
    command.interrupt(signal.SIGINT)
    code, out, err = command.end()
    assert (code, out) == (0, "")
    assert f"Running at {document['endpoint']}" in err
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key.id)
    assert re.fullmatch(r"[\w-]{40}", key.secret)
    assert f"(access key {key.id}, secret key {key.secret}, region us-east-1)" in err
    assert "Traceback" not in err
    assert command.left_nothing()


@needs_proc
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind_however_it_is_interrupted(rowrelay: Start, signal_number: int) -> None:
    command = rowrelay("demo")
    command.interrupt(signal_number)
    code, _, err = command.end()
    assert "Traceback" not in err
    if signal_number == signal.SIGINT:
        assert (code, err) == (130, "rowrelay: stopped; it may be run again.\n")
    assert command.left_nothing()


@pytest.mark.parametrize(
    ("command", "or_else"),
    [
        ("demo", "or none for a free one."),
        ("emulator", "and name it in `aws:endpoints` of Pulumi.local.yaml."),
    ],
)
def test_a_taken_port_is_one_line_that_tells_what_to_do(rowrelay: Start, command: str, or_else: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = rowrelay(command, "--port", str(port)).end()
    assert (code, out) == (1, "")
    assert err == (
        f"rowrelay: Cannot listen on 127.0.0.1:{port}: Address already in use. "
        f"Give another with --port, {or_else}\n"
    )


def test_what_sqs_itself_dead_letters_counts_as_failed(pipeline: Pipeline) -> None:
    """A chunk that never comes to its function: in the ledger there is nothing of its rows."""
    one = pipeline.run_one(HEADER + b"".join(b"row%d@example.com,Row,,,,\n" % n for n in range(3)))
    chunk: dict[str, Any] = {"v": 1, "import": one.id, "chunk": 2, "rows": [[5, {}], [6, {}]]}
    pipeline.deployment.client("sqs").send_message(
        QueueUrl=pipeline.outputs["dead_letter_queue_url"], MessageBody=json.dumps(chunk)
    )
    pipeline.deployment.client("dynamodb").update_item(
        TableName=pipeline.outputs["import_ledger"],
        Key={"import_id": {"S": str(one.id)}, "part": {"S": "import"}},
        UpdateExpression="ADD #read :two, accepted :two",
        ExpressionAttributeNames={"#read": "read"},
        ExpressionAttributeValues={":two": {"N": "2"}},
    )

    [again] = pipeline.watch.until_settled([Import(one.file, one.key)], lambda _: None)

    assert (again.books.read, again.books.created, again.books.failed) == (5, 3, 2)
    assert again.balanced
    assert len(pipeline.messages("dead_letter_queue_url")) == 1
