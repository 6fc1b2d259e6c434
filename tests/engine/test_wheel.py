"""A project of somebody else's: the wheel, a program of twenty lines, and the engine."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import mailbox
from local.clients import Clients
from local.emulator import Emulator

from ..e2e.pipeline import comes_true
from .project import Project, project

STACK = "test"
PATIENCE = 60  # seconds
PROGRAM = '''"""Orders in, records and mails out."""

import pulumi
from rowrelay import BufferedWriter, CsvIngest, StreamNotifier

schema = {
    "fields": [{"name": "order", "type": "integer"}, {"name": "customer", "type": "string"}],
    "primaryKey": "order",
}
mail = {"subject": "Order {{order}}", "text": "Thank you.", "html": "<p>Thank you.</p>"}

orders = BufferedWriter("orders", {"key": "order", "key_type": "N"})
files = CsvIngest("files", {"schema": schema, "queue": orders.queue, "import_ledger": orders.import_ledger})
mails = {"stream_arn": orders.stream_arn, "import_ledger": orders.import_ledger, "address_column": "customer"}
StreamNotifier("thanks", {**mails, "sender": "us@example.com", "mail": mail})

pulumi.export("bucket", files.bucket["name"])
pulumi.export("table", orders.table["name"])
'''
FILES = {
    "__main__.py": PROGRAM,
    "Pulumi.yaml": "name: rowrelay\nruntime: python\n",
    f"Pulumi.{STACK}.yaml": 'config:\n  aws:region: us-east-1\n  aws:skipCredentialsValidation: "true"\n',
}


def lay_program(folder: Path) -> Path:
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def orders(commands: Path, clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("orders")
    with project(folder, clients, lay_program(folder / "program"), python=commands / "python") as made:
        yield made


def test_every_component_comes_up_and_a_file_goes_through(
    orders: Project, clients: Clients, running: Emulator
) -> None:
    foreseen = orders.succeed("preview", STACK)
    came = orders.succeed("up", STACK)
    assert came.changes == foreseen.changes
    components = {key.split(":")[-1] for key in came.steps if key.startswith("rowrelay:")}
    assert components == {"BufferedWriter orders", "CsvIngest files", "StreamNotifier thanks"}
    outputs = orders.outputs(STACK)

    clients.client("s3").put_object(
        Bucket=outputs["bucket"], Key="uploads/orders.csv", Body=b"order,customer\n7,ada@example.com\n"
    )
    assert comes_true(lambda: len(mailbox.read(running.endpoint, running.access_key)) == 1, PATIENCE)
    [item] = clients.client("dynamodb").scan(TableName=outputs["table"])["Items"]
    assert (item["order"], item["customer"]) == ({"N": "7"}, {"S": "ada@example.com"})
    assert orders.succeed("preview", STACK).changes == {}
    assert set(orders.succeed("destroy", STACK).changes.values()) == {"delete"}


def test_the_command_says_what_it_lacks(commands: Path, tmp_path: Path) -> None:
    ended = subprocess.run([commands / "rowrelay", "--help"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "pip install 'rowrelay[cli]'" in ended.stderr
    assert "Traceback" not in ended.stderr
