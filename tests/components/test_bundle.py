"""What goes into a function's bundle, and what never does."""

import json
import subprocess
import sys
import zipfile
from importlib.metadata import PackagePath, distribution, requires
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.bundle import VENDORED, BundleError, make_bundle

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
DATA = {"process_csv": {"schema.json"}, "insert_records": set(), "send_email": {"mail.json"}}


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


def test_runs_from_the_bundle_alone(local: Recording, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for name, asset in assets(local, "ingest-process-csv").items():
            text = asset.text if isinstance(asset, pulumi.StringAsset) else Path(asset.path).read_bytes()
            bundle.writestr(name, text)
    check = "import aws_lambda_powertools, lambdas.core.schema as s; print(aws_lambda_powertools.__file__)"
    isolated = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[0:0] = [{str(archive)!r}]; {check}"]
    answer = subprocess.run(isolated, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert answer.stdout.startswith(str(archive))


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
