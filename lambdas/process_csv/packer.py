"""Rows to chunks: the same rows always cut into the same chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..core.chunk import MAX_CHUNK_BYTES, chunk_body


@dataclass(frozen=True)
class Packed:
    """How far packing has come: rows taken, chunks made, and the rows that wait for the next one."""

    rows: int = 0
    chunks: int = 0
    waiting: list[str] = field(default_factory=list)


class ChunkPacker:
    """Cuts rows into chunks: so many rows each, fewer where they are large; numbered from 1."""

    def __init__(self, import_id: str, rows_per_chunk: int, packed: Packed) -> None:
        self._import_id = import_id
        self._limit = rows_per_chunk
        self._texts = list(packed.waiting)
        self._bytes = _size(self._texts)
        self._frame = len(chunk_body(import_id, 10**9, []))
        self.rows = packed.rows
        self.chunks = packed.chunks

    @property
    def packed(self) -> Packed:
        """How far it has come."""
        return Packed(self.rows, self.chunks, list(self._texts))

    def add(self, texts: Sequence[str]) -> Iterator[str]:
        """Take rows (ASCII JSON texts); returns the bodies of the chunks that became full."""
        small = self._frame + self._bytes + _size(texts) <= MAX_CHUNK_BYTES
        return self._add_small(texts) if small else self._add(texts)

    def _add_small(self, texts: Sequence[str]) -> Iterator[str]:
        """Take rows that are too small to fill a chunk before it has its number of rows."""
        self.rows += len(texts)
        waiting = [*self._texts, *texts]
        end = len(waiting) - len(waiting) % self._limit
        for start in range(0, end, self._limit):
            self._texts = waiting[start : start + self._limit]
            yield self._body()
        self._texts = waiting[end:]
        self._bytes = _size(self._texts)

    def _add(self, texts: Sequence[str]) -> Iterator[str]:
        for text in texts:
            if self._texts and self._frame + self._bytes + len(text) + 1 > MAX_CHUNK_BYTES:
                yield self._body()
            self._texts.append(text)
            self._bytes += len(text) + 1
            self.rows += 1
            if len(self._texts) == self._limit:
                yield self._body()

    def last(self) -> Iterator[str]:
        """Returns the body of the last chunk, if there are rows left for one."""
        if self._texts:
            yield self._body()

    def _body(self) -> str:
        self.chunks += 1
        body = chunk_body(self._import_id, self.chunks, self._texts)
        self._texts, self._bytes = [], 0
        return body


def _size(texts: Sequence[str]) -> int:
    """Returns the bytes that they take in a chunk, each with a comma."""
    return sum(map(len, texts)) + len(texts)
