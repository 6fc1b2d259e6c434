"""Rows to the JSON that travels in a chunk, or to rejects; on the way the user's own module may change them.

A block of rows is validated whole, column by column; if it breaks, its halves are, down to the row that
breaks it. Good data therefore pays for C loops only, and a bad row costs its neighbours a few tries.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from typing import Any

from ..aws.limits import DYNAMODB_ITEM_BYTES
from ..core.chunk import MAX_ROW_BYTES
from ..core.schema import Schema
from .blocks import Block, UnreadableRow
from .columns import CellError, Column, columns_of
from .header import Header
from .row_form import RowForm, RowFormError

# What a record has besides the row's columns: those of `reserved_columns`, names and values.
_RECORD_OVERHEAD_BYTES = 256
# A row whose JSON is shorter than this is within DynamoDB's bound for certain, so it is not measured.
_SMALL_ROW_CHARACTERS = DYNAMODB_ITEM_BYTES // 8


@dataclass(frozen=True)
class Reject:
    """A row that is not imported: its line, its cells as they were, and why.

    `kinds` are what is wrong with it, each in words that every row shares that is wrong in the same way; by
    default the reason. `text` is the row as it was, where it could not be split into cells.
    """

    line: int
    cells: Sequence[str]
    reason: str
    kinds: Sequence[str] = ()
    text: str = ""


@dataclass
class Parsed:
    """What became of some rows: `accepted` as JSON texts `[line,{column:value,…}]`, and the rejects.

    `lines` and `keys` are those of the accepted rows, each key as JSON.
    """

    accepted: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def accept(self, lines: list[int], keys: list[str], texts: list[str]) -> None:
        """Add accepted rows."""
        self.lines += lines
        self.keys += keys
        self.accepted += texts


@dataclass(frozen=True)
class Rows:
    """Some rows: the line of each, its cells as they were, and what is validated of it, cells or values."""

    lines: list[int]
    originals: Sequence[Sequence[str]]
    cells: Sequence[Sequence[Any]]

    def cut(self, some: slice) -> "Rows":
        """Returns some of them."""
        return Rows(self.lines[some], self.originals[some], self.cells[some])


Transform = Callable[[Rows, list[Reject]], Rows]


class RowValidator:
    """Holds rows against columns, each at its position.

    Args:
        columns: The columns.
        check: Which of Column's methods checks a column's cells, and what comes of them.
        source: What stands before a reason, to say whose the cells are.
    """

    def __init__(
        self,
        columns: Sequence[tuple[int, Column]],
        check: Callable[[Column, Sequence[Any]], list[Any]],
        source: str = "",
    ) -> None:
        self._columns = columns
        self._check = check
        self._source = source

    def valid(self, rows: Rows, rejects: list[Reject]) -> Iterator[tuple[Rows, list[list[Any]]]]:
        """Returns the rows that hold, in blocks with what came of their columns; others become rejects."""
        if not rows.lines:
            return
        try:
            columns = self.checked(list(zip(*rows.cells, strict=True)))
        except CellError:
            if len(rows.lines) == 1:
                rejects.append(self._reject(rows.lines[0], rows.originals[0], rows.cells[0]))
                return
            half = len(rows.lines) // 2
            yield from self.valid(rows.cut(slice(half)), rejects)
            yield from self.valid(rows.cut(slice(half, None)), rejects)
            return
        yield rows, columns

    def checked(self, cells: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Returns what came of the columns, of all cells by column.

        Raises:
            CellError: some row does not hold.
        """
        return [self._check(column, cells[position]) for position, column in self._columns]

    def _reject(self, line: int, original: Sequence[str], cells: Sequence[Any]) -> Reject:
        errors = []
        for position, column in self._columns:
            try:
                self._check(column, [cells[position]])
            except CellError as error:
                errors.append(error)
        reason = self._source + "; ".join(map(str, errors))
        return Reject(line, original, reason, [self._source + error.kind for error in errors])


