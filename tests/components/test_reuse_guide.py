"""The examples of docs/reuse.md work as they stand there."""

import re
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

import components

from .conftest import ROOT
from .recording import record

GUIDE = (ROOT / "docs" / "reuse.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_works(example: str) -> None:
    def program() -> None:
        key = aws.dynamodb.TableAttributeArgs(name="order", type="N")
        table = aws.dynamodb.Table("orders", hash_key="order", attributes=[key], stream_enabled=True)
        names: dict[str, Any] = {**vars(components), "pulumi": pulumi, "table": table}
        exec(example, {**names, "queue": aws.sqs.Queue("orders")})

    record(program)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 4
