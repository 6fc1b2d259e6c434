import itertools
import json
from collections.abc import Sequence

import pytest

from lambdas.aws.limits import SQS_MESSAGE_BYTES
from lambdas.core.chunk import MAX_CHUNK_BYTES, MAX_ROW_BYTES
from lambdas.process_csv.packer import ChunkPacker, Packed


def packed(sizes: Sequence[int], rows_per_chunk: int) -> list[str]:
    packer = ChunkPacker("0" * 20, rows_per_chunk, Packed())
    bodies = [*packer.add([f'[{n},"{"x" * (size - len(str(n)) - 5)}"]' for n, size in enumerate(sizes, 1)])]
    bodies += packer.last()
    assert packer.rows == len(sizes)
    assert packer.chunks == len(bodies)
    return bodies


@pytest.mark.parametrize(
    "sizes", [[10] * 250, [MAX_ROW_BYTES] * 5, [MAX_ROW_BYTES // 3] * 10, [300_000, 10] * 20]
)
def test_a_chunk_is_full_by_rows_or_by_bytes(sizes: list[int]) -> None:
    bodies = packed(sizes, rows_per_chunk=100)
    documents = [json.loads(body) for body in bodies]
    assert [row[0] for document in documents for row in document["rows"]] == list(range(1, len(sizes) + 1))
    assert [document["chunk"] for document in documents] == list(range(1, len(bodies) + 1))
    assert max(map(len, bodies)) <= MAX_CHUNK_BYTES < SQS_MESSAGE_BYTES
    for body, following in itertools.pairwise(documents):
        full = len(body["rows"]) == 100
        assert full or len(json.dumps(body)) + len(json.dumps(following["rows"][0])) > MAX_CHUNK_BYTES - 100