class RowEncoder:
    """Validates and encodes the rows of one file.

    Args:
        schema: What the rows must be.
        header: The file's header.
        transform: What changes the rows on the way: rows of cells to rows of values, all of the schema's.
        encoding: What rows are encoded in that are not UTF-8.
    """

    def __init__(
        self, schema: Schema, header: Header, transform: Transform | None = None, encoding: str | None = None
    ) -> None:
        self._form = RowForm(header, encoding)
        self._transform = transform
        in_order = {name: n for n, name in enumerate(schema.columns)}
        columns = columns_of(schema, in_order if transform else header.positions)
        check = Column.encode_values if transform else Column.encode
        self._validator = RowValidator(columns, check, "what transform_row returned: " if transform else "")
        names = [encode_basestring_ascii(column.name) for _, column in columns]
        self._key = [column.name for _, column in columns].index(schema.key)
        # What stands in a row's text, and behind each a place for the line, and then for each column's value.
        before = ["[", *(f"{',' if n else ',{'}{name}:" for n, name in enumerate(names))]
        self._frame = [*itertools.chain.from_iterable((text, "") for text in before), "}]\n"]

    def encode(self, block: Block | UnreadableRow) -> Parsed:
        """Accept or reject every row of the block."""
        parsed = Parsed()
        if isinstance(block, UnreadableRow):
            text = self._form.decoded(block.text)
            parsed.rejects.append(Reject(block.line, [], block.reason, [block.kind], text))
        elif block.lines and not self._encode_columns(block, parsed):
            self._encode(self._well_formed(block, parsed), parsed)
            parsed.rejects.sort(key=lambda reject: reject.line)
        return parsed

    def _encode_columns(self, block: Block, parsed: Parsed) -> bool:
        """Accept a block whose columns are there and hold, without a look at its rows; returns whether."""
        if not block.columns or self._transform or not self._form.fits(len(block.columns)):
            return False
        try:
            encoded = self._validator.checked(block.columns)
        except CellError:
            return False
        texts = self._texts(block.lines, encoded)
        if max(map(len, texts)) > _SMALL_ROW_CHARACTERS:
            return False
        parsed.accept(block.lines, encoded[self._key], texts)
        return True

    def _well_formed(self, block: Block, parsed: Parsed) -> Rows:
        if (all_rows := self._form.fit_all(block)) is not None:
            return Rows(block.lines, block.rows, all_rows)
        lines, originals, rows = [], [], []
        for line, row in zip(block.lines, block.rows, strict=True):
            try:
                text = self._form.as_text(row)
                rows.append(self._form.fit(text))
            except RowFormError as error:
                parsed.rejects.append(Reject(line, error.cells, str(error), error.kinds))
            else:
                lines.append(line)
                originals.append(text)
        return Rows(lines, originals, rows)

    def _encode(self, rows: Rows, parsed: Parsed) -> None:
        if self._transform:
            rows = self._transform(rows, parsed.rejects)
        for some, encoded in self._validator.valid(rows, parsed.rejects):
            texts = self._texts(some.lines, encoded)
            if max(map(len, texts)) > _SMALL_ROW_CHARACTERS:
                self._reject_large(some, texts, encoded[self._key], parsed)
            else:
                parsed.accept(some.lines, encoded[self._key], texts)

    def _texts(self, lines: list[int], encoded: list[list[str]]) -> list[str]:
        """Fill in the frames of all rows at once, and cut: JSON in ASCII has no line ends of its own."""
        texts = self._frame * len(lines)
        for place, values in enumerate((map(str, lines), *encoded)):
            texts[2 * place + 1 :: len(self._frame)] = values
        return "".join(texts).splitlines()

    @staticmethod
    def _reject_large(rows: Rows, texts: list[str], keys: list[str], parsed: Parsed) -> None:
        for line, row, text, key in zip(rows.lines, rows.originals, texts, keys, strict=True):
            size = _record_bytes(text)
            if size > DYNAMODB_ITEM_BYTES:
                kind, got = f"expected a record of at most {DYNAMODB_ITEM_BYTES:,} bytes", size
            elif len(text) > MAX_ROW_BYTES:
                kind, got = f"expected a row of at most {MAX_ROW_BYTES:,} bytes as JSON", len(text)
            else:
                parsed.accepted.append(text)
                parsed.lines.append(line)
                parsed.keys.append(key)
                continue
            parsed.rejects.append(Reject(line, row, f"{kind}, got {got:,}", [kind]))


def _record_bytes(text: str) -> int:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    values = json.loads(text)[1]
    sizes = (
        len(name.encode()) + len(str(value).encode("utf-8", "surrogatepass"))
        for name, value in values.items()
    )
    return sum(sizes) + _RECORD_OVERHEAD_BYTES
