import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.access_key import AccessKey
from local.kept import KeptRun, publish
from operations.errors import OperationError, UsageError
from operations.stack import find_stack, is_demo_name

from ...program import ROOT

MINE = AccessKey("mine", "my-secret")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def pulumi(tmp_path: Path) -> Any:
    """Installs a Pulumi CLI that writes this and ends with this code."""

    def install(out: str, err: str = "", code: int = 0) -> None:
        path = tmp_path / "pulumi"
        lines = ["#!/bin/sh", '[ "$*" = "stack output --json --stack dev --non-interactive" ] || exit 99']
        lines += [f"echo '{out}'", f"echo '{err}' >&2", f"exit {code}"]
        path.write_text("\n".join(lines))
        path.chmod(0o755)

    return install


def key_of(client: Any) -> AccessKey:
    credentials = client._get_credentials()
    return AccessKey(credentials.access_key, credentials.secret_key)


def test_without_a_name_or_one_that_is_kept_running_there_is_no_stack() -> None:
    with pytest.raises(UsageError, match=r"run `rowrelay demo --keep`"):
        find_stack(None)


def test_the_one_kept_running_is_the_default() -> None:
    key = AccessKey("the-runs", "its-secret")
    with publish(KeptRun("http://127.0.0.1:1", key, {"queue_url": "q"}), "demo"):
        stack = find_stack(None)
    assert (stack.name, stack.option, stack.outputs) == (
        "the embedded AWS at http://127.0.0.1:1",
        "",
        {"queue_url": "q"},
    )
    sqs = stack.client("sqs")
    assert (sqs.meta.endpoint_url, key_of(sqs)) == ("http://127.0.0.1:1", key)


@contextlib.contextmanager
def two_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mine, other = KeptRun("http://127.0.0.1:1", MINE, {}), KeptRun("http://127.0.0.1:2", MINE, {"a": "b"})
    with publish(mine, "demo"):
        monkeypatch.setattr(os, "getpid", lambda: 1)
        with publish(other, "demo"):
            yield


def test_of_several_kept_one_is_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with two_kept(monkeypatch), pytest.raises(UsageError) as told:
        find_stack(None)
    assert str(told.value) == (
        "no stack: expected --stack NAME, for several demos are kept running: "
        "demo (http://127.0.0.1:1), demo-2 (http://127.0.0.1:2)."
    )


def test_a_kept_one_is_found_by_name_which_goes_with_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    with two_kept(monkeypatch):
        stack = find_stack("demo-2")
    found = ("the demo demo-2 at http://127.0.0.1:2", " --stack demo-2", {"a": "b"})
    assert (stack.name, stack.option, stack.outputs) == found
    assert stack.client("sqs").meta.endpoint_url == "http://127.0.0.1:2"


def test_what_no_kept_one_is_called_is_a_deployed_stack(pulumi: Any) -> None:
    pulumi(json.dumps({"queue_url": "https://sqs.eu-central-1.amazonaws.com/123456789012/queue"}))
    kept = KeptRun("http://127.0.0.1:1", MINE, {"queue_url": "q"})
    with publish(kept, "dev"):  # which the command refuses as a name
        assert find_stack("dev").name == "stack dev"


@pytest.mark.parametrize(
    ("name", "may"),
    [("demo", True), ("demo-2", True), ("demo-a_b-C", True), ("demos", False), ("demo-", False), ("", False)],
)
def test_the_names_of_demos_begin_with_demo(name: str, may: bool) -> None:
    assert is_demo_name(name) == may


def test_without_pulumi_a_named_stack_is_not_found_and_the_error_says_why() -> None:
    with pytest.raises(OperationError, match="expected the Pulumi CLI, `pulumi`, on the PATH, got none"):
        find_stack("dev")


@pytest.mark.parametrize(
    ("url", "region", "endpoint"),
    [
        (
            "https://sqs.eu-central-1.amazonaws.com/123456789012/queue",
            "eu-central-1",
            "https://sqs.eu-central-1.amazonaws.com",
        ),
        (
            "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/queue",
            "cn-north-1",
            "https://sqs.cn-north-1.amazonaws.com.cn",
        ),
        ("http://localhost:4566/000000000000/queue", "us-east-1", "http://localhost:4566"),
    ],
    ids=["aws", "china", "emulator"],
)
def test_a_named_stack_is_where_its_queue_is(
    pulumi: Any, monkeypatch: pytest.MonkeyPatch, url: str, region: str, endpoint: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", MINE.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", MINE.secret)
    pulumi(json.dumps({"queue_url": url}))
    stack = find_stack("dev")
    assert (stack.name, stack.option, stack.outputs) == ("stack dev", " --stack dev", {"queue_url": url})
    sqs = stack.client("sqs")
    assert (sqs.meta.region_name, sqs.meta.endpoint_url, key_of(sqs)) == (region, endpoint, MINE)


def test_a_stack_on_aws_needs_no_module_of_the_emulator(pulumi: Any) -> None:
    pulumi(json.dumps({"queue_url": "https://sqs.eu-central-1.amazonaws.com/123456789012/queue"}))
    program = """
import sys
import cli.app, cli.status, cli.redrive, cli.mails, cli.forget, cli.reconcile
from operations.stack import find_stack
find_stack("dev").client("sqs")
print(*(name for name in sys.modules if name.startswith(("local.", "pulumi", "ministack"))))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"local.errors", "local.root"}


def test_an_emulators_key_is_wanted(pulumi: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    pulumi(json.dumps({"queue_url": "http://localhost:4566/000000000000/queue"}))
    with pytest.raises(UsageError, match="Type the two lines that `rowrelay emulator` printed"):
        find_stack("dev")


def test_what_pulumi_says_is_told(pulumi: Any) -> None:
    pulumi("", "error: no stack named dev found", 255)
    with pytest.raises(OperationError, match="--stack dev` failed: error: no stack named dev found"):
        find_stack("dev")


@pytest.mark.parametrize("outputs", ["{}", "null", '{"queue_url": null}', '{"table": "people"}'])
def test_a_stack_that_is_not_deployed_is_told(pulumi: Any, outputs: str) -> None:
    pulumi(outputs)
    with pytest.raises(OperationError, match="not deployed: run `pulumi up --stack dev`"):
        find_stack("dev")


DEPLOYED = {"queue_url": "https://sqs.eu-central-1.amazonaws.com/123456789012/queue", "table": None}
TOLD = (
    "stack dev has no output {}, which this command needs: it is another program's, or was deployed by"
    " another version. Name another with --stack, or deploy it anew."
)


def test_an_output_that_is_needed_and_is_not_there_is_told(pulumi: Any) -> None:
    pulumi(json.dumps({**DEPLOYED, "functions": {"process_csv": "p"}}))
    outputs = find_stack("dev").outputs
    assert (outputs["functions"]["process_csv"], outputs.get("table"), "table" in outputs) == (
        "p",
        None,
        False,
    )
    for name in ("table", "import_ledger"):
        with pytest.raises(OperationError, match=f"^{re.escape(TOLD.format(name))}$"):
            outputs[name]
    with pytest.raises(OperationError, match=re.escape(TOLD.format("functions.send_email"))):
        outputs["functions"]["send_email"]


def test_so_is_one_that_a_kept_demo_of_another_version_lacks() -> None:
    kept = KeptRun("http://127.0.0.1:1", MINE, {"queue_url": "q"})
    told = "^the embedded AWS at http://127.0.0.1:1 has no output functions, which"
    with publish(kept, "demo"), pytest.raises(OperationError, match=told):
        find_stack(None).outputs["functions"]
