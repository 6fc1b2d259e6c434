"""The examples: each a project of its own, with nothing but the wheel, under the engine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.clients import Clients

from ..e2e.pipeline import comes_true
from ..program import ROOT
from .project import Project, project
from .yaml_program import yaml_program

STACK = "test"
PATIENCE = 60  # seconds
EXAMPLES = ROOT / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml"))
ALONE = {
    "csv_ingest": "CsvIngest",
    "buffered_writer": "BufferedWriter",
    "stream_notifier": "StreamNotifier",
}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY = "arn:aws:iam::aws:policy/AdministratorAccess"
CONFIG: dict[str, dict[str, Any]] = {
    "vpc_and_key": {
        "kmsKeyArn": KEY,
        "subnetIds": ["subnet-0123456789abcdef0"],
        "securityGroupIds": ["sg-0123456789abcdef0"],
        "permissionsBoundaryArn": BOUNDARY,
    }
}
# By example: files and where they are uploaded to (the bucket's output, the prefix); the table's output, and
# how many records it then has.
UPLOADS = {
    "orders": [("sample.csv", "bucket", "orders/", "table", 2)],
    "shared_bucket": [
        ("customers.csv", "bucket", "customers/", "customers", 2),
        ("products.csv", "bucket", "products/", "products", 2),
    ],
    "stripe": [("sample.csv", "bucket", "stripe/", "table", 3)],
    "three_pipelines": [("customers.csv", "customers_bucket", "uploads/", "customers_table", 2)],
    "yaml": [("people.csv", "bucket", "uploads/", "table", 2)],
}


@contextmanager
def started(name: str, folder: Path, clients: Clients, commands: Path) -> Iterator[Project]:
    """An example, configured as its README says."""
    if name == "yaml":
        with yaml_program(folder, clients) as made:
            example = yaml.safe_load((EXAMPLES / name / "Pulumi.yaml").read_text(encoding="utf-8"))
            assert (EXAMPLES / name / example["packages"]["rowrelay"]).resolve() == ROOT / "plugin"
            made.write(example["resources"], example["outputs"])
            yield made.project
        return
    folder.mkdir()
    program = shutil.copytree(EXAMPLES / name, folder / "program")
    of_project = yaml.safe_load((program / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    given = {f"{of_project}:{key}": value for key, value in CONFIG.get(name, {}).items()}
    config = {"aws:region": "us-east-1", "aws:skipCredentialsValidation": "true", **given}
    (program / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    with project(folder, clients, program, python=commands / "python") as started:
        yield started


def records(clients: Clients, table: str) -> int:
    """How many the table has."""
    return int(clients.client("dynamodb").scan(TableName=table)["Count"])


def test_every_example_is_in_the_list() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    folders = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
    assert folders == NAMES
    assert all(f"[{name}]({name})" in listed for name in folders)
    assert all((EXAMPLES / name / "README.md").is_file() for name in folders)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_comes_up_works_stays_and_goes(
    name: str, clients: Clients, commands: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "yaml":
        request.getfixturevalue("yaml_host")
    with started(name, tmp_path / name, clients, commands) as example:
        foreseen = example.succeed("preview", STACK)
        came = example.succeed("up", STACK)
        assert came.changes == foreseen.changes
        assert set(came.changes.values()) == {"create"}
        if name in ALONE:
            assert {key.split(" ")[0] for key in came.steps if key.startswith("rowrelay:")} == {
                f"rowrelay:index:{ALONE[name]}"
            }
        outputs = example.outputs(STACK)
        for file, bucket, prefix, table, expected in UPLOADS.get(name, []):
            source = str(EXAMPLES / name / file)
            clients.client("s3").upload_file(source, outputs[bucket], f"{prefix}{file}")
            assert comes_true(lambda: records(clients, outputs[table]) == expected, PATIENCE)  # noqa: B023
        assert example.succeed("preview", STACK).changes == {}
        assert set(example.succeed("destroy", STACK).changes.values()) == {"delete"}
