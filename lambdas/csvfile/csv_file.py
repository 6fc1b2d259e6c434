"""A CSV file, from its bytes to accepted rows and rejects: the whole of it without any service."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..core.schema import Schema
from .blocks import Block, Place, UnreadableRow
from .decode import SourceError, Utf8Pieces, larger_than, utf8_pieces, utf8_pieces_from
from .header import Header, ImportRejectedError, check_line_width, find_delimiter, read_header
from .header_search import columns_below, sep_line_delimiter
from .multibyte import LineDecoder, Order
from .options import DEFAULT_OPTIONS, ReadOptions
from .read import RowReader
from .row_limit import RowLimit
from .transform import RowTransformer, TransformRow
from .validate import Parsed, RowEncoder

_SAMPLE_BYTES = 64 * 1024
_GZIP_SUFFIX = ".csv.gz"
_SUFFIXES = (".csv", _GZIP_SUFFIX)
_EXPECTED_NAME = f"expected a name that ends in {' or '.join(_SUFFIXES)}"


@dataclass(frozen=True)
class Bookmark:
    """All that is needed to read on in a file, without what comes before."""

    place: Place
    delimiter: str
    names: Sequence[str]
    order: Order = Order.UTF8  # as every file was read by an earlier version


class CsvFile:
    """An open CSV file: its `header`, and its rows by iteration.

    Args:
        header: Its header.
        delimiter: Its delimiter.
        reader: What reads its rows.
        rows: What it reads, up to the most rows that a file may have.
        schema: What its rows must be.
        transform_row: The user's function that changes them.
        options: How it is read.
    """

    def __init__(
        self,
        header: Header,
        delimiter: str,
        reader: RowReader,
        rows: RowLimit,
        schema: Schema,
        transform_row: TransformRow | None,
        *,
        options: ReadOptions,
    ) -> None:
        self.header = header
        self.delimiter = delimiter
        self._reader = reader
        self._rows = rows
        transform = RowTransformer(schema, header, transform_row) if transform_row else None
        self._encoder = RowEncoder(schema, header, transform, encoding=options.encoding)

    def __iter__(self) -> Iterator[Parsed]:
        """What became of the rows, block after block."""
        return map(self._encoder.encode, self._rows)

    @property
    def bookmark(self) -> Bookmark | None:
        """Where iteration has come to; None where one cannot read on, and has to iterate further."""
        place = None if self._rows.reached else self._reader.place
        return Bookmark(place, self.delimiter, self.header.cells, self._reader.order) if place else None


def open_csv(
    name: str,
    data: Iterable[bytes],
    schema: Schema,
    transform_row: TransformRow | None = None,
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
    size: int | None = None,
) -> CsvFile:
    """Open a file.

    Args:
        name: Its name or key, `.csv` or `.csv.gz`, in any case.
        data: Its bytes, in pieces of any size.
        schema: What its rows must be.
        transform_row: The user's function that changes them.
        options: How it is read.
        size: How many bytes `data` has, where that is known.

    Raises:
        ImportRejectedError: the file as a whole cannot be imported.
    """
    pieces = utf8_pieces(data, gzipped=_is_gzip(name), max_bytes=options.max_bytes)
    beginning = _beginning(name, pieces)
    if not name.lower().endswith(_SUFFIXES):
        raise ImportRejectedError(f"{_EXPECTED_NAME}: rename the file")
    if size is not None and size > options.max_bytes:
        raise ImportRejectedError(larger_than(options.max_bytes))
    decode = LineDecoder.of(beginning, options.encoding, marked=pieces.marked)
    sample = decode(beginning[:_SAMPLE_BYTES])
    sep, line, may_lack = sep_line_delimiter(sample), 1, transform_row is not None
    delimiter = sep or find_delimiter(sample, schema)
    check_line_width(sample.split("\n", 1)[0], delimiter, options)
    reader = RowReader(itertools.chain([beginning], pieces), delimiter, options=options, decode=decode)
    try:
        first = _first_rows(iter(reader), skipped=1 if sep else 0)
        line = first.lines[0]
        header = read_header(first.rows[0], schema, may_lack=may_lack, options=options)
    except ImportRejectedError as error:
        below = columns_below(sample, line, delimiter, schema, may_lack=may_lack, options=options)
        raise ImportRejectedError(f"{error}{below or error.advice}") from None
    rest = [first.cut(slice(1, None))] if first.lines[1:] else []
    rows = RowLimit(itertools.chain(rest, reader), options.max_rows)
    return CsvFile(header, delimiter, reader, rows, schema, transform_row, options=options)


def reopen_csv(
    name: str,
    open_at: Callable[[int], Iterable[bytes]],
    schema: Schema,
    bookmark: Bookmark,
    transform_row: TransformRow | None = None,
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
    rows_before: int = 0,
) -> CsvFile:
    """Open a file where another reading of it stopped.

    Args:
        name: The file's name or key.
        open_at: Returns the file's bytes, in pieces of any size, from some byte on.
        schema: What its rows must be.
        bookmark: Where the other reading stopped.
        transform_row: The user's function that changes them.
        options: How it is read.
        rows_before: How many rows come before the bookmark.

    Raises:
        ImportRejectedError: the schema has changed, and the header is none of it any more.
    """
    pieces = utf8_pieces_from(
        bookmark.place.piece, open_at, gzipped=_is_gzip(name), max_bytes=options.max_bytes
    )
    delimiter, decode = bookmark.delimiter, LineDecoder(options.encoding, bookmark.order)
    reader = RowReader(pieces, delimiter, place=bookmark.place, options=options, decode=decode)
    header = read_header(bookmark.names, schema, may_lack=transform_row is not None, options=options)
    rows = RowLimit(reader, options.max_rows, before=rows_before)
    return CsvFile(header, delimiter, reader, rows, schema, transform_row, options=options)


def _beginning(name: str, pieces: Utf8Pieces) -> bytes:
    """The first piece of the text, which tells what is no CSV, whatever its name."""
    try:
        return next(pieces, b"")
    except SourceError as error:
        name_too = "" if name.lower().endswith(_SUFFIXES) else f" ({_EXPECTED_NAME})"
        raise ImportRejectedError(f"{error}{name_too}") from None


def _is_gzip(name: str) -> bool:
    return name.lower().endswith(_GZIP_SUFFIX)


def _first_rows(blocks: Iterator[Block | UnreadableRow], *, skipped: int) -> Block:
    for block in blocks:
        if isinstance(block, UnreadableRow):
            raise ImportRejectedError(f"no header could be read: line {block.line}: {block.reason}")
        if block.lines[skipped:]:
            return block.cut(slice(skipped, None))
        skipped -= len(block.lines)
    raise ImportRejectedError("the file is empty: expected a header and rows")
