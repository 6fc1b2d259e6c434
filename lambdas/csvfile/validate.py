"""Rows to the JSON that travels in a chunk, or to rejects.

A block of rows is validated whole, column by column; if it breaks, its halves are, down to the row that
breaks it. Good data therefore pays for C loops only, and a bad row costs its neighbours a few tries.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii

from ..aws.limits import DYNAMODB_ITEM_BYTES
from ..core.chunk import MAX_ROW_BYTES
from ..core.schema import Schema
from .blocks import Block, UnreadableRow
from .columns import CellError, Column
from .header import Header
from .text import is_text

# What a record has besides the row's columns: those of `reserved_columns`, names and values.
_RECORD_OVERHEAD_BYTES = 256
# A row whose JSON is shorter than this is within DynamoDB's bound for certain, so it is not measured.
_SMALL_ROW_CHARACTERS = DYNAMODB_ITEM_BYTES // 8


@dataclass(frozen=True)
class Reject:
    """A row that is not imported: its line, its cells as they were (none if unreadable), and why."""

    line: int
    cells: Sequence[str]
    reason: str


@dataclass
class Parsed:
    """What became of some rows: `accepted` as JSON texts `[line,{column:value,…}]`, and the rejects."""

    accepted: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class RowEncoder:
    """Validates and encodes the rows of one file."""

    def __init__(self, schema: Schema, header: Header) -> None:
        present = [f for f in schema.fields if f.name in header.positions]
        self._width = len(header.names)
        self._columns = [
            (header.positions[f.name], Column(f, schema.missing_values, is_key=f.name == schema.key))
            for f in present
        ]
        names = (encode_basestring_ascii(f.name).replace("%", "%%") for f in present)
        self._template = f"[%d,{{{','.join(f'{name}:%s' for name in names)}}}]"

    def encode(self, block: Block | UnreadableRow) -> Parsed:
        """Accept or reject every row of the block."""
        parsed = Parsed()
        if isinstance(block, UnreadableRow):
            parsed.rejects.append(Reject(block.line, [], block.reason))
        elif block.rows:
            self._encode(*self._well_formed(block, parsed), parsed)
            parsed.rejects.sort(key=lambda reject: reject.line)
        return parsed

    def _well_formed(self, block: Block, parsed: Parsed) -> tuple[list[int], list[list[str]]]:
        one_width = set(map(len, block.rows)) == {self._width}
        if one_width and is_text("".join(map("".join, block.rows))):
            return block.lines, block.rows
        lines, rows = [], []
        for line, row in zip(block.lines, block.rows, strict=True):
            if reason := self._malformed(row):
                parsed.rejects.append(Reject(line, row, reason))
            else:
                lines.append(line)
                rows.append(row)
        return lines, rows

    def _malformed(self, row: list[str]) -> str | None:
        if not all(map(is_text, row)):
            return "the row holds bytes that are not text: save the file as UTF-8"
        if len(row) != self._width:
            return f"expected {self._width} fields as in the header, got {len(row)}"
        return None

    def _encode(self, lines: list[int], rows: list[list[str]], parsed: Parsed) -> None:
        if not rows:
            return
        cells = list(zip(*rows, strict=True))
        try:
            encoded = [column.encode(cells[position]) for position, column in self._columns]
        except CellError:
            if len(rows) == 1:
                parsed.rejects.append(Reject(lines[0], rows[0], self._reasons(rows[0])))
                return
            half = len(rows) // 2
            self._encode(lines[:half], rows[:half], parsed)
            self._encode(lines[half:], rows[half:], parsed)
            return
        texts = self._texts(lines, encoded)
        if max(map(len, texts)) > _SMALL_ROW_CHARACTERS:
            self._reject_large(lines, rows, texts, parsed)
        else:
            parsed.accepted += texts

    def _texts(self, lines: list[int], encoded: list[list[str]]) -> list[str]:
        """Fill in one template for all rows, which works since JSON in ASCII has no line ends."""
        values = itertools.chain.from_iterable(zip(lines, *encoded, strict=True))
        return ("\n".join([self._template] * len(lines)) % tuple(values)).split("\n")

    def _reasons(self, row: list[str]) -> str:
        reasons = []
        for position, column in self._columns:
            try:
                column.encode([row[position]])
            except CellError as error:
                reasons.append(str(error))
        return "; ".join(reasons)

    @staticmethod
    def _reject_large(lines: list[int], rows: list[list[str]], texts: list[str], parsed: Parsed) -> None:
        for line, row, text in zip(lines, rows, texts, strict=True):
            size = _record_bytes(text)
            if size > DYNAMODB_ITEM_BYTES:
                reason = f"expected a record of at most {DYNAMODB_ITEM_BYTES:,} bytes, got {size:,}"
                parsed.rejects.append(Reject(line, row, reason))
            elif len(text) > MAX_ROW_BYTES:
                reason = f"expected a row of at most {MAX_ROW_BYTES:,} bytes as JSON, got {len(text):,}"
                parsed.rejects.append(Reject(line, row, reason))
            else:
                parsed.accepted.append(text)


def _record_bytes(text: str) -> int:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    values = json.loads(text)[1]
    sizes = (
        len(name.encode()) + len(str(value).encode("utf-8", "surrogatepass"))
        for name, value in values.items()
    )
    return sum(sizes) + _RECORD_OVERHEAD_BYTES
