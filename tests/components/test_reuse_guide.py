"""The examples of docs/reuse.md work as they stand there."""

import re
import sys
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components import exports

from .conftest import ROOT
from .recording import record

GUIDE = (ROOT / "docs" / "reuse.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
[TRANSFORM] = [example for example in EXAMPLES if example.startswith("# transform_rows.py")]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_works(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "transform_rows.py").write_text(TRANSFORM, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "rowrelay", exports)  # as the package is called where it is installed

    def load_transform(path: str) -> str:
        return exports.load_transform(tmp_path / path)

    def program() -> None:
        key = aws.dynamodb.TableAttributeArgs(name="order", type="N")
        table = aws.dynamodb.Table("orders", hash_key="order", attributes=[key], stream_enabled=True)
        names: dict[str, Any] = {**vars(exports), "pulumi": pulumi, "aws": aws, "table": table}
        exec(example, {**names, "queue": aws.sqs.Queue("orders"), "load_transform": load_transform})

    record(program)


def test_the_module_for_rows_does_what_the_page_says() -> None:
    names: dict[str, Any] = {}
    exec(TRANSFORM, names)
    assert names["transform_row"]({"name": None}) == "no name"
    assert names["transform_row"]({"name": "Ada King"}) == {
        "first_name": "Ada",
        "last_name": "King",
        "name": None,
    }


def test_the_folders_that_the_page_names_are_there() -> None:
    assert {path.parent.name for path in (ROOT / "examples").glob("*/Pulumi.yaml")} == set(
        re.findall(r"\(\.\./examples/(\w+)\)", GUIDE)
    )


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 13
