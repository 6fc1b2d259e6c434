"""The chunk: the rows that travel in one queue message, and the message's form.

`{"v":1,"import":id,"chunk":n,"rows":[[line,{column:value,…}],…]}`; chunks of an import count from 1, and
the same file always cuts into the same chunks.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any, TypeGuard

from ..aws.limits import DYNAMODB_NUMBER_DIGITS, DYNAMODB_PARTITION_KEY_BYTES, KIB, SQS_MESSAGE_BYTES
from ..aws.rowrelay_error import RowrelayError
from .values import to_decimal

VERSION = 1
# A chunk must still fit a message when it is dead-lettered with the reason as an attribute.
MAX_CHUNK_BYTES = SQS_MESSAGE_BYTES - 4 * KIB
MAX_ROW_BYTES = MAX_CHUNK_BYTES - KIB
# The mail ledger's keys have words around it: "import#…", "owed#…#0".
_IMPORT_ID_BYTES = DYNAMODB_PARTITION_KEY_BYTES - 16

Row = tuple[int, Mapping[str, Any]]


class ChunkError(RowrelayError, ValueError):
    """A message is no chunk."""


@dataclass(frozen=True)
class Chunk:
    """Rows of an import: each its line, and its values by column (None where there is none)."""

    import_id: str
    number: int
    rows: Sequence[Row]

    def dump(self) -> str:
        """Returns the message body."""
        return chunk_body(self.import_id, self.number, (_json([line, values]) for line, values in self.rows))


def chunk_body(import_id: str, number: int, row_texts: Iterable[str]) -> str:
    """Returns the message body for rows that are JSON texts already."""
    head = f'"v":{VERSION},"import":{json.dumps(import_id)},"chunk":{number}'
    return f'{{{head},"rows":[{",".join(row_texts)}]}}'


def parse_chunk(body: str) -> Chunk:
    """Read a message body; its numbers as DynamoDB keeps them.

    Raises:
        ChunkError: it is no chunk of this version.
    """
    try:
        document = json.loads(body, parse_float=to_decimal)
    except (ValueError, DecimalException, RecursionError) as error:
        raise ChunkError(f"expected a chunk as JSON, got no JSON that can be stored: {error}") from None
    if not isinstance(document, dict) or document.get("v") != VERSION:
        raise ChunkError(f'expected a chunk, a JSON object with "v":{VERSION}')
    import_id, number, rows = document.get("import"), document.get("chunk"), document.get("rows")
    if not is_import_id(import_id) or not _is_count(number):
        raise ChunkError(
            f'expected a chunk with "import", a text of at most {_IMPORT_ID_BYTES:,} bytes, and'
            ' "chunk", a number from 1'
        )
    if not isinstance(rows, list) or not rows or not all(map(_is_row, rows)):
        raise ChunkError('expected a chunk with "rows", a list of [line, {column: value}]')
    return Chunk(import_id, number, [(line, values) for line, values in rows])


def is_import_id(value: object) -> TypeGuard[str]:
    """Whether the ledgers can have an import of this id."""
    return isinstance(value, str) and 0 < len(value.encode(errors="replace")) <= _IMPORT_ID_BYTES


def _json(value: object) -> str:
    """JSON that keeps a Decimal's digits, which the json module cannot."""
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{json.dumps(name)}:{_json(member)}' for name, member in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**DYNAMODB_NUMBER_DIGITS


def _is_row(row: object) -> bool:
    return isinstance(row, list) and len(row) == 2 and _is_count(row[0]) and isinstance(row[1], dict)
