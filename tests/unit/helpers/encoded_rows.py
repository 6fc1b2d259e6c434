"""What the tests of rows share: a schema of several types, and what becomes of rows by it."""

import json
from decimal import Decimal
from typing import Any

from lambdas.core.schema import Schema
from lambdas.csvfile.blocks import Block
from lambdas.csvfile.header import read_header
from lambdas.csvfile.validate import Parsed, RowEncoder

from .csv_files import schema_of

TYPED = schema_of(
    {"name": "n", "type": "integer", "constraints": {"minimum": 0}},
    {"name": "day", "type": "date"},
    {"name": "plan", "constraints": {"enum": ["free", "team"], "required": True}},
)
HEADER = ["id", "n", "day", "plan"]
GOOD = ["x", "1", "2024-02-29", "free"]


def encode(
    *rows: list[str], schema: Schema = TYPED, header: list[str] = HEADER, encoding: str | None = None
) -> Parsed:
    """Encode rows that stand on lines 2, 4, 6, …"""
    encoder = RowEncoder(schema, read_header(header, schema), encoding=encoding)
    return encoder.encode(Block([2 * n + 2 for n in range(len(rows))], list(rows)))


def accepted(parsed: Parsed) -> list[tuple[int, dict[str, Any]]]:
    """The accepted rows: the line and the values of each."""
    return [tuple(json.loads(text, parse_float=Decimal)) for text in parsed.accepted]


def reasons(parsed: Parsed) -> dict[int, str]:
    """Why each line was rejected."""
    return {reject.line: reject.reason for reject in parsed.rejects}
