"""What goes into a function's bundle, and what never does."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackagePath, distribution, requires
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import bundle
from components.bundle import VENDORED, BundleError, make_bundle
from local.creators.bundle import zipped

from .recording import Recording

PACKAGES = {
    "ingest-process-csv": "process_csv",
    "writer-insert-records": "insert_records",
    "notifier-send-email": "send_email",
}
CARRIED = {
    "process_csv": {"aws", "core", "csvfile", "process_csv"},
    "insert_records": {"aws", "core", "insert_records"},
    "send_email": {"aws", "core", "send_email"},
}
HANDLERS = [
    ("ingest-process-csv", "process_csv.handler"),
    ("writer-insert-records", "insert_records.handler"),
    ("notifier-send-email", "send_email.handler"),
    ("notifier-mail-round", "send_email.round_handler"),
    ("ledger-bookkeeper", "bookkeeper.handler"),
]
DATA = {"process_csv": {"schema.json"}, "insert_records": set(), "send_email": {"mail.json"}}


@pytest.fixture(autouse=True)
def as_installed() -> Iterator[None]:
    """What a test says is installed is looked at, and forgotten after it."""
    bundle._vendored_files.cache_clear()
    yield
    bundle._vendored_files.cache_clear()


def assets(recording: Recording, function: str) -> dict[str, Any]:
    code = recording.inputs("lambda/function:Function", function)["code"]
    assert isinstance(code, pulumi.AssetArchive)
    return dict(code.assets)


@pytest.mark.parametrize(("function", "package"), PACKAGES.items())
def test_carries_its_handler_and_what_is_shared(local: Recording, function: str, package: str) -> None:
    names = set(assets(local, function))
    assert {
        "lambdas/__init__.py",
        f"lambdas/{package}/handler.py",
        "lambdas/aws/dynamodb/transact.py",
    } <= names
    tops = {name.split("/")[1] for name in names if name.startswith("lambdas/")}
    assert tops == {"__init__.py", *CARRIED[package]}
    assert {name for name in names if name.endswith(".json")} == DATA[package]
    vendored = {name.split("/")[0] for name in names if not name.endswith(".json")} - {"lambdas"}
    assert vendored == {"aws_lambda_powertools", "jmespath", "typing_extensions.py"}


@pytest.mark.parametrize("function", PACKAGES)
def test_carries_no_cache_and_nothing_compiled(local: Recording, function: str) -> None:
    for name in assets(local, function):
        assert "__pycache__" not in name
        assert ".." not in name
        assert Path(name).suffix not in {".pyc", ".so", ".pyd", ""}


def test_files_in_the_project_are_named_from_there(local: Recording) -> None:
    own = {n: a for n, a in assets(local, "ingest-process-csv").items() if n.startswith("lambdas/")}
    for name, asset in own.items():
        assert asset.path == name


def test_vendors_what_powertools_needs_and_no_more() -> None:
    needed, waiting = set(), ["aws-lambda-powertools"]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        for requirement in requires(name) or ():
            if "extra ==" not in requirement:
                waiting.append(requirement.split("<")[0].split(">")[0].split("=")[0].split(";")[0].strip())
    assert needed == set(VENDORED)


def test_of_powertools_it_vendors_little_more_than_handlers_import(local: Recording) -> None:
    carried = assets(local, "ingest-process-csv")
    assert sum(name.startswith("aws_lambda_powertools/") for name in carried) < 100
    assert "aws_lambda_powertools/logging/logger.py" in carried


@pytest.mark.parametrize(("function", "handler"), HANDLERS)
def test_runs_from_the_bundle_alone(local: Recording, tmp_path: Path, function: str, handler: str) -> None:
    code = local.inputs("lambda/function:Function", function)["code"]
    zipfile.ZipFile(io.BytesIO(zipped(code, function))).extractall(tmp_path)
    runtime = Path(str(distribution("boto3").locate_file(""))).resolve()
    check = f"""
import sys
sys.path[0:0] = [{str(tmp_path)!r}]
sys.path.append({str(runtime)!r})
import lambdas.{handler}, aws_lambda_powertools as powertools
logger = powertools.Logger(service="bundle")
context = type("Context", (), dict.fromkeys(
    ["function_name", "memory_limit_in_mb", "invoked_function_arn", "aws_request_id"], ""))
logger.inject_lambda_context(lambda event, context: logger.info(event))({{"rows": 1}}, context)
print(*{{m.__file__ for n, m in sys.modules.items() if n.startswith(("aws_lambda_powertools", "jmespath"))}})
"""
    isolated = [sys.executable, "-I", "-S", "-c", check]
    region = {"AWS_DEFAULT_REGION": "us-east-1"}
    answer = subprocess.run(isolated, capture_output=True, text=True, check=True, cwd=tmp_path, env=region)
    logged, loaded = answer.stdout.splitlines()
    assert json.loads(logged)["message"] == {"rows": 1}
    assert all(path.startswith(str(tmp_path)) for path in loaded.split())


def test_the_schema_is_there_as_given(local: Recording) -> None:
    asset = assets(local, "ingest-process-csv")["schema.json"]
    assert json.loads(asset.text) == json.loads(Path("schemas/users.json").read_text(encoding="utf-8"))


def test_a_compiled_file_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    real = distribution("jmespath")
    files = [*(real.files or ()), PackagePath("jmespath/fast.cpython-311-x86_64-linux-gnu.so")]
    monkeypatch.setattr(type(real), "files", files)
    with pytest.raises(BundleError, match=r"has a compiled file \(jmespath/fast.*pip install --no-binary"):
        make_bundle("process_csv", {})


def test_a_list_of_files_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(distribution("jmespath")), "files", None)
    with pytest.raises(BundleError, match="not installed with its list of files"):
        make_bundle("process_csv", {})


def test_a_handler_is_needed() -> None:
    with pytest.raises(BundleError, match=r"nothing_like_it/handler\.py is missing"):
        make_bundle("nothing_like_it", {})
