"""A CSV file, from its bytes to accepted rows and rejects: the whole of it without any service."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..core.schema import Schema
from .blocks import Block, Place, UnreadableRow
from .decode import SourceError, utf8_pieces, utf8_pieces_from
from .header import Header, ImportRejectedError, find_delimiter, read_header
from .read import RowReader
from .validate import Parsed, RowEncoder

_SAMPLE_BYTES = 64 * 1024
_SUFFIXES = (".csv", ".csv.gz")
_NOTHING = Block([], [])


@dataclass(frozen=True)
class Bookmark:
    """All that is needed to read on in a file, without what comes before."""

    place: Place
    delimiter: str
    names: Sequence[str]


class CsvFile:
    """An open CSV file: its `header`, and its rows by iteration.

    Args:
        header: Its header.
        delimiter: Its delimiter.
        reader: What reads its rows.
        schema: What its rows must be.
        first: The rows that were read along with the header.
    """

    def __init__(
        self, header: Header, delimiter: str, reader: RowReader, schema: Schema, *, first: Block = _NOTHING
    ) -> None:
        self.header = header
        self.delimiter = delimiter
        self._reader = reader
        self._blocks = itertools.chain([first] if first.rows else [], reader)
        self._encoder = RowEncoder(schema, header)

    def __iter__(self) -> Iterator[Parsed]:
        """What became of the rows, block after block."""
        return map(self._encoder.encode, self._blocks)

    @property
    def bookmark(self) -> Bookmark | None:
        """Where iteration has come to; None where one cannot read on, and has to iterate further."""
        place = self._reader.place
        return Bookmark(place, self.delimiter, self.header.names) if place else None


def open_csv(name: str, data: Iterable[bytes], schema: Schema) -> CsvFile:
    """Open a file by its name or key (`.csv` or `.csv.gz`, in any case) and its bytes, in pieces of any size.

    Raises:
        ImportRejectedError: the file as a whole cannot be imported.
    """
    if not name.lower().endswith(_SUFFIXES):
        raise ImportRejectedError(f"expected a name that ends in {' or '.join(_SUFFIXES)}: rename the file")
    pieces = utf8_pieces(data, gzipped=_is_gzip(name))
    try:
        beginning = next(pieces, b"")
        sample = beginning[:_SAMPLE_BYTES].decode("utf-8", "surrogateescape")
        delimiter = find_delimiter(sample, schema)
        reader = RowReader(itertools.chain([beginning], pieces), delimiter)
        first = _first_rows(iter(reader))
    except SourceError as error:
        raise ImportRejectedError(str(error)) from None
    header = read_header(first.rows[0], schema)
    return CsvFile(header, delimiter, reader, schema, first=Block(first.lines[1:], first.rows[1:]))


def reopen_csv(
    name: str, open_at: Callable[[int], Iterable[bytes]], schema: Schema, bookmark: Bookmark
) -> CsvFile:
    """Open a file where another reading of it stopped.

    Args:
        name: The file's name or key.
        open_at: Returns the file's bytes, in pieces of any size, from some byte on.
        schema: What its rows must be.
        bookmark: Where the other reading stopped.

    Raises:
        ImportRejectedError: the schema has changed, and the header is none of it any more.
    """
    pieces = utf8_pieces_from(bookmark.place.piece, open_at, gzipped=_is_gzip(name))
    reader = RowReader(pieces, bookmark.delimiter, place=bookmark.place)
    return CsvFile(read_header(bookmark.names, schema), bookmark.delimiter, reader, schema)


def _is_gzip(name: str) -> bool:
    return name.lower().endswith(".gz")


def _first_rows(blocks: Iterator[Block | UnreadableRow]) -> Block:
    for block in blocks:
        if isinstance(block, UnreadableRow):
            raise ImportRejectedError(f"no header could be read: line {block.line}: {block.reason}")
        if block.rows:
            return block
    raise ImportRejectedError("the file is empty: expected a header and rows")
