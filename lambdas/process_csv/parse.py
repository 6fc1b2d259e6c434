"""A CSV file, from its bytes to accepted rows and rejects: the whole of it without any service."""

import itertools
from collections.abc import Iterable, Iterator

from ..shared.schema import Schema
from .encoder import Parsed, RowEncoder
from .header import Header, ImportRejected, find_delimiter, read_header
from .rows import Block, Problem, RowReader
from .source import SourceError, utf8_pieces

_SAMPLE_BYTES = 64 * 1024
_SUFFIXES = (".csv", ".csv.gz")


class CsvFile:
    """An open CSV file: its `header`, and its rows by iteration.

    Args:
        name: The file's name or key; `.csv` or `.csv.gz`, in any case.
        data: Its bytes, in pieces of any size.
        schema: What its rows must be.

    Raises:
        ImportRejected: the file as a whole cannot be imported.
    """

    header: Header
    delimiter: str

    def __init__(self, name: str, data: Iterable[bytes], schema: Schema) -> None:
        if not name.lower().endswith(_SUFFIXES):
            raise ImportRejected(f"expected a name that ends in {' or '.join(_SUFFIXES)}: rename the file")
        pieces = utf8_pieces(data, gzipped=name.lower().endswith(".gz"))
        try:
            beginning = next(pieces, b"")
            sample = beginning[:_SAMPLE_BYTES].decode("utf-8", "surrogateescape")
            self.delimiter = find_delimiter(sample, schema)
            self._blocks = iter(RowReader(itertools.chain([beginning], pieces), self.delimiter))
            first = _first_rows(self._blocks)
        except SourceError as error:
            raise ImportRejected(str(error)) from None
        self.header = read_header(first.rows[0], schema)
        self._first = Block(first.lines[1:], first.rows[1:])
        self._encoder = RowEncoder(schema, self.header)

    def __iter__(self) -> Iterator[Parsed]:
        """What became of the rows, block after block."""
        return map(self._encoder.encode, itertools.chain([self._first], self._blocks))


def _first_rows(blocks: Iterator[Block | Problem]) -> Block:
    for block in blocks:
        if isinstance(block, Problem):
            raise ImportRejected(f"no header could be read: line {block.line}: {block.reason}")
        if block.rows:
            return block
    raise ImportRejected("the file is empty: expected a header and rows")
